"""Whether a row to measure on stands in the training data, exactly or nearly."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

NEAR = 0.84
SHORT = 5
"""Texts shorter than this (好的, 余额) are only compared exactly."""


def plain(text: str) -> str:
    """Letters, digits and characters alone, half width, lower case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def copies(measured: Iterable[str], trained: Iterable[str]) -> list[tuple[str, str]]:
    """(measured, trained) pairs that are the same but for punctuation, or alike by more than NEAR."""
    exact: dict[str, str] = {}
    by_bigram: defaultdict[str, list[str]] = defaultdict(list)
    for text in trained:
        key = plain(text)
        if key and key not in exact:
            exact[key] = text
            for bigram in {key[at : at + 2] for at in range(len(key) - 1)}:
                by_bigram[bigram].append(key)
    found: list[tuple[str, str]] = []
    for text in measured:
        key = plain(text)
        if key in exact:
            found.append((text, exact[key]))
        elif len(key) >= SHORT and (near := _nearest(key, by_bigram)):
            found.append((text, exact[near]))
    return found


def _nearest(key: str, by_bigram: dict[str, list[str]]) -> str | None:
    own = {key[at : at + 2] for at in range(len(key) - 1)}
    shared: defaultdict[str, int] = defaultdict(int)
    for bigram in own:
        for other in by_bigram.get(bigram, ()):
            shared[other] += 1
    likely = (other for other, count in shared.items() if count >= len(own) / 2 and len(other) >= SHORT)
    for other in likely:
        if SequenceMatcher(None, key, other).ratio() >= NEAR:
            return other
    return None
