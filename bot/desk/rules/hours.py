"""Opening hours: open or not, when next, and how to say so."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bot.desk.rules.rules import WEEKDAYS, Rules, Span, as_time
from bot.kit.clock import zone

LOOK_AHEAD: Final = 60
"""Days; a desk that does not open within them has no next opening."""

_DAY_NAMES: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def spans_on(rules: Rules, day: date) -> list[tuple[datetime, datetime]]:
    """The opening hours of a day as moments, in UTC."""
    spans: list[Span] = rules.holidays.get(day, rules.hours.get(WEEKDAYS[day.weekday()], []))
    return [(_moment(rules, day, start), _moment(rules, day, end)) for start, end in spans]


def is_open(rules: Rules, now: datetime) -> bool:
    """Are there opening hours at `now`?"""
    today = now.astimezone(zone(rules.time_zone)).date()
    return any(start <= now < end for start, end in spans_on(rules, today))


def next_opening(rules: Rules, now: datetime) -> datetime | None:
    """When the desk opens next; None when it does not in the coming `LOOK_AHEAD` days."""
    today = now.astimezone(zone(rules.time_zone)).date()
    for distance in range(LOOK_AHEAD):
        for start, _ in spans_on(rules, today + timedelta(days=distance)):
            if start > now:
                return start
    return None


def windows(rules: Rules, now: datetime, length: timedelta, count: int) -> list[tuple[datetime, datetime]]:
    """The next `count` windows of at most `length` within opening hours, none that is half over."""
    found: list[tuple[datetime, datetime]] = []
    today = now.astimezone(zone(rules.time_zone)).date()
    for distance in range(LOOK_AHEAD):
        for start, end in spans_on(rules, today + timedelta(days=distance)):
            while start < end and len(found) < count:
                stop = min(start + length, end)
                if now <= start + (stop - start) / 2:
                    found.append((start, stop))
                start = stop
        if len(found) == count:
            break
    return found


def hours_text(rules: Rules) -> str:
    """The weekly hours as people say them: 每天 9:00-21:00, or 周一至周五 9:00-18:00，周六 10:00-16:00."""
    groups: list[tuple[int, int, list[Span]]] = []
    for number, day in enumerate(WEEKDAYS):
        spans = rules.hours.get(day, [])
        if groups and groups[-1][2] == spans:
            groups[-1] = (groups[-1][0], number, spans)
        else:
            groups.append((number, number, spans))
    said = [f"{_days(first, last)} {_spans(spans)}" for first, last, spans in groups if spans]
    return "，".join(said) or "暂无"


def moment_text(rules: Rules, moment: datetime, now: datetime) -> str:
    """A moment as people say it: 今天 14:00, 明天 9:00, 周三（11月25日）9:00."""
    local = moment.astimezone(zone(rules.time_zone))
    distance = (local.date() - now.astimezone(zone(rules.time_zone)).date()).days
    clock = f"{local.hour}:{local.minute:02d}"
    if distance in (0, 1, 2):
        return f"{('今天', '明天', '后天')[distance]} {clock}"
    return f"{_DAY_NAMES[local.weekday()]}（{local.month}月{local.day}日）{clock}"


def window_text(rules: Rules, window: tuple[datetime, datetime], now: datetime) -> str:
    """A window as people say it: 明天 9:00-11:00."""
    end = window[1].astimezone(zone(rules.time_zone))
    return f"{moment_text(rules, window[0], now)}-{end.hour or 24}:{end.minute:02d}"


def _moment(rules: Rules, day: date, clock: str) -> datetime:
    at = as_time(clock)
    if at is None:
        day, at = day + timedelta(days=1), time(0)
    return datetime.combine(day, at, zone(rules.time_zone)).astimezone(UTC)


def _days(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return "每天"
    return _DAY_NAMES[first] if first == last else f"{_DAY_NAMES[first]}至{_DAY_NAMES[last]}"


def _spans(spans: list[Span]) -> str:
    return "、".join(f"{start.removeprefix('0')}-{end.removeprefix('0')}" for start, end in spans)
