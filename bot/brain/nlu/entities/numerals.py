"""Numbers as people write them: 3,200, 1.2万, 5k, 三千五, 两百零八, 二〇二六."""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "幺": 1, "两": 2, "俩": 2}
SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
BIG = {"万": 10_000, "w": 10_000, "W": 10_000, "亿": 100_000_000, "k": 1000, "K": 1000}

ARABIC = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
CHINESE = r"[零〇一二三四五六七八九十百千两俩廿卅]+(?:点[零〇一二三四五六七八九]+)?"
NUMBER = (
    rf"(?:{ARABIC}\s?[百千]?[万亿]|{ARABIC}[百千]|{ARABIC}[kKwW](?![a-zA-Z])|{ARABIC}"
    rf"|{CHINESE}(?:[万亿][零〇一二三四五六七八九十百千两]*)?)"
)

_SPOKEN = re.compile(r"[零〇○一二三四五六七八九幺]")


def spoken_digits(text: str) -> str:
    """`幺三八-零零` → `13800`: digits one by one, separators dropped."""
    return "".join(str(DIGITS[c]) if _SPOKEN.match(c) else c for c in text if c.isalnum())


def number(text: str) -> Decimal | None:
    """The value of one number in any of the accepted writings, or None if it is not one."""
    text = text.replace(",", "").replace(" ", "").replace("廿", "二十").replace("卅", "三十")
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([百千]?)([万亿kKwW]?)", text)
    if match:
        plain, small, big = match.groups()
        return Decimal(plain) * SMALL.get(small, 1) * BIG.get(big, 1)
    whole, _, fraction = text.partition("点")
    value = _chinese(whole)
    if value is None or (fraction and not all(c in DIGITS for c in fraction)):
        return None
    return Decimal(f"{value}.{spoken_digits(fraction)}") if fraction else Decimal(value)


def _chinese(text: str) -> int | None:
    if not text:
        return None
    if all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total = section = digit = 0
    unit = 1
    for c in text:
        if c in DIGITS:
            digit = DIGITS[c]
            unit = 1 if c in "零〇" else unit
        elif c in SMALL:
            unit = SMALL[c]
            section += (digit or 1) * unit
            digit = 0
        elif c in BIG:
            total += (section + digit or 1) * BIG[c]
            section, digit, unit = 0, 0, BIG[c]
        else:
            return None
    # 三千五 is 3,500 and 一万二 is 12,000: a last digit without a unit counts in the next place below.
    return total + section + digit * (unit // 10 if unit >= 100 else 1)
