"""What is shown of personal data before somebody asks for it by name."""

from __future__ import annotations

from bot.store.customers.numbers import Number, masked


def mask_name(name: str | None) -> str | None:
    """王小明 → 王*明, 王明 → 王*, John Smith → J*** S****."""
    if not name:
        return None
    if " " in name or name.isascii():
        return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())
    return name[0] + "*" if len(name) == 2 else name[0] + "*" * max(0, len(name) - 2) + name[-1]


def mask_phone(phone: str | None) -> str | None:
    """+8613800138000 → 138****8000."""
    return masked(Number("phone", phone)) if phone else None


def mask_member(number: str | None) -> str | None:
    """HM10000017 → HM10****17."""
    return masked(Number("member_number", number)) if number else None
