"""How the cells of a CSV file are read. A reader raises ValueError with a reason that says what to write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from bot.kit.clock import DEFAULT_ZONE, zone
from bot.store.customers.numbers import read_phone

Reader = Callable[[str], Any]

MANY = 4_096
"""So many different days and times are remembered: files name the same ones again and again."""

_DAY = re.compile(r"(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})(日?)")
_CLOCK = re.compile(r"(上午|下午)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0{1,6})?)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d{1,16})?")
_DIGITS = re.compile(r"\d{1,12}", re.ASCII)
_CENTS = re.compile(r"\d{0,2}", re.ASCII)
_ZEROS = re.compile(r"0{1,6}")
_ROUNDED = re.compile(r"[-+]?\d(?:\.\d{0,20})?[eE]\+\d{2,3}", re.ASCII)
_FLOAT = re.compile(r"\d{6,20}\.0{1,6}", re.ASCII)
ROUNDED = "was shortened by a spreadsheet, its digits are lost: format the column as text and save it again"
"""What a cell like `6.2059E+15` is told."""
_MEMBER = re.compile(r"HM\d{8}")


def text(longest: int) -> Reader:
    """Up to `longest` characters, without blanks at the ends."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(f"longer than {longest} characters")
        return cell

    return read


def shortened(cell: str) -> bool:
    """Whether a spreadsheet wrote a long number as `6.2059E+15`."""
    return _ROUNDED.fullmatch(cell) is not None


def identifier(longest: int) -> Reader:
    """An id, number or code, up to `longest` characters. What a spreadsheet made a figure is refused."""
    plain = text(longest)

    def read(cell: str) -> str:
        if shortened(cell):
            raise ValueError(ROUNDED)
        if _FLOAT.fullmatch(cell):
            raise ValueError("was made a decimal number by a spreadsheet: format the column as text")
        return plain(cell)

    return read


def whole(lowest: int, highest: int = 2**31 - 1) -> Reader:
    """A whole number in a range."""

    def read(cell: str) -> int:
        negative, digits, cents = _figure(cell)
        if digits is None or (cents is not None and _ZEROS.fullmatch(cents) is None):
            raise ValueError("not a whole number: write it like 1200")
        number = -int(digits) if negative else int(digits)
        if not lowest <= number <= highest:
            raise ValueError(f"not between {lowest} and {highest}")
        return number

    return read


def yuan(cell: str) -> int:
    """Yuan with up to two decimals, as fen: `120`, `120.5`, `-3.00`, `1,200`, `￥1,200.50`, `120元`."""
    bare = unicodedata.normalize("NFKC", cell).removesuffix("元").strip()
    sign = "-" if bare.startswith("-") else ""
    bare = sign + bare.removeprefix(sign).strip().removeprefix("¥").strip()
    negative, digits, cents = _figure(bare)
    if digits is None or (cents is not None and (not cents or _CENTS.fullmatch(cents) is None)):
        raise ValueError("not an amount in yuan: write it like 120 or 120.50")
    fen = int(digits) * 100 + int((cents or "").ljust(2, "0"))
    return -fen if negative else fen


def _figure(cell: str) -> tuple[bool, str | None, str | None]:
    """Whether it is negative; its digits before the point (None: not a figure), and what stands after it.

    Commas only where thousands are divided: `1,200`, never `1,20`.
    """
    bare = unicodedata.normalize("NFKC", cell)
    negative = bare.startswith("-")
    before, point, after = bare.removeprefix("-").partition(".")
    first, *thousands = before.split(",")
    good = bool(first) and all(len(each) == 3 for each in thousands) and (not thousands or len(first) <= 3)
    digits = first + "".join(thousands)
    whole_part = digits if good and _DIGITS.fullmatch(digits) else None
    return negative, whole_part, after if point else None


def positive_yuan(cell: str) -> int:
    """Yuan, zero or more, as fen."""
    fen = yuan(cell)
    if fen < 0:
        raise ValueError("below zero")
    return fen


@lru_cache(MANY)
def day(cell: str) -> date:
    """A date: `2026-11-22`, `2026/11/22`, `2026.11.22` or `2026年11月22日`; a midnight is left out."""
    read = _day_and_clock(cell)
    if read is None:
        raise ValueError(_serial(cell) or "not a date: write it like 2026-11-22")
    if read[1] not in (None, time()):
        raise ValueError("a day without a time is wanted: write it like 2026-11-22")
    return read[0]


@lru_cache(MANY)
def moment(cell: str) -> datetime:
    """A time, in China unless it says otherwise: `2026-11-22 10:30`, `2026/11/22 9:30:00`, a date,
    `2026-11-22T10:30:00+08:00`."""
    read = _day_and_clock(cell)
    if read is not None:
        value = datetime.combine(read[0], read[1] or time())
    else:
        try:
            value = datetime.fromisoformat(cell)
        except ValueError:
            reason = "not a time: write it like 2026-11-22 10:30 or 2026-11-22T10:30:00+08:00"
            raise ValueError(_serial(cell) or reason) from None
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone(DEFAULT_ZONE))
    return value.astimezone(UTC)


def _day_and_clock(cell: str) -> tuple[date, time | None] | None:
    """The day and, if one is given, the time of the clock; None: neither. ValueError: there is no such."""
    parts = unicodedata.normalize("NFKC", cell).split()
    match = _DAY.fullmatch(parts[0]) if parts else None
    if match is None or len(parts) > 2:
        return None
    year, first, month, second, number, end = match.groups()
    if (first, second, end) != ("年", "月", "日") and (first != second or end):
        return None
    clock = _clock(parts[1]) if len(parts) == 2 else None
    if len(parts) == 2 and clock is None:
        return None
    try:
        return date(int(year), int(month), int(number)), clock
    except ValueError:
        raise ValueError("there is no such day") from None


def _clock(written: str) -> time | None:
    match = _CLOCK.fullmatch(written)
    if match is None:
        return None
    half, hour, minute, second = match[1], int(match[2]), int(match[3]), int(match[4] or 0)
    if half is not None and not 1 <= hour <= 12:
        return None
    if half is not None:
        hour = hour % 12 + (12 if half == "下午" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise ValueError("there is no such time of day") from None


def _serial(cell: str) -> str | None:
    if _SERIAL.fullmatch(cell):
        return "is a spreadsheet's count of days: format the column as a date and save it again"
    return None


def yes_no(cell: str) -> bool:
    """`yes` or `no` (also `是`/`否`, `1`/`0`, `true`/`false`)."""
    lowered = cell.lower()
    if lowered in ("yes", "true", "1", "是"):
        return True
    if lowered in ("no", "false", "0", "否"):
        return False
    raise ValueError("neither yes nor no")


def choice(*values: str) -> Reader:
    """One of a few words."""

    def read(cell: str) -> str:
        if cell not in values:
            raise ValueError("not one of " + ", ".join(values))
        return cell

    return read


def phone(cell: str) -> str:
    """A phone number, stored in E.164."""
    written = cell.partition(".")[0] if _FLOAT.fullmatch(cell) else cell
    number = None if shortened(cell) else read_phone(written)
    if number is None:
        raise ValueError("not a phone number: write it like 13800138000 or +85291234567")
    return number


def member(cell: str) -> str:
    """A member number: HM and eight digits."""
    number = cell.upper()
    if _MEMBER.fullmatch(number) is None:
        raise ValueError("not a member number: HM and eight digits")
    return number


def time_zone(cell: str) -> str:
    """A time zone by its name: `Asia/Shanghai`."""
    if str(zone(cell)) != cell:
        raise ValueError("not a time zone: write it like Asia/Shanghai")
    return cell
