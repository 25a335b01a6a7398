"""Amounts of money in fen: 五十块, ¥29.9, 3块5, 两块九毛九; or a range: 几百块, 2100多元, 一百块左右.

Value: {"fen": int or null, "min_fen": int, "max_fen": int or null}; `fen` is null where the customer was
vague, `max_fen` where there is no upper end (一百块以上).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.brain.nlu.entities.found import Found, JsonValue, fixed
from bot.brain.nlu.entities.numerals import number
from bot.brain.nlu.entities.quantities import (
    ABOUT_AFTER,
    ABOUT_BEFORE,
    QUANTITY,
    SAYS_HOW_MUCH,
    Quantity,
    bounded,
    quantity,
)

# 一块儿 is "together", 一块屏 is a piece of screen, 元旦 is a holiday.
_PIECE = r"(?![儿去来走玩弄办做放装送寄退屏表硬布地板砖肉糖电玻主蛋香肥牌面土钢])"
_YUAN = (
    rf"(?:人民币|块钱|元钱|块(?:大洋)?{_PIECE}|元(?![旦宵素件老首年机]|一次)|圆(?![通圈形珠])|rmb|RMB|大洋)"
)
# Things that are counted: what stands before them is no tail of an amount, and no bare amount.
_COUNTED = (
    "天|个|号|月|年|点|分钟|小时|次|张|折|%|日|周|秒|台|件|人|份|块|元|万|千|百|十|积分|分|多|位|期|盒|瓶|箱|遍|条|"
    "米|公里|斤|克|本|支|只|双|套|包(?!邮)|袋|桶|层|楼|岁|倍|级|种|把|间|路|度|届|单|户|页|字|句|毛|角|厘|k|K|w|W|[gGmM兆]"
)
_NOT_COUNTED = rf"(?![\d.]|\s?(?:{_COUNTED}))"
_CENTS = r"(?:零?(?P<fen>[0-9一二三四五六七八九])(?:分钱?)?(?![\d十百千月年天个]))"
_TAIL = (
    rf"(?:零?(?P<jiao>[0-9一二三四五六七八九两])\s?[毛角](?:钱|{_CENTS}|)|零?(?P<odd_fen>[0-9一二三四五六七八九两])分钱?(?!钟)"
    rf"|(?P<decimal>[0-9]{{1,2}}|[一二三四五六七八九]){_NOT_COUNTED})"
)
_AMOUNT = re.compile(
    rf"(?P<before>{ABOUT_BEFORE})?\s?(?:(?P<sign>[¥￥])\s?)?(?P<yuan>{QUANTITY})\s?"
    rf"(?(sign)(?:{_YUAN})?|{_YUAN})(?P<more>多(?:钱|(?![少久大]))|来钱|出头)?(?:(?<!钱){_TAIL})?(?P<after>{ABOUT_AFTER})?"
)
_JIAO = re.compile(
    rf"(?<![铁直牛羊棱转视锐钝第])(?P<jiao>[0-9一二三四五六七八九两])(?:毛|角(?=钱|[0-9一二三四五六七八九]分|$))"
    rf"(?:钱|{_CENTS}|)(?![线病衣巾洲])"
)
_FEN = re.compile(r"(?P<fen>[0-9一二三四五六七八九两])分钱")
_VERB = (
    r"(?:转|充|扣|付|交|花|退|赔|提|收|补|返|存|欠|还款|少了|多了|便宜|减)"
    r"(?:值|了|过|我|他|你|掉|回|出|走|取|给|账|款|费|去|来|进|错|满|够|他们|妈|爸|个)*"
)
_BARE = re.compile(rf"{_VERB}(?P<yuan>{QUANTITY}){_NOT_COUNTED}")
_ALONE = re.compile(rf"(?P<yuan>\d+(?:\.\d+)?万|好?几[百千万]){_NOT_COUNTED}(?![多名粉公里步像转亩吨家种只])")

_OF_POINTS = re.compile(r"(?:积分|京豆|豆子)[^,，。]{0,4}$")


def amount(found: Quantity) -> JsonValue:
    """The value of so many yuan."""
    least = int(found.low * 100)
    most = None if found.high is None else int(found.high * 100)
    return {"fen": least if least == most else None, "min_fen": least, "max_fen": most}


def read_money(text: str) -> Iterator[Found]:
    """Every amount in `text` (half width)."""
    if not SAYS_HOW_MUCH.search(text):
        return
    for m in _AMOUNT.finditer(text):
        yuan = quantity(m.group("yuan"))
        if yuan is not None and not (m.group("yuan").startswith("一") and _is_piece(text, m)):
            yield Found("amount", m.start(), m.end(), m.group(), fixed(amount(_whole(yuan, m))), 6)
    for pattern in (_JIAO, _FEN):
        for m in pattern.finditer(text):
            yuan = Quantity(_tail(m), _tail(m))
            yield Found("amount", m.start(), m.end(), m.group(), fixed(amount(yuan)), 5)
    for m in _BARE.finditer(text):
        if _says_much(m.group("yuan")) and not _OF_POINTS.search(text[: m.start()]):
            yield _plain(m)
    for m in _ALONE.finditer(text):
        yield _plain(m)


def _plain(m: re.Match[str]) -> Found:
    yuan = quantity(m.group("yuan")) or Quantity(Decimal(0), None)
    return Found("amount", m.start("yuan"), m.end("yuan"), m.group("yuan"), fixed(amount(yuan)), 3)


def _says_much(text: str) -> bool:
    """转一下, 退两个: a single Chinese digit after a verb counts something else."""
    return quantity(text) is not None and (len(text) > 1 or text.isdigit()) and not text.startswith("0")


def _is_piece(text: str, m: re.Match[str]) -> bool:
    """这一块, 第一块, 每一块, 合成一块: a piece, a part, together."""
    before = text[max(0, m.start() - 2) : m.start()]
    return m.group() == "一块" and bool(re.search(r"[这那哪第每成到在另某同]$", before))


def _whole(yuan: Quantity, m: re.Match[str]) -> Quantity:
    if m.group("more"):
        top = quantity(m.group("yuan") + "多") or yuan
        return Quantity(top.low, top.high)
    tail = _tail(m)
    if tail and yuan.exact is not None:
        return Quantity(yuan.low + tail, yuan.low + tail)
    return bounded(yuan, m.group("before"), m.group("after"))


def _tail(m: re.Match[str]) -> Decimal:
    groups = m.groupdict()
    if groups.get("jiao"):
        return _part(groups["jiao"], 10) + _part(groups.get("fen"), 1)
    decimal = groups.get("decimal")
    if decimal:
        return _part(decimal, 10 if len(decimal) == 1 else 1)
    return _part(groups.get("fen") or groups.get("odd_fen"), 1)


def _part(text: str | None, each: int) -> Decimal:
    value = number(text) if text else None
    return (value or Decimal(0)) * each / 100
