"""When nothing may be sent, and how much: quiet hours, caps, cool-downs in the customer's own time. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from bot.care.trigger import Audience
from bot.kit.clock import local_date, zone

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rules:
    """`quiet_from` to `quiet_to` is when customers are left alone; a window that ends before it starts
    crosses midnight. Caps count what reached a customer on a calendar day of theirs, and in seven days."""

    quiet_from: time = time(22)
    quiet_to: time = time(8)
    per_day: int = 3
    per_week: int = 8
    marketing_per_day: int = 1
    marketing_per_week: int = 2
    running: timedelta = timedelta(minutes=30)
    """A conversation runs on for so long after the customer's last message: no marketing, no survey."""
    talking: timedelta = timedelta(minutes=2)
    """So soon after it, not even a service notice comes in between."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message that went out (or would have, for who is held out: those count for cool-downs only)."""

    trigger: str
    at: datetime
    marketing: bool
    counts: bool = True


def quiet_until(now: datetime, time_zone: str, rules: Rules) -> datetime | None:
    """When the quiet hours that `now` lies in are over; None outside of them."""
    start, end = rules.quiet_from, rules.quiet_to
    if start == end:
        return None
    local = now.astimezone(zone(time_zone))
    clock = local.time()
    crosses = end < start
    inside = (clock >= start or clock < end) if crosses else start <= clock < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1) if crosses and clock >= start else local.date()
    return _moment_after(now, datetime.combine(day, end, local.tzinfo))


def _moment_after(now: datetime, wall: datetime) -> datetime:
    """The wall clock's moment in UTC. Where the clock was set back over it, the later of the two."""
    moment = wall.astimezone(UTC)
    return moment if moment > now else wall.replace(fold=1).astimezone(UTC)


def next_morning(now: datetime, time_zone: str, rules: Rules) -> datetime:
    """When the quiet hours of the customer's next day are over."""
    tomorrow = local_date(now, time_zone) + timedelta(days=1)
    return datetime.combine(tomorrow, rules.quiet_to, zone(time_zone)).astimezone(UTC)


def capped_until(
    told: Sequence[Told], audience: Audience, now: datetime, time_zone: str, rules: Rules
) -> tuple[str, datetime] | None:
    """Which cap is reached, and when there is room again."""
    counted = [each for each in told if each.counts]
    marketing = [each for each in counted if each.marketing]
    for of, day, week, name in (
        (counted, rules.per_day, rules.per_week, "cap"),
        (
            marketing if audience == "marketing" else (),
            rules.marketing_per_day,
            rules.marketing_per_week,
            "marketing",
        ),
    ):
        today = local_date(now, time_zone)
        if sum(local_date(each.at, time_zone) == today for each in of) >= day:
            return f"{name}_day", next_morning(now, time_zone, rules)
        recent = sorted(each.at for each in of if each.at > now - WEEK)
        if len(recent) >= week:
            return f"{name}_week", recent[len(recent) - week] + WEEK
    return None


def cool_until(told: Sequence[Told], trigger: str, cool_down: timedelta, now: datetime) -> datetime | None:
    """When this trigger may speak to the customer again; None when it may now."""
    last = max((each.at for each in told if each.trigger == trigger), default=None)
    if last is None or last + cool_down <= now:
        return None
    return last + cool_down


def held_out(trigger: str, customer_id: int, percent: int) -> bool:
    """Is this customer one of the `percent` who are not told? The same answer for ever, for each trigger."""
    digest = hashlib.blake2b(f"{trigger}\0{customer_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % 100 < percent
