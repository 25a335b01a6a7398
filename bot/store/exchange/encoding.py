"""In which characters a file is written: UTF-8, GB18030 (Chinese spreadsheets), or UTF-16 with its mark."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE = "save the file as CSV UTF-8 (comma separated) and try again"


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is written in, and how many lines end in it. `broken`: the first line that cannot be read
    (0: all can), with the reason."""

    encoding: str
    ends: int
    broken: int = 0
    reason: str = ""


def look_through(path: Path) -> Look:
    """Look at every line: one broken byte does not make GB18030 of a file that is UTF-8."""
    with path.open("rb") as stream:
        start = stream.read(4_096)
    if start.startswith(UTF_16):
        return _utf_16(path)
    if start.count(0) * 4 > len(start):
        return Look("utf-8-sig", 0, 1, f"is UTF-16 without its mark: {_SAVE}")
    ends = good = bad = first = gb_first = 0
    with path.open("rb") as stream:
        for ends, line in enumerate(stream, 1):
            if line.isascii():
                continue
            if _decodes(line, "utf-8"):
                good += 1
            else:
                bad += 1
                first = first or ends
            if not gb_first and bad and not _decodes(line, "gb18030"):
                gb_first = ends
    marked = start.startswith(codecs.BOM_UTF8)
    if not bad:
        return Look("utf-8-sig", ends)
    if not marked and good <= bad and not gb_first:
        return Look("gb18030", ends)
    line = first if marked or good > bad else gb_first
    return Look("utf-8-sig", ends, line, f"holds a byte that is no character: {_SAVE}")


def _utf_16(path: Path) -> Look:
    decoder = codecs.getincrementaldecoder("utf-16")()
    ends = 0
    with path.open("rb") as stream:
        order = "utf-16-le" if stream.read(2) == codecs.BOM_UTF16_LE else "utf-16-be"
        stream.seek(0)
        try:
            while block := stream.read(1 << 20):
                ends += decoder.decode(block).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            ends += error.object[: error.start].decode(order).count("\n")
            return Look("utf-16", ends, ends + 1, f"holds bytes that are no characters: {_SAVE}")
    return Look("utf-16", ends)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
