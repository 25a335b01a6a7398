"""Templates of the played platform: what their keywords take, and how they look on the phone."""

from __future__ import annotations

import re
from typing import Any

PLACE = re.compile(r"\{\{\s*([A-Za-z_]+)(\d*)\.DATA\s*\}\}")
DAY = r"[12]\d{3}(年|-|/|\.)\d{1,2}(月|-|/|\.)\d{1,2}日?"
CLOCK = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
TAKES = {
    "thing": r"[^\n\r\t]{1,20}",
    "number": r"[-.0-9]{1,32}",
    "letter": r"[a-zA-Z]{1,32}",
    "symbol": r"[^a-zA-Z0-9一-龥\s]{1,5}",
    "character_string": r"[!-~ ]{1,32}",
    "time": rf"({DAY} ?)?{CLOCK}(~({DAY} ?)?{CLOCK})?",
    "date": rf"{DAY}( ?{CLOCK})?(~{DAY}( ?{CLOCK})?)?",
    "amount": r"[¥￥$]?-?[0-9]{1,10}(\.[0-9]+)?元?",
    "phone_number": r"[0-9+\- ]{1,17}",
    "car_number": r"[一-龥A-Za-z0-9]{1,8}",
    "name": r"[一-龥A-Za-z·. ]{1,10}|[A-Za-z·. ]{1,20}",
    "phrase": r"[一-龥]{1,5}",
    "const": r".{1,20}",
}


def problem_with(content: str, data: dict[str, Any]) -> str | None:
    """What the platform would say of `data` for a template that reads `content`; None when all is well."""
    for kind, number in PLACE.findall(content):
        value = str((data.get(f"{kind}{number}") or {}).get("value", ""))
        if not value:
            return f"argument invalid! data.{kind}{number}.value is empty"
        if kind in TAKES and not re.fullmatch(TAKES[kind], value):
            return f"argument invalid! data.{kind}{number}.value invalid"
    return None


def as_read(content: str, data: dict[str, Any]) -> str:
    """The message on the phone."""

    def value(place: re.Match[str]) -> str:
        return str((data.get(place.group(1) + place.group(2)) or {}).get("value", ""))

    return PLACE.sub(value, content)
