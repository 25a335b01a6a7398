"""Times told by their distance from now: 三天前, 两小时后, 过两天, 最近三个月, 前几天, 这两天."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal

from bot.brain.nlu.entities.durations import AMOUNT_OF_TIME, length
from bot.brain.nlu.entities.quantities import SAYS_HOW_MUCH

Read = Callable[[re.Match[str], datetime], "tuple[datetime, datetime, str] | None"]

_AWAY = re.compile(
    rf"(?<![第\d.]){AMOUNT_OF_TIME}(?P<way>[以之]?前(?![面台后天几两])|[以之]?后(?![面天来台续]))"
)
_AFTER = re.compile(rf"(?:再过|(?<![超经通])过(?![了去])){AMOUNT_OF_TIME}(?![以之]?[前后])")
_LATELY = re.compile(
    rf"(?P<way>最近|近|过去|(?<![期天日之以])前|这|往后|未来|接下来|往前)的?{AMOUNT_OF_TIME}(?![前了])"
)
_SOME_DAYS = re.compile(
    r"(?P<way>前|这|过|最近|近)(?:这)?(?P<count>几|两|一两|两三|些|好几)(?:天|日)(?![前后])"
)


def read_relative(text: str) -> Iterator[tuple[re.Match[str], Read]]:
    """Each match with how to work out from, to and grain."""
    for m in _SOME_DAYS.finditer(text):
        yield m, _some_days
    if not SAYS_HOW_MUCH.search(text):
        return
    for pattern, read in ((_AWAY, _away), (_AFTER, _away), (_LATELY, _lately)):
        for m in pattern.finditer(text):
            if length(m) is not None:
                yield m, read


def _away(m: re.Match[str], now: datetime) -> tuple[datetime, datetime, str] | None:
    told = length(m)
    if told is None:
        return None
    count, unit = told
    back = "前" in (m.groupdict().get("way") or "")
    ends = [_shift(now, count.low, unit, back=back), _shift(now, count.high or count.low, unit, back=back)]
    first, last = min(ends), max(ends)
    if unit in {"minute", "hour", "second"}:
        return first, last + timedelta(minutes=1), "minute"
    grain = "month" if unit == "year" and count.low % 1 == 0 else "day"
    if grain == "month":
        start = datetime.combine(first.date().replace(day=1), time(), now.tzinfo)
        return start, start + timedelta(days=monthrange(start.year, start.month)[1]), grain
    return _midnight(first), _midnight(last) + timedelta(days=1), grain


def _lately(m: re.Match[str], now: datetime) -> tuple[datetime, datetime, str] | None:
    told = length(m)
    if told is None:
        return None
    count, unit = told
    ahead = m.group("way") in {"往后", "未来", "接下来"}
    far = _shift(now, count.high or count.low, unit, back=not ahead)
    grain = "day" if unit not in {"minute", "hour", "second"} else "hour"
    if ahead:
        return now, far, grain
    return (_midnight(far) if grain == "day" else far), now, grain


def _some_days(m: re.Match[str], now: datetime) -> tuple[datetime, datetime, str] | None:
    """几 is three to seven."""
    low, high = {"两": (2, 2), "一两": (1, 2), "两三": (2, 3)}.get(m.group("count"), (3, 7))
    today = _midnight(now)
    if m.group("way") == "过":
        return today + timedelta(days=low), today + timedelta(days=high + 1), "day"
    if m.group("way") == "前":
        return today - timedelta(days=high), today, "day"
    return today - timedelta(days=high), today + timedelta(days=1), "day"


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time(), moment.tzinfo)


def _shift(now: datetime, count: Decimal, unit: str, *, back: bool) -> datetime:
    sign = -1 if back else 1
    if unit == "workday":
        return _workdays(now, int(count) * sign)
    if unit in {"month", "year"}:
        return _months(
            now, int(count * (12 if unit == "year" else 1)) * sign, half=count % 1 != 0 and unit == "month"
        )
    seconds = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}[unit]
    return now + timedelta(seconds=float(count) * seconds * sign)


def _workdays(now: datetime, count: int) -> datetime:
    """Monday to Friday; public holidays are not known here."""
    step = timedelta(days=1 if count > 0 else -1)
    while count:
        now += step
        if now.weekday() < 5:
            count -= 1 if count > 0 else -1
    return now


def _months(now: datetime, count: int, *, half: bool) -> datetime:
    """The same day so many months away, or that month's last; half a month is 15 days."""
    month = now.month - 1 + count
    year, month = now.year + month // 12, month % 12 + 1
    moved = now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1]))
    return moved + timedelta(days=15 if count >= 0 else -15) if half else moved
