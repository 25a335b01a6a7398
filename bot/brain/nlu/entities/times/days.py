"""Days, weeks, months and years: 大后天, 上周三, 下个月15号, 月底, 去年国庆, 2026-11-22.

Choices where Chinese leaves room: a week begins on Monday; a bare weekday (周三) is the next one from today
on; a bare day (15号) is the nearest one, before or after; a month, a date or a holiday without a year (三月)
is the coming one when that is within three months, else the last one; 月初 is the 1st to the 5th,
月中 the 11th to the 20th, 月底 the last five days.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.brain.nlu.entities.numerals import number
from bot.brain.nlu.entities.times.holidays import HOLIDAY, holiday

_D = (
    r"(?:[12]\d|3[01]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|二十|廿[一二三四五六七八九]?"
    r"|[一二三四五六七八九])"
)
_M = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_Y = r"(?:20\d\d|[12]\d|二[零〇][零〇一二三四五六七八九]{2})年"
# 3号线, 5号楼, 8号技师: a number of something else.
_NOT_DAY = r"(?![线楼店机门柜台桌厅员电字码院库车铺单色窗房床墨粉]|人工|技师|师傅|客服|会所|公馆|坐席)"
_YEARS = {
    "今年": 0,
    "本年": 0,
    "当年": 0,
    "去年": -1,
    "上年": -1,
    "前年": -2,
    "大前年": -3,
    "明年": 1,
    "后年": 2,
}
_RELATIVE_YEAR = "大前年|今年|本年|去年|上年|前年(?!度)|明年|后年"
_SHIFT = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_SHIFTS = "上上|下下|上|下|这|本"
_DAYS = {
    "大前天": -3, "前天": -2, "前日": -2, "前儿": -2, "昨天": -1, "昨日": -1, "昨儿": -1,
    "今天": 0, "今日": 0, "今儿": 0, "明天": 1, "明日": 1, "明儿": 1, "次日": 1,
    "后天": 2, "后日": 2, "后儿": 2, "大后天": 3, "大后日": 3, "大后儿": 3,
    "今": 0, "明": 1, "昨": -1, "前": -2, "当": 0, "后": 2,
}  # fmt: skip
_DAY_WORD = "大前天|大后天|大后日|大后儿|[前昨今明后][天日]|次日(?!达)|[前昨今明后]儿个?"
_DAY_SYLLABLE = r"(?:今|明|昨|前|当|后)(?=早|晚|晨|夜|上午|下午)"
_WEEKDAY = (
    {c: n for n, c in enumerate("一二三四五六", 0)}
    | {"日": 6, "天": 6, "末": 5}
    | {str(n): n - 1 for n in range(1, 8)}
)


@dataclass(frozen=True)
class Days:
    """From `first` up to but without `after`; `grain` is what was named: day, week, month, quarter, year."""

    first: date
    after: date
    grain: str

    @classmethod
    def one(cls, day: date) -> Days:
        return cls(day, day + timedelta(days=1), "day")


def _month(year: int, month: int) -> Days:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    first = date(year, month, 1)
    return Days(first, first + timedelta(days=monthrange(year, month)[1]), "month")


def _int(text: str) -> int:
    return int(number(text) or 0)


def _year_of(text: str, today: date) -> int:
    if text in _YEARS:
        return today.year + _YEARS[text]
    year = _int(text.removesuffix("年").replace("〇", "零"))
    return year if year > 100 else 2000 + year


def _nearest(days: list[date], today: date) -> date | None:
    return min(days, key=lambda day: (abs(day - today), day < today), default=None)


def _coming(days: list[date], today: date) -> date | None:
    """The one that comes within three months, else the last one."""
    soon = [day for day in days if timedelta(days=-7) <= day - today <= timedelta(days=95)]
    return min(soon) if soon else max((day for day in days if day <= today), default=None)


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_word(m: re.Match[str], today: date) -> Days:
    return Days.one(today + timedelta(days=_DAYS[m.group("word").removesuffix("个")]))


def _weekday(m: re.Match[str], today: date) -> Days | None:
    monday = today - timedelta(days=today.weekday())
    at = _WEEKDAY[m.group("weekday")]
    shift = m.group("shift")
    if shift is not None:
        first = monday + timedelta(days=at + 7 * _SHIFT[shift])
    else:
        first = today + timedelta(days=(at - today.weekday()) % 7)
        if m.group("weekday") == "末" and today.weekday() == 6:
            first = today - timedelta(days=1)
    return Days(first, first + timedelta(days=2), "day") if m.group("weekday") == "末" else Days.one(first)


def _week(m: re.Match[str], today: date) -> Days:
    first = today - timedelta(days=today.weekday()) + timedelta(days=7 * _SHIFT[m.group("shift")])
    return Days(first, first + timedelta(days=7), "week")


def _part_of_month(month: Days, part: str) -> Days:
    first, after = month.first, month.after
    if part == "上旬":
        return Days(first, first + timedelta(days=10), "day")
    if part in {"中旬", "中"}:
        return Days(first + timedelta(days=10), first + timedelta(days=20), "day")
    if part == "下旬":
        return Days(first + timedelta(days=20), after, "day")
    if part == "初":
        return Days(first, first + timedelta(days=5), "day")
    return Days(after - timedelta(days=5), after, "day")


def _in_month(month: Days, m: re.Match[str]) -> Days | None:
    groups = m.groupdict()
    if groups.get("part"):
        return _part_of_month(month, groups["part"])
    if groups.get("day"):
        day = _safe(month.first.year, month.first.month, _int(groups["day"]))
        return Days.one(day) if day else None
    return month


def _relative_month(m: re.Match[str], today: date) -> Days | None:
    return _in_month(_month(today.year, today.month + _SHIFT[m.group("shift")]), m)


def _named_month(m: re.Match[str], today: date) -> Days | None:
    month = _int(m.group("month"))
    if m.group("year"):
        return _in_month(_month(_year_of(m.group("year"), today), month), m)
    if m.group("day"):
        found = [_safe(today.year + shift, month, _int(m.group("day"))) for shift in (-1, 0, 1)]
        day = _coming([each for each in found if each], today)
        return Days.one(day) if day else None
    first = _coming([_month(today.year + shift, month).first for shift in (-1, 0, 1)], today)
    return _in_month(_month(first.year, first.month), m) if first else None


def _bare_day(m: re.Match[str], today: date) -> Days | None:
    months = [_month(today.year, today.month + shift).first for shift in (-1, 0, 1)]
    found = [_safe(first.year, first.month, _int(m.group("day"))) for first in months]
    day = _nearest([each for each in found if each], today)
    return Days.one(day) if day else None


def _bare_part(m: re.Match[str], today: date) -> Days:
    """月初 said late in the month is the next one's."""
    this = _part_of_month(_month(today.year, today.month), m.group("part"))
    if m.group("part") == "初" and today >= this.after + timedelta(days=10):
        return _part_of_month(_month(today.year, today.month + 1), "初")
    return this


