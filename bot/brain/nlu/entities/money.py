"""Amounts of money in fen: exact (五十块, ¥29.9, 3块5, 两块九毛九) or a range (几百, 2100多元, 一百左右).

Value: {"fen": int or null, "min_fen": int, "max_fen": int}; `fen` is null where the customer was vague.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.brain.nlu.entities.found import Found, JsonValue, fixed
from bot.brain.nlu.entities.numerals import NUMBER, number

_YUAN = r"(?:人民币|块钱|元钱|块|元|圆|rmb|RMB|大洋)"
# What may not follow a bare tail: in "1000块30天" the 30 counts days.
_NOT_TAIL = r"(?![\d.]|\s?(?:天|个|号|月|年|点|分钟|小时|次|张|折|%|日|周|秒|台|件|人|份|块|元|万|千|百|十|积分|多|位|期|g|G|m|M|兆|盒|瓶))"
_TAIL = rf"(?:(?P<jiao>[0-9一二三四五六七八九两])\s?(?:毛|角)(?:钱)?(?:(?P<fen>[0-9一二三四五六七八九])(?:分钱?)?(?![\d十百千]))?|(?P<cents>[0-9]{{1,2}}|[一二三四五六七八九]){_NOT_TAIL})"
_EXACT = re.compile(rf"(?P<yuan>{NUMBER})\s?{_YUAN}(?:{_TAIL})?(?:人民币)?")
_SIGN = re.compile(rf"[¥￥]\s?(?P<yuan>{NUMBER})(?:\s?{_YUAN})?")
_JIAO = re.compile(r"(?<![铁直牛羊棱转视锐钝])(?P<jiao>[0-9一二三四五六七八九两])(?:毛|角(?=钱|[0-9一二三四五六七八九]分|$))(?:钱)?(?:(?P<fen>[0-9一二三四五六七八九])(?:分钱?)?(?![\d十百千]))?(?![线病衣巾])")


def fen_value(low: Decimal, high: Decimal | None = None) -> JsonValue:
    """Yuan to the value of an amount; with `high`, a range."""
    least, most = int(low * 100), int((low if high is None else high) * 100)
    return {"fen": least if least == most else None, "min_fen": least, "max_fen": most}


def read_money(text: str) -> Iterator[Found]:
    """Every exact amount in `text`."""
    for pattern in (_EXACT, _SIGN):
        for m in pattern.finditer(text):
            yuan = number(m.group("yuan"))
            if yuan is not None:
                yield Found("amount", m.start(), m.end(), m.group(), fixed(fen_value(yuan + _tail(m))), 6)
    for m in _JIAO.finditer(text):
        yield Found("amount", m.start(), m.end(), m.group(), fixed(fen_value(_tail(m))), 5)


def _tail(m: re.Match[str]) -> Decimal:
    groups = m.groupdict()
    if groups.get("jiao"):
        return _cents(groups["jiao"], 10) + _cents(groups.get("fen"), 1)
    cents = groups.get("cents")
    return _cents(cents, 10 if cents and len(cents) == 1 else 1)


def _cents(text: str | None, each: int) -> Decimal:
    value = number(text) if text else None
    return (value or Decimal(0)) * each / 100
