"""Times of day: 七点半, 下午3点一刻, 15:30, 晚上, 今早.

An hour without a part of the day is meant for waking hours: 1 to 6 are in the afternoon, 7 to 12 as said.
Parts of the day and their hours are in PARTS; 夜里 and 半夜 run into the next day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.brain.nlu.entities.numerals import number

PARTS = {
    "凌晨": (0, 6), "清晨": (5, 8), "清早": (5, 9), "大清早": (5, 9), "一早": (6, 9), "一大早": (6, 9),
    "早上": (6, 10), "早晨": (6, 10), "早间": (6, 10), "早": (6, 10), "晨": (6, 10), "上午": (8, 12),
    "中午": (11, 14), "正午": (11, 14), "午间": (11, 14), "午后": (12, 15), "下午": (12, 18),
    "傍晚": (17, 19), "晚上": (18, 24), "晚间": (18, 24),
    "晚": (18, 24), "夜里": (22, 28), "夜间": (22, 28), "夜": (22, 28), "深夜": (22, 28), "半夜": (22, 28),
}  # fmt: skip
"""Part of the day → first hour and the hour after it, 24 and more being the next day's."""

_SHORT = (
    r"(?:早|晚|晨|夜)(?!点(?!钟|半|[前后一二三四五六七八九十\d])"
    r"|[到了些一饭餐宴会间上里市班年知该就来回送发安报])"
)
_LONG = "|".join(sorted((part for part in PARTS if len(part) > 1), key=len, reverse=True))
PART = rf"(?:{_LONG})(?!好)"
PART_AFTER_DAY = rf"(?:{_LONG}|{_SHORT})(?!好)"
PART_BEFORE_CLOCK = rf"(?:{_LONG}|早|晚|夜)"

_HOUR = r"(?:2[0-4]|1\d|0?\d|二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九])"
_MINUTE = r"(?:[零〇0][1-9一二三四五六七八九]|[1-5]\d|00|[二三四五]?十[一二三四五六七八九]?|[1-9](?=分))"
CLOCK = (
    rf"(?:(?<![\d:.])(?P<digital_hour>2[0-4]|1\d|0?\d):(?P<digital_minute>[0-5]\d)(?::[0-5]\d)?(?![\d:])"
    rf"|(?<![\d.十百千万第几])(?P<hour>{_HOUR})(?:点钟?|时(?![候间不常长段效而]))"
    rf"(?:(?P<half>半)|(?P<quarter>[一三13])刻|(?P<minute>{_MINUTE})分?(?!钟)|(?P<odd>多)|整)?)"
)
# 一点 is also "a little", 两点 "two points": these need more around them to be a time.
_DOUBTFUL = re.compile(r"[一两三二]点")
_SURE_AFTER = re.compile(r"\s?(?:到|至|-|~|左右|之?以?[前后]|见|钟|过来|上门|的时候)")
_SURE_BEFORE = re.compile(r"(?:约|在|到|等到|改到|改成|改|换到|推到|定|订|是|就|从)$")


@dataclass(frozen=True)
class Clock:
    """Minutes since midnight of the day; `until` is exclusive, and over 1,440 on the next day."""

    since: int
    until: int
    grain: str


def part_of_day(word: str) -> Clock:
    """A part of the day by itself."""
    first, after = PARTS[word]
    return Clock(first * 60, after * 60, "part")


def clock(m: re.Match[str], part: str | None, *, after_day: bool = False) -> Clock | None:
    """What a match of CLOCK says after that part of the day; None if it is no time after all."""
    hour = int(number(m.group("digital_hour") or m.group("hour")) or 0)
    minute = _minute(m)
    if part is None and not after_day and m.group("hour") and _is_doubtful(m):
        return None
    hour = _in_part(hour, part, exact=m.group("digital_hour") is not None or hour == 0)
    since = hour * 60 + minute
    if m.group("odd"):
        return Clock(since, since + 60, "hour")
    whole = m.group("digital_hour") is None and minute == 0 and not m.group("minute")
    return Clock(since, since + 60, "hour") if whole else Clock(since, since + 1, "minute")


def _minute(m: re.Match[str]) -> int:
    if m.group("half"):
        return 30
    if m.group("quarter"):
        return 15 * int(number(m.group("quarter")) or 1)
    return int(number(m.group("digital_minute") or m.group("minute") or "0") or 0)


def _in_part(hour: int, part: str | None, *, exact: bool) -> int:
    if hour > 12 or (exact and part is None):
        return hour
    first, after = PARTS[part] if part else (7, 19)
    if part in {"凌晨", "半夜", "夜里", "深夜", "夜间", "夜"} and hour in {12, 0, 1, 2, 3, 4, 5}:
        return hour % 12 if part == "凌晨" else 24 + hour % 12
    if hour == 12:
        return 24 if first >= 18 else 12
    # The reading that falls into the part of the day, else the nearer one: 中午1点 is 13:00, 上午7点 is 7:00.
    middle = (first + after) / 2
    return min((hour, hour + 12), key=lambda each: (not first <= each < after, abs(each - middle)))


def _is_doubtful(m: re.Match[str]) -> bool:
    if not _DOUBTFUL.fullmatch(m.group()):
        return False
    before, after = m.string[: m.start()], m.string[m.end() :]
    return not (_SURE_AFTER.match(after) or _SURE_BEFORE.search(before))
