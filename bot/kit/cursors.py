"""Cursors of lists: where a page ended, by the values that the list is sorted by (its keyset).

A position counted in rows would skip a line whenever one before it leaves the list.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Final

from bot.kit.clock import require_utc
from bot.kit.errors import BadInput
from bot.kit.text import storable

LONGEST: Final = 400


class BadCursor(BadInput):
    """这一页的位置不对，请从头读这个列表。"""

    code = "bad_cursor"


def write_cursor(*parts: str | int | datetime) -> str:
    """A cursor that holds `parts`: texts, numbers and moments."""
    texts = [part.isoformat() if isinstance(part, datetime) else str(part) for part in parts]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def read_cursor(cursor: str, count: int) -> list[str]:
    """The `count` parts of a cursor that `write_cursor` made. Raises BadCursor."""
    if len(cursor) > LONGEST or not cursor.isascii():
        raise BadCursor()
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursor() from error
    if not isinstance(parts, list) or len(parts) != count or not all(isinstance(each, str) for each in parts):
        raise BadCursor()
    return [storable(each) for each in parts]


def moment_of(part: str) -> datetime:
    """The moment in a part. Raises BadCursor."""
    try:
        return require_utc(datetime.fromisoformat(part))
    except (ValueError, OverflowError) as error:
        raise BadCursor() from error


def number_of(part: str) -> int:
    """The number in a part. Raises BadCursor."""
    if not part.isascii() or not part.isdecimal() or len(part) > 15:
        raise BadCursor()
    return int(part)