def _numeric(m: re.Match[str], today: date) -> Days | None:
    day = _safe(int(m.group("y")), int(m.group("m")), int(m.group("d")))
    return Days.one(day) if day else None


def _year(m: re.Match[str], today: date) -> Days:
    year = _year_of(m.group("year"), today) if m.group("year") else today.year
    first, after, grain = date(year, 1, 1), date(year + 1, 1, 1), "year"
    part = m.group("part") or ""
    spans = {"初": (1, 3), "中": (6, 8), "底": (12, 13), "末": (12, 13), "上半年": (1, 7), "下半年": (7, 13)}
    quarter = re.search(r"[1-4一二三四]", part)
    if part.lstrip("年") in spans:
        begin, end = spans[part.lstrip("年")]
        first, after, grain = _month(year, begin).first, _month(year, end).first, "month"
    elif quarter:
        begin = _int(quarter.group()) * 3 - 2
        first, after, grain = _month(year, begin).first, _month(year, begin + 3).first, "quarter"
    return Days(first, after, grain)


def _holiday(m: re.Match[str], today: date) -> Days | None:
    name = m.group("holiday")
    years = [_year_of(m.group("year"), today)] if m.group("year") else range(today.year - 1, today.year + 2)
    day = _coming([day for year in years if (day := holiday(name, year))], today)
    return Days.one(day) if day else None


_PART = r"(?P<part>[上中下]旬|初|底|末|中(?=[旬,，。吧左的]|$))"
_DAY = rf"(?P<day>{_D})(?:[号日]{_NOT_DAY})"
_OPEN_DAY = rf"(?P<day>{_D})(?:[号日]{_NOT_DAY}|(?![\d号日个点元块年月分:.%天张次万千百十折起人]))"
_PATTERNS: list[tuple[str, Callable[[re.Match[str], date], Days | None]]] = [
    (r"(?P<y>20\d\d)[-/.](?P<m>1[0-2]|0?[1-9])[-/.](?P<d>[12]\d|3[01]|0?[1-9])(?!\d)", _numeric),
    (
        rf"(?:(?P<year>{_RELATIVE_YEAR}|{_Y})的?)?(?P<month>{_M})月(?:份)?(?:的?(?:{_OPEN_DAY}|{_PART}))?",
        _named_month,
    ),
    (rf"(?P<shift>{_SHIFTS})个?月(?:份)?(?:的?(?:{_OPEN_DAY}|{_PART}))?", _relative_month),
    (
        rf"(?:(?P<year>{_RELATIVE_YEAR}|{_Y})的?)?(?P<holiday>{HOLIDAY})(?:节|期间|假期|那天|那几天)?(?!节?快乐)",
        _holiday,
    ),
    (
        rf"(?P<year>{_RELATIVE_YEAR}|20\d\d年|二[零〇][零〇一二三四五六七八九]{{2}}年)(?P<part>年?[初中底末](?![国学])|[上下]半年|第?[1-4一二三四]季度)?",
        _year,
    ),
    (
        r"(?P<year>(?<![\d一二三四五六七八九十多整全每几两今去前明后本大当上]))(?P<part>年[初底末](?![国学])|[上下]半年)",
        _year,
    ),
    (
        rf"(?:(?P<shift>{_SHIFTS})个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日末]|天(?!气)|[1-6](?![\d个天次]))(?!年)",
        _weekday,
    ),
    (rf"(?P<shift>{_SHIFTS})个?(?:周|星期|礼拜)(?!年)", _week),
    (rf"(?P<word>{_DAY_WORD}|{_DAY_SYLLABLE})", _day_word),
    (r"月(?P<part>[初底末])", _bare_part),
    (rf"(?<![\d.第月\-/a-zA-Z一二三四五六七八九十]){_DAY}", _bare_day),
]


PATTERNS = [(re.compile(pattern), read) for pattern, read in _PATTERNS]
