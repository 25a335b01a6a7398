"""How long: 两个工作日, 半年, 一个半小时, 3-5天, 好几个月.

Value: {"min": number, "max": number or null, "unit": "second|minute|hour|day|workday|week|month|year"}.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.brain.nlu.entities.found import Found, JsonValue, fixed
from bot.brain.nlu.entities.quantities import (
    ABOUT_AFTER,
    ABOUT_BEFORE,
    QUANTITY,
    SAYS_HOW_MUCH,
    Quantity,
    bounded,
    quantity,
)

UNITS = {
    "秒": "second", "秒钟": "second", "分钟": "minute", "刻钟": "quarter_hour",
    "小时": "hour", "钟头": "hour", "钟": "hour", "h": "hour",
    "天": "day", "日": "day", "昼夜": "day", "工作日": "workday", "工作天": "workday",
    "周": "week", "星期": "week", "礼拜": "week", "月": "month", "季度": "quarter",
    "年": "year", "周年": "year",
}  # fmt: skip
"""Unit word → unit. quarter_hour and quarter are told as minutes and months."""
_SCALED = {"quarter_hour": ("minute", 15), "quarter": ("month", 3)}

_BIG_UNIT = (
    "小时|钟头|钟(?![表点楼])|工作日|工作天|星期(?![一二三四五六日天])|礼拜(?![一二三四五六日天堂])|月|季度"
)
_SMALL_UNIT = (
    "秒钟?|分钟|刻钟|小时|天(?![猫河津安])|日(?!用|常|本|元|语)|昼夜|工作日"
    "|周年?(?![一二三四五六日末边杰围])|年(?![级代货初底终假会末报轻糕]|老店)"
)
AMOUNT_OF_TIME = (
    rf"(?:(?P<half>大?半)(?:个(?P<half_big>{_BIG_UNIT})|(?P<half_small>小时|天|年|月|日))"
    rf"|(?P<count>{QUANTITY})\s?(?:个(?P<and_half>半)?(?P<more>多)?(?P<big>{_BIG_UNIT})"
    rf"|(?P<small>{_SMALL_UNIT})(?P<half_after>半)?(?P<more_after>多(?![少久大]))?))"
)
_DURATION = re.compile(
    rf"(?<![第\d.:])(?P<before>{ABOUT_BEFORE})?\s?{AMOUNT_OF_TIME}(?P<after>{ABOUT_AFTER})?(?!\d*[号月])"
)
_HOURS = re.compile(r"(?<![\da-zA-Z])(?P<count>\d{1,3})\s?(?P<unit>[hH])(?![a-zA-Z\d])")
# What before a number makes it a date: 2026年, 今年3年级, 零几年.
_DATE_BEFORE = re.compile(r"[年月]\s?$")


def length(m: re.Match[str]) -> tuple[Quantity, str] | None:
    """The quantity and the unit that a match of AMOUNT_OF_TIME says."""
    groups = m.groupdict()
    word = groups.get("half_big") or groups.get("half_small")
    if word:
        return _told(Quantity(Decimal("0.5"), Decimal("0.5")), word)
    found = quantity(groups["count"] + (groups.get("more") or groups.get("more_after") or ""))
    if found is None:
        return None
    if groups.get("and_half") or groups.get("half_after"):
        found = Quantity(
            found.low + Decimal("0.5"), None if found.high is None else found.high + Decimal("0.5")
        )
    word = groups.get("big") or groups.get("small") or ""
    # 2026年 and 3日 are dates; 一万一个月 is ten thousand for a month.
    if word in {"月", "小时"} and found.low >= 1000:
        return None
    if (word == "年" and found.low >= 1000) or (word == "日" and not _counted_days(groups["count"])):
        return None
    return _told(found, word)


def _counted_days(count: str) -> bool:
    return bool(re.search(r"[几数多到至\-~]", count)) or count in {"7", "七", "15", "十五", "30", "三十"}


def _told(found: Quantity, word: str) -> tuple[Quantity, str]:
    unit = UNITS[word]
    scaled, factor = _SCALED.get(unit, (unit, 1))
    return found.times(factor), scaled


def read_durations(text: str) -> Iterator[Found]:
    """Every length of time in `text` (half width)."""
    if not SAYS_HOW_MUCH.search(text):
        return
    for m in _DURATION.finditer(text):
        told = length(m)
        if told is None or (m.group("small") and _DATE_BEFORE.search(text[: m.start()])):
            continue
        found = bounded(told[0], m.group("before"), _approximate(m.group("after")))
        value = duration_value(found, told[1])
        yield Found("duration", m.start(), m.end(), m.group(), fixed(value), 4)
    for m in _HOURS.finditer(text):
        count = Decimal(m.group("count"))
        yield Found(
            "duration",
            m.start(),
            m.end(),
            m.group(),
            fixed(duration_value(Quantity(count, count), "hour")),
            4,
        )


def _approximate(word: str | None) -> str | None:
    """三天以内 is a limit of three days, told as three days; 三天左右 is about three."""
    return word if word in {"左右", "上下"} else None


def duration_value(found: Quantity, unit: str) -> JsonValue:
    """The JSON value of so many of a unit."""
    return {"min": _plain(found.low), "max": None if found.high is None else _plain(found.high), "unit": unit}


def _plain(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)
