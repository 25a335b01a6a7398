"""Kinds of characters: those that stand in like words are of one kind (车船机, 元块钱, 吗呢吧).

They come from jieba's dictionary alone: characters are compared by the neighbours they have in words and by
the classes of those words, and grouped. `lexicon/kinds.txt` holds one kind a line, made by
`python -m bot.brain.nlu.linear.kinds`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

FILE = Path(__file__).parents[1] / "lexicon" / "kinds.txt"
KINDS = 300
DIMENSIONS = 100
LEAST = 20
"""Weight of a character's neighbours below which it is too rare to be told."""


def read_kinds() -> dict[str, str]:
    """Character → the number of its kind."""
    lines = FILE.read_text("utf-8").splitlines()
    return {character: str(kind) for kind, line in enumerate(lines) for character in line}


def group(words: Iterable[str]) -> list[str]:
    """The kinds of characters in a dictionary of `word count class` lines."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.decomposition import TruncatedSVD

    seen = _neighbours(words)
    characters = sorted({character for character, _ in seen})
    places = sorted({place for _, place in seen})
    row = {character: at for at, character in enumerate(characters)}
    column = {place: at for at, place in enumerate(places)}
    at = ([row[c] for c, _ in seen], [column[p] for _, p in seen])
    counts = csr_matrix((list(seen.values()), at), shape=(len(row), len(column)))
    often = np.flatnonzero(np.asarray(counts.sum(axis=1)).ravel() > LEAST)
    counts = counts[often].tocoo()
    share = np.asarray(counts.sum(axis=0)).ravel() ** 0.75
    expected = np.asarray(counts.sum(axis=1)).ravel()[counts.row] * (share / share.sum())[counts.col]
    surprise = np.maximum(np.log(np.maximum(counts.data / expected, 1e-9)), 0)
    likeness = csr_matrix((surprise, (counts.row, counts.col)), shape=counts.shape)
    reduction = TruncatedSVD(DIMENSIONS, random_state=0).fit(likeness)
    vectors = (likeness @ reduction.components_.T) / np.sqrt(reduction.singular_values_)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    told = MiniBatchKMeans(KINDS, random_state=0, n_init=3, batch_size=1024).fit_predict(vectors)
    grouped = [""] * KINDS
    for character, kind in zip(often, told, strict=True):
        grouped[kind] += characters[character]
    return sorted(filter(None, grouped))


def _neighbours(words: Iterable[str]) -> Counter[tuple[str, str]]:
    """How much each character stands before, after and at which place of words of which class."""
    from math import log1p

    seen: Counter[tuple[str, str]] = Counter()
    for line in words:
        word, count, tag = line.split(" ")
        if not 2 <= len(word) <= 4:
            continue
        weight = log1p(float(count))
        for at, character in enumerate(word):
            seen[character, f"{tag} {min(at, 1)} {len(word)}"] += weight
            for other, neighbour in enumerate(word):
                if other != at:
                    seen[character, ("<" if other < at else ">") + neighbour] += weight
    return seen


if __name__ == "__main__":
    import jieba

    dictionary = (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines()
    FILE.write_text("\n".join(group(dictionary)) + "\n", "utf-8")
