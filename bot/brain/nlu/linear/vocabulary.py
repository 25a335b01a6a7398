"""Collects the features of a training set and weighs them. Training only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from bot.brain.nlu.linear.features import Words, features
from bot.brain.nlu.linear.model import Floats, Vocabulary

# A feature seen in one example alone teaches nothing that its shorter parts do not, and costs memory.
LEAST = 2
SMOOTHING = 0.05
FOCUS = 2.0


def pinyin_table() -> dict[str, str]:
    """The usual sound of each of the 6,763 characters of GB 2312, without tone."""
    from pypinyin import lazy_pinyin  # 58 MB, so only where a model is trained

    everyday = "".join(
        bytes((high, low)).decode("gb2312", "ignore")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
    )
    return {character: lazy_pinyin(character)[0] for character in everyday}


def learn(
    texts: Sequence[tuple[str, Words]], truth: Sequence[str], blocks: dict[str, float]
) -> tuple[Vocabulary, csr_matrix]:
    """The features in at least LEAST of the texts, weighed, and the texts as rows of them."""
    sounds = pinyin_table() if "sound" in blocks else {}
    columns: dict[str, dict[str, int]] = {block: {} for block in blocks}
    cells: dict[str, list[int]] = {block: [] for block in blocks}
    ends: dict[str, list[int]] = {block: [0] for block in blocks}
    for text, words in texts:
        for block, names in features(text, words, sounds, blocks):
            known = columns[block]
            cells[block].extend(known.setdefault(name, len(known)) for name in names)
            ends[block].append(len(cells[block]))
    rows: dict[str, dict[str, int]] = {}
    importance: list[Floats] = []
    parts: list[csr_matrix] = []
    start = 0
    for block, known in columns.items():
        shape = (len(texts), len(known))
        counts = csr_matrix((np.ones(len(cells[block])), cells[block], ends[block]), shape=shape)
        counts.sum_duplicates()
        kept = np.flatnonzero(counts.getnnz(axis=0) >= LEAST)
        counts = counts[:, kept]
        weight = weigh(_per_label(counts, truth), len(texts))
        names = list(known)
        rows[block] = {names[column]: row for row, column in enumerate(kept, start)}
        start += len(kept)
        importance.append(weight)
        parts.append(_scaled(counts, weight, blocks[block]))
    vocabulary = Vocabulary(blocks, rows, np.concatenate(importance).astype(np.float32), sounds)
    return vocabulary, csr_matrix(hstack(parts))


def weigh(counts: NDArray[np.float64], examples: int) -> Floats:
    """Inverse document frequency times how unevenly the feature falls on the labels.

    `counts` is labels x features: in how many examples of the label the feature occurs. The second
    factor is 1 for a feature spread evenly and 1 + FOCUS for one that belongs to a single label
    (1 minus the normalised entropy over labels, with add-SMOOTHING counts).
    """
    frequency = counts.sum(axis=0)
    rarity = np.log((1 + examples) / (1 + frequency)) + 1
    share = counts + SMOOTHING
    share /= share.sum(axis=0)
    evenness = -(share * np.log(share)).sum(axis=0) / np.log(max(len(counts), 2))
    return rarity * (1 + FOCUS * (1 - evenness))


def _per_label(counts: csr_matrix, truth: Sequence[str]) -> NDArray[np.float64]:
    labels, at = np.unique(truth, return_inverse=True)
    member = csr_matrix((np.ones(len(at)), (at, np.arange(len(at)))), shape=(len(labels), len(at)))
    return np.asarray((member @ (counts > 0).astype(np.float64)).todense())


def _scaled(counts: csr_matrix, weight: Floats, length: float) -> csr_matrix:
    """Log counts times weights, each row brought to `length`, as Vocabulary.row does for one text."""
    scaled = counts.copy()
    scaled.data = 1 + np.log(scaled.data)
    scaled = scaled @ diags(weight)
    norm = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    return diags(length / np.where(norm > 0, norm, 1)) @ scaled
