"""Validity dates: a thing valid until a day is valid through that whole day where the customer lives."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from bot.kit.clock import local_date, zone


@lru_cache(4_096)  # a zone's rules are looked up anew for every date
def end_of_day(day: date, zone_name: str | None = None) -> datetime:
    """The moment (UTC) at which `day` is over in the zone: the first moment something is no longer valid."""
    return datetime.combine(day + timedelta(days=1), time(), zone(zone_name)).astimezone(UTC)


def last_day(expires_at: datetime, zone_name: str | None = None) -> date:
    """The last day on which something that expires at `expires_at` is still valid."""
    return local_date(expires_at - timedelta(microseconds=1), zone_name)


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the month's last day when it is shorter."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
