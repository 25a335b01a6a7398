"""Time. Everything inside is aware UTC; only what a person reads is in the person's zone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_ZONE = "Asia/Shanghai"

Clock = Callable[[], datetime]


def system_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class FakeClock:
    """A clock that stands still until it is moved. Call it to read it."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = require_utc(start) if start else datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        return self._now

    def advance(self, delta: timedelta) -> datetime:
        """Move forward by `delta` and return the new time."""
        with self._lock:
            self._now += delta
            return self._now

    def set(self, moment: datetime) -> None:
        """Stand at `moment` (aware)."""
        with self._lock:
            self._now = require_utc(moment)

    @contextmanager
    def at(self, moment: datetime) -> Generator[None]:
        """Stand at `moment` for the length of a block."""
        before = self._now
        self.set(moment)
        try:
            yield
        finally:
            self.set(before)


def require_utc(moment: datetime) -> datetime:
    """`moment` in UTC; ValueError when it has no zone."""
    if moment.tzinfo is None:
        raise ValueError("A time without a zone is ambiguous: give it a time zone.")
    return moment.astimezone(UTC)


def zone(name: str | None) -> ZoneInfo:
    """The time zone called `name`; the default zone when it is empty or unknown."""
    try:
        return ZoneInfo(name or DEFAULT_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(DEFAULT_ZONE)


def local_date(moment: datetime, zone_name: str | None = None) -> date:
    """The calendar date of `moment` where the customer lives."""
    return moment.astimezone(zone(zone_name)).date()


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and a Z."""
    return require_utc(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")
