"""How much, exactly or about: 三百, 1.2万, 几百, 两三千, 一百多, 100到200, 百来."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.brain.nlu.entities.numerals import BIG, DIGITS, NUMBER, SMALL, number

_PLACE = r"(?:[十百千]万|[十百千万亿])"
_SPAN = rf"{NUMBER}\s?(?:到|至|-|~|—)\s?{NUMBER}"
# 几天 alone asks how many days; 好几天 says some.
_SOME = rf"好几{_PLACE}?|[几数]{_PLACE}|上{_PLACE}|百八十|{_PLACE}[来把]"
_PAIR = rf"[一二两三四五六七八九]{{2}}(?:十几|{_PLACE})?(?![零一二三四五六七八九十百千万])"
_MORE = rf"{NUMBER}(?:多(?![少久大长远])|余|出头|几|来(?![一个了的电]))"
QUANTITY = rf"(?:{_SPAN}|{_MORE}|{_SOME}|{_PAIR}|{NUMBER})"
"""A pattern without groups; `quantity` reads what it matches."""

SAYS_HOW_MUCH = re.compile(r"[\d零〇一二三四五六七八九十百千万亿两俩廿卅几半]")
"""Without one of these signs there is neither a QUANTITY nor a half; most messages have none."""

ABOUT_BEFORE = r"(?:大概|大约|差不多|约|将近|至少|最少|起码|最多|不超过|不到|超过)"
ABOUT_AFTER = r"(?:左右|上下|以内|之内|以下|以上)"

_SPAN_RE = re.compile(rf"({NUMBER})\s?(?:到|至|-|~|—)\s?({NUMBER})")
_PAIR_RE = re.compile(rf"([一二两三四五六七八九])([一二两三四五六七八九])(十几|{_PLACE})?")


@dataclass(frozen=True)
class Quantity:
    """From `low` to `high`, both included; `high` None has no upper end."""

    low: Decimal
    high: Decimal | None

    @property
    def exact(self) -> Decimal | None:
        return self.low if self.low == self.high else None

    def times(self, factor: int | Decimal) -> Quantity:
        return Quantity(self.low * factor, None if self.high is None else self.high * factor)


def quantity(text: str) -> Quantity | None:
    """Read one match of QUANTITY."""
    text = text.strip()
    if text == "百八十":
        return Quantity(Decimal(80), Decimal(180))
    exact = number(text)
    # 七八 is 7 to 8, not 78; 二零 is digits one by one.
    pair = _PAIR_RE.fullmatch(text)
    if pair and (DIGITS[pair.group(2)] == DIGITS[pair.group(1)] + 1 or pair.group(1, 2) == ("三", "五")):
        unit = _unit(pair.group(3))
        return Quantity(DIGITS[pair.group(1)] * unit, DIGITS[pair.group(2)] * unit)
    if exact is not None:
        return Quantity(exact, exact)
    span = _SPAN_RE.fullmatch(text)
    if span:
        return _span(span.group(1), span.group(2))
    if text[0] in "好几数上" or (text[-1] in "来把" and number(text[:-1]) is None):
        return _some(text)
    return _more(text)


def bounded(found: Quantity, before: str | None, after: str | None) -> Quantity:
    """Apply 大概, 不到, 至少, 左右, 以内 and the like."""
    words = (before or "") + (after or "")
    low, high = found.low, found.high
    if any(word in words for word in ("不到", "最多", "不超过", "以内", "之内", "以下")):
        return Quantity(Decimal(0), high)
    if any(word in words for word in ("至少", "最少", "起码", "超过", "以上")):
        return Quantity(low, None)
    if words and high is not None:
        return Quantity(low * 9 / 10, high * 11 / 10)
    return found


def _span(first: str, second: str) -> Quantity | None:
    low, high = number(first), number(second)
    if low is None or high is None:
        return None
    # 一到两百 is 100 to 200: the unit is said once.
    if low < high and low < 10 and len(first) == 1 and second[-1] in SMALL | BIG:
        low *= _unit(second[-1])
    return Quantity(low, high) if low <= high else None


def _some(text: str) -> Quantity:
    if text[-1] in "来把":
        unit = _unit(text[:-1])
        return Quantity(unit * 9 / 10, unit * 11 / 10) if text[-1] == "来" else Quantity(unit, unit * 2)
    unit = _unit(text.lstrip("好几数上"))
    return Quantity(unit, unit * (10 if text[0] != "上" else 2))


def _more(text: str) -> Quantity | None:
    """一百多 is 100 to 200 and 2100多 is 2,100 to 2,200: up to the next of its last place."""
    base = text.removesuffix("出头").rstrip("多余几来")
    low = number(base)
    if low is None or low != int(low):
        return None
    place = Decimal(10) ** (len(str(int(low))) - len(str(int(low)).rstrip("0")))
    return Quantity(low, low + place)


def _unit(text: str | None) -> Decimal:
    value = Decimal(1)
    for character in text or "":
        value *= {**SMALL, **BIG}.get(character, 1)
    return value
