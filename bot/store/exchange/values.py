"""How the cells of a CSV file are read. A reader raises ValueError with a reason that says what to write."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from bot.kit.clock import DEFAULT_ZONE, zone
from bot.store.customers.numbers import read_phone

Reader = Callable[[str], Any]

MANY = 4_096
"""So many different days and times are remembered: files name the same ones again and again."""

_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_YUAN = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,2}))?")
_MEMBER = re.compile(r"HM\d{8}")


def text(longest: int) -> Reader:
    """Up to `longest` characters, without blanks at the ends."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(f"longer than {longest} characters")
        return cell

    return read


def whole(lowest: int, highest: int = 2**31 - 1) -> Reader:
    """A whole number in a range."""

    def read(cell: str) -> int:
        try:
            number = int(cell)
        except ValueError:
            raise ValueError("not a whole number") from None
        if not lowest <= number <= highest:
            raise ValueError(f"not between {lowest} and {highest}")
        return number

    return read


def yuan(cell: str) -> int:
    """Yuan with up to two decimals, as fen: `120`, `120.5`, `-3.00`."""
    match = _YUAN.fullmatch(cell)
    if match is None:
        raise ValueError("not an amount in yuan: write it like 120 or 120.50")
    sign, units, cents = match.groups()
    fen = int(units) * 100 + int((cents or "").ljust(2, "0"))
    return -fen if sign else fen


def positive_yuan(cell: str) -> int:
    """Yuan, zero or more, as fen."""
    fen = yuan(cell)
    if fen < 0:
        raise ValueError("below zero")
    return fen


@lru_cache(MANY)
def day(cell: str) -> date:
    """A date: `2026-11-22` or `2026/11/22`."""
    match = _DAY.fullmatch(cell)
    if match is None:
        raise ValueError("not a date: write it like 2026-11-22")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise ValueError("there is no such day") from None


@lru_cache(MANY)
def moment(cell: str) -> datetime:
    """A time, in China unless it says otherwise: `2026-11-22 10:30`, `2026-11-22T10:30:00+08:00`, a date."""
    try:
        value = datetime.fromisoformat(cell)
    except ValueError:
        try:
            value = datetime.combine(day(cell), time())
        except ValueError:
            raise ValueError(
                "not a time: write it like 2026-11-22 10:30 or 2026-11-22T10:30:00+08:00"
            ) from None
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone(DEFAULT_ZONE))
    return value.astimezone(UTC)


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
    number = read_phone(cell)
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
