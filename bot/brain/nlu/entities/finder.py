"""Runs all readers over a text and settles overlaps."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.brain.nlu.entities.amounts import read_amounts
from bot.brain.nlu.entities.durations import read_durations
from bot.brain.nlu.entities.found import Found
from bot.brain.nlu.entities.identifiers import read_identifiers
from bot.brain.nlu.entities.money import read_money
from bot.brain.nlu.entities.products import read_products
from bot.brain.nlu.entities.times import read_times

_READERS = (read_identifiers, read_money, read_amounts, read_times, read_durations, read_products)
_LONGEST = 64
_ENDLESS = re.compile(
    rf"[0-9零〇○一二三四五六七八九十百千万亿两俩幺几半廿卅.,:/~\-—_·、\s]{{{_LONGEST},}}", re.ASCII
)
"""Nobody writes a value of so many characters, and the readers would try every part of it."""
_NOTHING = "\ufffc"
# Full-width characters become their half-width twins of the same length, so offsets do not move; the
# full-width comma stays, because it parts clauses where 1,000 has the other one.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0C} | {0x3000: 0x20}


def find(text: str) -> list[Found]:
    """All entities of `text` in the order they stand, none overlapping."""
    plain = _ENDLESS.sub(lambda m: _NOTHING * len(m.group()), text.translate(_HALF_WIDTH))
    kept: list[Found] = []
    taken = bytearray(len(plain))
    found = [one for read in _READERS for one in read(plain)]
    for one in sorted(found, key=lambda f: (-f.rank, f.start - f.end, f.start)):
        if not any(taken[one.start : one.end]):
            kept.append(one)
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
    return [replace(one, text=text[one.start : one.end]) for one in sorted(kept, key=lambda f: f.start)]
