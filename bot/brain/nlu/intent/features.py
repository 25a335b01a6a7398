"""From a text to its features: names counted once per text, weighted by TF-IDF later."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """One way of writing: half width, lower case, a run of digits as its length, single spaces."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _DIGITS.sub(lambda m: "0" * min(len(m.group()), 6), text)
    return _SPACE.sub(" ", text).strip()


def features(text: str, words: Iterable[str]) -> list[str]:
    """Character n-grams of 1 to 4 with the borders of the text marked, words and word pairs."""
    cleaned = f"^{clean(text)}$"
    names = [cleaned[at : at + size] for size in (1, 2, 3, 4) for at in range(len(cleaned) - size + 1)]
    listed = [word for word in words if word.strip()]
    names += [f"w:{word}" for word in listed]
    names += [f"w:{one} {two}" for one, two in zip(listed, listed[1:])]
    return names
