"""From a text to its features, in blocks: characters, words, word classes, sounds, radicals, length, pairs.

Radicals and sounds carry a customer's typos and homophones (体现 for 提现, 优惠卷 for 优惠券), word classes
carry what a rare name is, and pairs of characters with a gap carry inserted words (积分到底会不会过期).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

# (word, class of the word) in the order they stand; an entity is one word: <amount>, of class "ent".
Words = Sequence[tuple[str, str]]

# How much each block counts beside the characters, chosen by cross-validation.
BLOCKS: dict[str, float] = {
    "char": 1.0,
    "word": 0.5,
    "class": 0.3,
    "sound": 0.5,
    "radical": 0.5,
    "length": 0.1,
    "pair": 0.5,
}

_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
# Unicode sorts the common characters by radical, so a character's radical is the last one at or before it.
_RADICALS = [ord(unicodedata.normalize("NFKC", chr(0x2F00 + number))) for number in range(214)]


def clean(text: str) -> str:
    """One way of writing: half width, lower case, a run of digits as its length, single spaces."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _DIGITS.sub(lambda m: "0" * min(len(m.group()), 6), text)
    return _SPACE.sub(" ", text).strip()


def radical(character: str) -> str:
    """The number of the character's radical; other signs stand for themselves."""
    code = ord(character)
    return str(bisect_right(_RADICALS, code)) if 0x4E00 <= code <= 0x9FA5 else character


def features(
    text: str, words: Words, sounds: Mapping[str, str], blocks: Mapping[str, float] = BLOCKS
) -> Iterator[tuple[str, list[str]]]:
    """The features of each block, as often as they occur; `sounds` maps characters to pinyin."""
    for block, names in _features(text, words, sounds):
        if block in blocks:
            yield block, list(names)


def _features(text: str, words: Words, sounds: Mapping[str, str]) -> Iterator[tuple[str, Iterable[str]]]:
    cleaned = clean(text)
    marked = f"^{cleaned}$"
    tokens = ["^", *(word for word, _ in words), "$"]
    classes = ["^", *(tag for _, tag in words), "$"]
    yield "char", (marked[at : at + size] for size in (1, 2, 3) for at in range(len(marked) - size + 1))
    yield "word", chain(tokens[1:-1], _runs(tokens, 2))
    yield "class", chain(_runs(classes, 1), _runs(classes, 2), _runs(classes, 3))
    heard = ["^", *(sounds.get(c, c) for c in cleaned), "$"]
    yield "sound", chain(_runs(heard, 1), _runs(heard, 2), _runs(heard, 3))
    shapes = ["^", *map(radical, cleaned), "$"]
    yield "radical", chain(_runs(shapes, 1), _runs(shapes, 2))
    yield "length", [f"c{min(len(cleaned), 12)}", f"w{min(len(words), 8)}"]
    ends = range(len(cleaned))
    yield "pair", (f"{cleaned[a]}_{cleaned[b]}" for a in ends for b in range(a + 2, min(a + 5, len(cleaned))))


def _runs(items: Sequence[str], size: int) -> Iterator[str]:
    return ("|".join(items[at : at + size]) for at in range(len(items) - size + 1))
