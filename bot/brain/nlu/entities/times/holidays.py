"""Holidays people name instead of a date."""

from __future__ import annotations

from datetime import date, timedelta

from lunardate import LunarDate

_FIXED = {
    "元旦": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "三八节": (3, 8), "五一": (5, 1), "劳动节": (5, 1),
    "六一": (6, 1), "儿童节": (6, 1), "618": (6, 18), "六一八": (6, 18), "教师节": (9, 10), "国庆": (10, 1),
    "十一": (10, 1), "双11": (11, 11), "双十一": (11, 11), "双12": (12, 12), "双十二": (12, 12),
    "平安夜": (12, 24), "圣诞": (12, 25),
}  # fmt: skip
_LUNAR = {"春节": (1, 1), "过年": (1, 1), "大年初一": (1, 1), "元宵": (1, 15), "端午": (5, 5), "七夕": (7, 7),
          "中秋": (8, 15), "重阳": (9, 9)}  # fmt: skip
_LETTERS = "|".join(
    sorted((n for n in (*_FIXED, *_LUNAR) if n not in {"十一", "618", "五一", "六一"}), key=len, reverse=True)
)
HOLIDAY = (
    rf"{_LETTERS}|(?<!\d)618(?!\d)|(?<![一二三四五六七八九十零幺])[五六]一(?![二三四五六七八九十零幺])"
    r"|十一(?=假期|长假|黄金周|放假)|清明|除夕|年三十|母亲节|父亲节"
)


def holiday(name: str, year: int) -> date | None:
    """The day of the holiday in that year."""
    if name in _FIXED:
        return date(year, *_FIXED[name])
    if name in _LUNAR:
        return LunarDate(year, *_LUNAR[name]).toSolarDate()
    if name in {"除夕", "年三十"}:
        return LunarDate(year, 1, 1).toSolarDate() - timedelta(days=1)
    if name == "清明":
        # Good for 1900-2099: the sun's 15 degrees, by the usual formula.
        return date(year, 4, int(year % 100 * 0.2422 + 4.81) - year % 100 // 4)
    month, sunday = (5, 2) if name == "母亲节" else (6, 3)
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (sunday - 1))
