"""From a text to its features, in blocks: characters, words, word classes, sounds, radicals, and more.

Most blocks count what occurs. Those of AMOUNTS weigh what is known of the words (`senses.py`): a class or a
topic has the share that the words give it.

Radicals and sounds carry a customer's typos and homophones (体现 for 提现, 优惠卷 for 优惠券), word classes
carry what a rare name is, pairs with a gap carry inserted words (积分到底会不会过期), far pairs another order
of words (过期的积分), kinds of characters what a word never seen is like, heads what sort of thing it names
(the last character of 动车, 快递费, 营业厅).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from bot.brain.nlu.linear.senses import Senses, read_senses

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
    "far": 0.5,
    "kind": 0.5,
    "head": 0.5,
    "name": 0.3,
    "topic": 0.3,
    "sense": 0.7,
}
AMOUNTS = frozenset({"topic", "sense"})
FROM_ELSEWHERE = frozenset({"name", "topic", "sense"})
"""The blocks of what is known of words without having seen them in an example."""
FAR = 8
SHORT = 4
"""Words above which what is known of them counts less: wording tells a sentence, but not a bare name."""

_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
# Unicode sorts the common characters by radical, so a character's radical is the last one at or before it.
_RADICALS = [ord(unicodedata.normalize("NFKC", chr(0x2F00 + number))) for number in range(214)]


@dataclass(frozen=True)
class Characters:
    """What is known of single characters: how each sounds (pinyin) and which kind it is of; and of words."""

    sounds: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    senses: Senses = field(default_factory=Senses)


def senses_for(blocks: Iterable[str]) -> Senses:
    """What is known of words from elsewhere, where one of these blocks needs it; else nothing."""
    return read_senses() if FROM_ELSEWHERE & set(blocks) else Senses()


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
    text: str, words: Words, characters: Characters, blocks: Mapping[str, float] = BLOCKS
) -> Iterator[tuple[str, list[str]]]:
    """The features of each of `blocks` that counts, as often as they occur."""
    cleaned = clean(text)
    for block in blocks:
        if block not in AMOUNTS:
            yield block, list(_READERS[block](cleaned, words, characters))


def amounts(
    words: Words, senses: Senses, blocks: Mapping[str, float] = BLOCKS
) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Those of each of `blocks` that weighs, with how much of each there is."""
    for block in blocks:
        if block in AMOUNTS:
            of_word = senses.topics if block == "topic" else senses.classes
            found: dict[str, float] = {}
            for word, _ in words:
                for name, share in of_word(word):
                    found[name] = found.get(name, 0) + share
            yield block, found


def weight_of_senses(words: Words) -> float:
    """How much the blocks of AMOUNTS count in a text of these words."""
    return min(1.0, SHORT / max(len(words), 1))


def _characters(cleaned: str, words: Words, characters: Characters) -> Iterable[str]:
    marked = f"^{cleaned}$"
    return (marked[at : at + size] for size in (1, 2, 3) for at in range(len(marked) - size + 1))


def _words(cleaned: str, words: Words, characters: Characters) -> Iterable[str]:
    tokens = ["^", *(word for word, _ in words), "$"]
    return chain(tokens[1:-1], _runs(tokens, 2))


def _classes(cleaned: str, words: Words, characters: Characters) -> Iterable[str]:
    return _up_to_three([tag for _, tag in words])


def _sounds(cleaned: str, words: Words, characters: Characters) -> Iterable[str]:
    return _up_to_three([characters.sounds.get(c, c) for c in cleaned])


def _radicals(cleaned: str, words: Words, characters: Characters) -> Iterable[str]:
    shapes = ["^", *map(radical, cleaned), "$"]
    return chain(shapes, _runs(shapes, 2))


def _length(cleaned: str, words: Words, characters: Characters) -> Iterable[str]:
    return (f"c{min(len(cleaned), 12)}", f"w{min(len(words), 8)}")


def _pairs(cleaned: str, words: Words, characters: Characters) -> Iterable[str]:
    size = len(cleaned)
    return (f"{cleaned[a]}_{cleaned[b]}" for a in range(size) for b in range(a + 2, min(a + 5, size)))


def _far(cleaned: str, words: Words, characters: Characters) -> Iterable[str]:
    """Two characters near each other, in whatever order."""
    size = len(cleaned)
    return (
        first + second if first < second else second + first
        for a, first in enumerate(cleaned)
        for second in cleaned[a + 1 : min(a + 1 + FAR, size)]
    )


def _kinds(cleaned: str, words: Words, characters: Characters) -> Iterable[str]:
    return _up_to_three([characters.kinds.get(c, c) for c in cleaned])


def _heads(cleaned: str, words: Words, characters: Characters) -> Iterable[str]:
    """The kind of each word's last character, with the word's length: what sort of thing it names."""
    kinds = characters.kinds
    return _up_to_three(
        [
            word if tag == "ent" else f"{kinds.get(word[-1], word[-1])}{min(len(word), 3)}"
            for word, tag in words
        ]
    )


def _names(cleaned: str, words: Words, characters: Characters) -> Iterable[str]:
    """The sorts of the names in the text; one without any says so."""
    return characters.senses.names(cleaned) or ("none",)


_READERS: dict[str, Callable[[str, Words, Characters], Iterable[str]]] = {
    "char": _characters,
    "word": _words,
    "class": _classes,
    "sound": _sounds,
    "radical": _radicals,
    "length": _length,
    "pair": _pairs,
    "far": _far,
    "kind": _kinds,
    "head": _heads,
    "name": _names,
}


def _up_to_three(items: Sequence[str]) -> Iterable[str]:
    """Runs of one, two and three, with the ends marked."""
    marked = ["^", *items, "$"]
    return chain(marked, _runs(marked, 2), _runs(marked, 3))


def _runs(items: Sequence[str], size: int) -> Iterator[str]:
    return map("|".join, zip(*(items[at:] for at in range(size)), strict=False))
