"""Numbers that name something: phones, members, cards, complaints, orders, quotes, one-time codes.

They may be typed with spaces or hyphens, in lower case, full width, or digit by digit in Chinese
(幺三八零零…). Values are strings without separators, prefixes in upper case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.brain.nlu.entities.found import Found, fixed
from bot.brain.nlu.entities.numerals import spoken_digits

_D = "[0-9零〇○一二三四五六七八九幺]"
_GAP = r"[ \-—_、.·]?"


def _digits(count: int) -> str:
    return rf"{_D}(?:{_GAP}{_D}){{{count - 1}}}"


_END = rf"(?!{_GAP}[0-9])"
_START = r"(?<![0-9a-zA-Z.])"

# The shapes of this company's numbers: prefix, then that many digits.
_PREFIXED = (
    ("member_number", "HM", 8),
    ("complaint_number", "TS", 13),
    ("order_number", "DD", 14),
    ("order_number", "D", 13),
    ("quote_number", "BJ", 13),
)


def _shape(prefix: str, count: int) -> re.Pattern[str]:
    letters = r"[ \-]?".join(f"[{letter}{letter.lower()}]" for letter in prefix)
    return re.compile(rf"(?<![a-zA-Z]){letters}[ \-:]*({_digits(count)}){_END}")


_PREFIXED_RE = [(entity, prefix, _shape(prefix, count)) for entity, prefix, count in _PREFIXED]

_PHONE = re.compile(
    rf"(?:(?:\+|00)86[ \-]?|{_START})([1一幺]{_GAP}[3-9三四五六七八九]{_GAP}{_digits(9)}){_END}"
)
_LANDLINE = re.compile(rf"{_START}(0\d{{2,3}}[ \-]?\d{{7,8}})(?!\d)")
# Cards have 12 digits here (6205…); banks' have 16 to 19.
_CARD = re.compile(rf"{_START}(62{_GAP}{_digits(10)}|{_digits(19)}|{_digits(16)}){_END}")
_TAIL = re.compile(
    rf"(?:尾号|尾数|最后[四4]位|[后末][四4]位)(?:数字?)?(?:的)?(?:是|为|:)?\s*({_digits(4)}){_END}"
    rf"|(?<![0-9a-zA-Z]){_D}{{4}}(?=(?:结尾|尾号)的?(?:那张|卡|手机|号))"
)
_PHONE_WORD = re.compile(r"(?:手机|电话|号码)(?:号码?)?(?:的)?$")
_NOT_CODE = r"(?!\s?(?:元|块|分|个|次|人|年|万|千|积分|多|%|张|公里|米|步|毫))"
_CODE = re.compile(
    rf"{_START}([0-9](?:[ \-]?[0-9]){{5}}|(?<![零〇一二三四五六七八九十百千万]){_digits(6)}){_END}"
    rf"(?![零〇一二三四五六七八九十百千万幺]){_NOT_CODE}"
)
_BARE = re.compile(rf"{_START}(20\d{{2}}[01]\d[0-3]\d{_GAP}\d{{5,6}})(?!\d)")
_CLUES = (
    (re.compile("报价"), 13, "quote_number", "BJ"),
    (re.compile("投诉|工单"), 13, "complaint_number", "TS"),
    (re.compile("订单|单号"), 13, "order_number", "D"),
)


def read_identifiers(text: str) -> Iterator[Found]:
    """Every identifier in `text` (half width), longest shapes with the highest rank."""
    for entity, prefix, pattern in _PREFIXED_RE:
        for m in pattern.finditer(text):
            yield Found(entity, m.start(), m.end(), m.group(), fixed(prefix + spoken_digits(m.group(1))), 9)
    for m in _CARD.finditer(text):
        yield _found("card_number", m, 8)
    for m in _PHONE.finditer(text):
        yield _found("phone", m, 8)
    for m in _LANDLINE.finditer(text):
        yield _found("phone", m, 7)
    for m in _TAIL.finditer(text):
        entity = "phone_tail" if _PHONE_WORD.search(text[: m.start()]) else "card_number"
        yield _found(entity, m, 8)
    for m in _CODE.finditer(text):
        yield _found("code", m, 5)
    yield from _without_prefix(text)


def _found(entity: str, m: re.Match[str], rank: int) -> Found:
    return Found(entity, m.start(), m.end(), m.group(), fixed(spoken_digits(m.group(1) or m.group())), rank)


def _without_prefix(text: str) -> Iterator[Found]:
    """A dated number without its letters: 14 digits are an order; 13 need a word that says what."""
    for m in _BARE.finditer(text):
        digits = spoken_digits(m.group(1))
        if len(digits) == 14:
            yield Found("order_number", m.start(), m.end(), m.group(), fixed("DD" + digits), 8)
        for clue, length, entity, prefix in _CLUES:
            if len(digits) == length and clue.search(text):
                yield Found(entity, m.start(), m.end(), m.group(), fixed(prefix + digits), 8)
                break
