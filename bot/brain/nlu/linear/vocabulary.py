"""Collects the features of a training set and weighs them. Training only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack

from bot.brain.nlu.linear.features import Characters, Words, features
from bot.brain.nlu.linear.kinds import read_kinds
from bot.brain.nlu.linear.model import Floats, Vocabulary

# A feature seen in one example alone teaches nothing that its shorter parts do not, and costs memory.
LEAST = 2


def pinyin_table() -> dict[str, str]:
    """The usual sound of each of the 6,763 characters of GB 2312, without tone."""
    from pypinyin import lazy_pinyin  # 58 MB, so only where a model is trained

    everyday = "".join(
        bytes((high, low)).decode("gb2312", "ignore")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
    )
    return {character: lazy_pinyin(character)[0] for character in everyday}


def known_characters(blocks: Mapping[str, float]) -> Characters:
    """What these blocks need to know of characters."""
    return Characters(
        pinyin_table() if "sound" in blocks else {},
        read_kinds() if {"kind", "head"} & set(blocks) else {},
    )


def learn(texts: Sequence[tuple[str, Words]], blocks: dict[str, float]) -> tuple[Vocabulary, csr_matrix]:
    """The features in at least LEAST of the texts, the rarer the heavier, and the texts as rows of them."""
    characters = known_characters(blocks)
    columns: dict[str, dict[str, int]] = {block: {} for block in blocks}
    cells: dict[str, list[int]] = {block: [] for block in blocks}
    ends: dict[str, list[int]] = {block: [0] for block in blocks}
    for text, words in texts:
        for block, names in features(text, words, characters, blocks):
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
        weight = np.log((1 + len(texts)) / (1 + counts.getnnz(axis=0))) + 1
        names = list(known)
        rows[block] = {names[column]: row for row, column in enumerate(kept, start)}
        start += len(kept)
        importance.append(weight)
        parts.append(_scaled(counts, weight, blocks[block]))
    vocabulary = Vocabulary(blocks, rows, np.concatenate(importance).astype(np.float32), characters)
    return vocabulary, csr_matrix(hstack(parts))


def _scaled(counts: csr_matrix, weight: Floats, length: float) -> csr_matrix:
    """Log counts times weights, each row brought to `length`, as Vocabulary.row does for one text."""
    scaled = counts.copy()
    scaled.data = 1 + np.log(scaled.data)
    scaled = scaled @ diags(weight)
    norm = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    return diags(length / np.where(norm > 0, norm, 1)) @ scaled
