"""What is known of words from elsewhere: the topics they stand in, their classes, and lists of names.

The files of the lexicon are made by `gather.py`, which says whose knowledge it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from sys import intern

LEXICON = Path(__file__).parents[1] / "lexicon"
LONGEST = 8
"""Characters of a name."""

Shares = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Senses:
    """Of a word `topic:percent …` and `class:percent …`, and name → its sort."""

    topics_of: Mapping[str, str] = field(default_factory=dict)
    classes_of: Mapping[str, str] = field(default_factory=dict)
    sorts: Mapping[str, str] = field(default_factory=dict)

    def topics(self, word: str) -> Shares:
        """The topics of a word with their shares; none where it is not known."""
        return _shares(self.topics_of.get(word, ""))

    def classes(self, word: str) -> Shares:
        """The classes with their shares times the characters, so that a long word weighs more."""
        size = len(word)
        return tuple((name, share * size) for name, share in _shares(self.classes_of.get(word, "")))

    def names(self, text: str) -> list[str]:
        """The sorts of the names in a text, from the left, the longest first."""
        found: list[str] = []
        at = 0
        while at < len(text) - 1:
            for end in range(min(at + LONGEST, len(text)), at + 1, -1):
                if sort := self.sorts.get(text[at:end]):
                    found.append(sort)
                    at = end
                    break
            else:
                at += 1
        return found


@lru_cache(maxsize=4096)
def _shares(written: str) -> Shares:
    parts = (part.split(":") for part in written.split())
    return tuple((name, int(percent) / 100) for name, percent in parts)


@lru_cache(maxsize=1)
def read_senses() -> Senses:
    """From the lexicon; equal entries are one string in memory."""
    topics: dict[str, str] = {}
    classes: dict[str, str] = {}
    with (LEXICON / "senses.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, topic, tags = line.rstrip("\n").split("\t")
            if topic:
                topics[word] = intern(topic)
            if tags:
                classes[word] = intern(tags)
    sorts: dict[str, str] = {}
    for line in (LEXICON / "names.txt").read_text("utf-8").splitlines():
        sort, *names = line.split()
        for name in names:
            sorts.setdefault(name.lower(), sort)
    return Senses(topics, classes, sorts)
