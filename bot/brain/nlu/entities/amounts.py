"""Points, percentages and discounts, places in a list, and messages that are only a number.

Values: points {"points": int or null, "min": int, "max": int or null}; percent {"ratio": 0.05};
discount {"pay": 0.75} for 7.5折; ordinal an int from 1, or from -1 backwards; number an int or a float.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.brain.nlu.entities.found import Found, JsonValue, fixed
from bot.brain.nlu.entities.numerals import CHINESE, NUMBER, number
from bot.brain.nlu.entities.quantities import (
    ABOUT_AFTER,
    ABOUT_BEFORE,
    QUANTITY,
    SAYS_HOW_MUCH,
    Quantity,
    bounded,
    quantity,
)

_NOT_MARK = r"(?![钟钱之期店公司享手析机局支类辨别红成部数线差满散秒母])"
_POINTS = re.compile(
    rf"(?P<before>{ABOUT_BEFORE})?\s?(?P<count>{QUANTITY})\s?个?(?P<word>积分|京豆|金豆|豆子|金币|分{_NOT_MARK})"
    rf"(?P<after>{ABOUT_AFTER})?"
)
_POINTS_FIRST = re.compile(
    rf"(?P<word>积分)(?:余额)?(?:只|就|才|还|有|扣|少了|加了|多了|减了|用了|剩余?|是|共|一共|总共|变成|:|了)*\s?(?P<count>{QUANTITY})(?![\d.点号月年块元个张天次折%分目])"
)
_RATING = re.compile(r"[打评给][个你们]*$")
_ABOUT_POINTS = re.compile(r"分|兑|换|豆")

_PERCENT = re.compile(
    rf"(?P<count>\d+(?:\.\d+)?)\s?%|百分之(?P<words>{CHINESE}|\d+(?:\.\d+)?)|(?P<dots>{NUMBER})个点(?![\d钟])"
)
_DISCOUNT = re.compile(
    r"(?<![第\d.])(?P<count>\d(?:\.\d)?|\d\d|[一二三四五六七八九]{1,2})折(?![叠腾断旧磨返射页扇线回])"
)
_HALF = re.compile(r"对折|半价")

_COUNTERS = "个|张|条|项|种|家|位|款|件|台|笔|份|单|行|间|盒|瓶|只|支|套"
_ORDINAL = re.compile(rf"第(?P<count>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})(?:{_COUNTERS})(?![月年天])")
_LAST = re.compile(
    rf"(?:倒数第(?P<count>[一二三1-3])|最后一?)(?:{_COUNTERS})|最后面?的?那(?:个|张|条)|最末(?:那个|一个)"
)
_FIRST = re.compile(rf"(?:最上面|最前面|头|首)(?:的?那|一)(?:{_COUNTERS})|第一(?=$|[,，。吧])")
_CHOICE = re.compile(r"^(?:我?选择?|要|就)(?P<count>[1-9]|[一二三四五六七八九])(?:号)?[吧。.!！]?$")

_ONLY_NUMBER = re.compile(
    rf"^\s*(?:就|要|来)?(?P<count>{NUMBER})\s?(?:{_COUNTERS}|箱|包|桶|袋|本|支|双|遍|次|人)?(?:吧|就行|就够了?|的)?[。.!！]?\s*$"
)


def read_amounts(text: str) -> Iterator[Found]:
    """Points, percentages, discounts, ordinals and bare numbers in `text` (half width)."""
    yield from _points(text)
    for m in _PERCENT.finditer(text):
        value = number(m.group("count") or m.group("words") or m.group("dots"))
        if value is not None:
            yield Found("percent", m.start(), m.end(), m.group(), fixed({"ratio": _float(value / 100)}), 6)
    for m in _DISCOUNT.finditer(text):
        yield Found("discount", m.start(), m.end(), m.group(), fixed({"pay": _pay(m.group("count"))}), 6)
    for m in _HALF.finditer(text):
        yield Found("discount", m.start(), m.end(), m.group(), fixed({"pay": 0.5}), 6)
    yield from _ordinals(text)
    m = _ONLY_NUMBER.match(text)
    value = number(m.group("count")) if m else None
    if m and value is not None and len(m.group("count")) <= 9:
        start, end = m.span("count")
        bare: JsonValue = int(value) if value == int(value) else _float(value)
        yield Found("number", start, end, text[start:end], fixed(bare), 1)


def _points(text: str) -> Iterator[Found]:
    if not SAYS_HOW_MUCH.search(text):
        return
    for pattern in (_POINTS, _POINTS_FIRST):
        for m in pattern.finditer(text):
            count = quantity(m.group("count"))
            if count is None or (m.group("word") == "分" and not _is_points(text, m, count)):
                continue
            groups = m.groupdict()
            count = bounded(count, groups.get("before"), groups.get("after"))
            start = m.start("count") if pattern is _POINTS_FIRST else m.start()
            yield Found("points", start, m.end(), text[start : m.end()], fixed(_points_value(count)), 6)


def _is_points(text: str, m: re.Match[str], count: Quantity) -> bool:
    """给5分 is a mark, 八点三十分 a time, 两毛五分 money; 500分 is points."""
    before = text[: m.start()]
    if before.endswith(("点", "时", "毛", "角", "块", "考", "元")) or re.search(r"[点:]\s?$", before):
        return False
    if _RATING.search(before) and count.low <= 100:
        return False
    return count.low >= 20 or (count.low > 10 and bool(_ABOUT_POINTS.search(before)))


def _points_value(count: Quantity) -> JsonValue:
    high = None if count.high is None else int(count.high)
    return {"points": int(count.low) if count.exact is not None else None, "min": int(count.low), "max": high}


def _pay(text: str) -> float:
    digits = [int(number(c) or 0) for c in text if c != "."]
    return (digits[0] * 10 + digits[1]) / 100 if len(digits) == 2 else digits[0] / 10


def _ordinals(text: str) -> Iterator[Found]:
    for pattern, rank in ((_ORDINAL, 4), (_LAST, 4), (_FIRST, 3), (_CHOICE, 4)):
        for m in pattern.finditer(text):
            said = m.groupdict().get("count")
            place = int(number(said) or 1) if said else 1
            value = -place if pattern is _LAST else place
            yield Found("ordinal", m.start(), m.end(), m.group(), fixed(value), rank)


def _float(value: Decimal) -> float:
    return round(float(value), 6)
