"""Days and moments as the customer's own calendar has them, in statements that serve all zones at once.

A statement is made once. What it compares with is a parameter for each zone, computed from the clock
whenever it runs: the end of a day is that zone's midnight, also on the day on which the clocks change.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, bindparam, case

from bot.kit.clock import DEFAULT_ZONE, local_date
from bot.kit.db import UtcTime
from bot.store.customers.models import Customer
from bot.store.dates import end_of_day

Value = Callable[[datetime], Any]


class Calendar:
    """Makes the expressions of one statement, and the values of its parameters at a moment."""

    def __init__(self, zones: tuple[str, ...]) -> None:
        self.zones = zones or (DEFAULT_ZONE,)
        self._values: dict[str, Value] = {}

    def values(self, now: datetime) -> dict[str, Any]:
        """The parameters of the statement when it runs at `now`."""
        return {name: value(now) for name, value in self._values.items()}

    @property
    def now(self) -> ColumnElement[datetime]:
        return self.moment(timedelta())

    def moment(self, later: timedelta) -> ColumnElement[datetime]:
        """The present moved by `later` (before, when negative)."""
        seconds = int(later.total_seconds())
        name = f"moment_{'minus_' if seconds < 0 else ''}{abs(seconds)}"
        return self._param(name, UtcTime(), lambda now: now + later)

    def today(self, days: int = 0) -> ColumnElement[date]:
        """The customer's date, `days` from today."""
        return self._by_zone(
            "day", days, Date(), lambda zone, now: local_date(now, zone) + timedelta(days=days)
        )

    def month_day(self, days: int = 0) -> ColumnElement[int]:
        """Month and day of that date as one number: 1122 is 22 November."""

        def number(zone: str, now: datetime) -> int:
            day = local_date(now, zone) + timedelta(days=days)
            return day.month * 100 + day.day

        return self._by_zone("month_day", days, Integer(), number)

    def leap_birthday(self, days: int = 0) -> ColumnElement[int]:
        """229 when that date is 28 February of a year without a 29th: its children celebrate then; else 0."""

        def number(zone: str, now: datetime) -> int:
            day = local_date(now, zone) + timedelta(days=days)
            last = day.month == 2 and day.day == 28 and (day + timedelta(days=1)).month == 3
            return 229 if last else 0

        return self._by_zone("leap", days, Integer(), number)

    def year(self, days: int = 0) -> ColumnElement[int]:
        """The year of that date."""
        return self._by_zone(
            "year", days, Integer(), lambda zone, now: (local_date(now, zone) + timedelta(days=days)).year
        )

    def day_end(self, days: int) -> ColumnElement[datetime]:
        """The moment at which that date is over where the customer lives."""
        return self._by_zone("end", days, UtcTime(), lambda zone, now: _end(now, days, zone))

    def last_day_end(self, days: int) -> ColumnElement[datetime]:
        """The latest such moment of all zones: a bound that an index can use."""
        return self._param(
            f"last_end_{_tag(days)}", UtcTime(), lambda now: max(_end(now, days, zone) for zone in self.zones)
        )

    def first_day_end(self, days: int) -> ColumnElement[datetime]:
        """The earliest such moment of all zones."""
        return self._param(
            f"first_end_{_tag(days)}",
            UtcTime(),
            lambda now: min(_end(now, days, zone) for zone in self.zones),
        )

    def _by_zone(
        self, what: str, days: int, type_: Any, value: Callable[[str, datetime], Any]
    ) -> ColumnElement[Any]:
        params = [
            (zone, self._param(f"{what}_{_tag(days)}_{place}", type_, _of_zone(value, zone)))
            for place, zone in enumerate(self.zones)
        ]
        if len(params) == 1:
            return params[0][1]
        default = self._param(f"{what}_{_tag(days)}_default", type_, _of_zone(value, DEFAULT_ZONE))
        return case(*((Customer.time_zone == zone, param) for zone, param in params), else_=default)

    def _param(self, name: str, type_: Any, value: Value) -> ColumnElement[Any]:
        self._values[name] = value
        return bindparam(name, type_=type_)


def _of_zone(value: Callable[[str, datetime], Any], zone: str) -> Value:
    return lambda now: value(zone, now)


def _end(now: datetime, days: int, zone: str) -> datetime:
    return end_of_day(local_date(now, zone) + timedelta(days=days), zone)


def _tag(days: int) -> str:
    return f"{'minus_' if days < 0 else ''}{abs(days)}"
