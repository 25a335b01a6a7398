"""Text from strangers, made fit for everything that has to hold it.

PostgreSQL holds no NUL, UTF-8 no half of a surrogate pair, and XML 1.0 (section 2.2) neither most control
characters nor U+FFFE and U+FFFF. A message must not be lost for one of them, so they are left out.
"""

from __future__ import annotations

import re
from typing import Any

_NOT_HELD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def storable(text: str) -> str:
    """`text` without the characters that a database or an XML document refuses."""
    return _NOT_HELD.sub("", text)


def storable_json(value: Any) -> Any:
    """A value as JSON has it, with every text in it (names too) storable."""
    match value:
        case str():
            return storable(value)
        case list():
            return [storable_json(each) for each in value]
        case dict():
            return {storable(str(name)): storable_json(each) for name, each in value.items()}
        case _:
            return value
