"""The XML of callbacks: a flat document with a little nesting, from a stranger.

defusedxml refuses entities and document types, so neither bombs nor external entities are ever expanded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.kit.errors import BadInput
from bot.kit.text import storable

LARGEST: Final = 256 * 1024
DEEPEST: Final = 8

_CDATA = re.compile(r"(<!\[CDATA\[[^\]]*(?:\](?!\]>)[^\]]*)*\]\]>)")
_REFERENCE = re.compile(r"&#(x[0-9a-fA-F]{1,8}|[0-9]{1,8});")
"""A character by its number. In CDATA it is what the customer typed."""

Node = str | list["Fields"]
"""A tag's text; or, for a tag with tags inside, one Fields for each time it occurs."""
Fields = dict[str, Node]


class BadXml(BadInput):
    """This is not the XML of a callback."""

    code = "bad_xml"


def read(body: bytes) -> Fields:
    """The tags inside the root, in any order, CDATA or not. Raises BadXml.

    A text that occurs twice counts as its first occurrence.
    """
    if len(body) > LARGEST:
        raise BadXml(f"A callback has at most {LARGEST // 1024} kB, this one has {len(body) // 1024} kB.")
    try:
        root = fromstring(_legal(body.decode("utf-8", "replace")), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise BadXml() from error
    return _fields(root, DEEPEST)


def text(fields: Mapping[str, Node], name: str, default: str = "") -> str:
    """The text of tag `name`; `default` when it is missing, or is no text."""
    value = fields.get(name, default)
    return value if isinstance(value, str) else default


def inside(fields: Mapping[str, Node], *path: str) -> list[Fields]:
    """The Fields under the tags `path`, one inside the other; empty when there are none."""
    found: list[Fields] = [dict(fields)]
    for name in path:
        found = [inner for outer in found for inner in _nested(outer, name)]
    return found


def write(fields: Mapping[str, str | int | Mapping[str, str]]) -> bytes:
    """`fields` as a callback's or an answer's XML: numbers plain, texts as CDATA."""
    return f"<xml>{''.join(_tag(name, value) for name, value in fields.items())}</xml>".encode()


def _legal(document: str) -> str:
    """`document` without what no XML may hold: one such character must not cost a customer's message."""
    parts = _CDATA.split(storable(document))
    return "".join(part if number % 2 else _REFERENCE.sub(_held, part) for number, part in enumerate(parts))


def _held(reference: re.Match[str]) -> str:
    """The reference as it stands when an XML document may hold its character, else nothing."""
    digits = reference[1]
    code = int(digits[1:], 16) if digits[0] == "x" else int(digits)
    return reference[0] if code < 0x110000 and storable(chr(code)) else ""


def _nested(fields: Fields, name: str) -> list[Fields]:
    value = fields.get(name)
    return value if isinstance(value, list) else []


def _fields(element: Element, depth: int) -> Fields:
    if depth == 0:
        raise BadXml()
    result: Fields = {}
    for child in element:
        if len(child):
            known = result.setdefault(child.tag, [])
            if isinstance(known, list):
                known.append(_fields(child, depth - 1))
        else:
            result.setdefault(child.tag, child.text or "")
    return result


def _tag(name: str, value: str | int | Mapping[str, str]) -> str:
    if isinstance(value, int):
        inner = str(value)
    elif isinstance(value, str):
        inner = "<![CDATA[" + storable(value).replace("]]>", "]]]]><![CDATA[>") + "]]>"
    else:
        inner = "".join(_tag(key, text_) for key, text_ in value.items())
    return f"<{name}>{inner}</{name}>"
