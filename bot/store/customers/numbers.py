"""The numbers people know themselves by: phone and member number, as they type them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import phonenumbers

HOME = "CN"
MEMBER_NUMBERS = 10**8

_MAINLAND = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_MEMBER = re.compile(r"(?:HM)?(\d{8})", re.IGNORECASE)
_FILLERS = re.compile(r"[\s\-.()·—–‐]+")

# Multiplying by a number that shares no factor with 10^8 visits every value once, in an order that does not
# tell who joined before whom.
_STEP = 38_196_601
_START = 10_283_746


@dataclass(frozen=True, slots=True)
class Number:
    """What was typed, in the one form we store: a phone in E.164, or a member number."""

    kind: Literal["phone", "member_number"]
    value: str


def read_number(text: str) -> Number | None:
    """The phone or member number in `text`; None when it is neither.

    Full-width digits, spaces, dashes and +86 are understood. Eight digits alone are a member number.
    """
    compact = _FILLERS.sub("", unicodedata.normalize("NFKC", text))
    if len(compact) > 24:
        return None
    if match := _MEMBER.fullmatch(compact):
        return Number("member_number", "HM" + match[1])
    if phone := read_phone(compact):
        return Number("phone", phone)
    return None


def read_phone(text: str) -> str | None:
    """A phone number in E.164 (`+8613800138000`); None when it cannot be one. Without + it is Chinese."""
    compact = _FILLERS.sub("", unicodedata.normalize("NFKC", text))
    if match := _MAINLAND.fullmatch(compact):  # nearly all of them, and a hundred times faster
        return "+86" + match[1]
    try:
        parsed = phonenumbers.parse(compact, HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def spoken_phone(phone: str) -> str:
    """A stored phone as a Chinese reader writes it: without +86."""
    return phone.removeprefix("+86")


def masked(number: Number) -> str:
    """Enough for the owner to know it, too little for anyone else: `138****8000`, `HM12****78`."""
    shown = spoken_phone(number.value) if number.kind == "phone" else number.value
    head, tail = (3, 4) if number.kind == "phone" else (4, 2)
    return f"{shown[:head]}****{shown[-tail:]}"


def member_number(ordinal: int) -> str:
    """The `ordinal`-th member number (from 1): unique, and not in the order of joining."""
    if not 1 <= ordinal < MEMBER_NUMBERS:
        raise ValueError("The member numbers are used up: eight digits hold no more.")
    return f"HM{(_START + ordinal * _STEP) % MEMBER_NUMBERS:08d}"
