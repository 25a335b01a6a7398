"""Collects the features of a training set and weighs them. Training only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack

from bot.brain.nlu.linear.features import AMOUNTS, Characters, Words, amounts, features, weight_of_senses
from bot.brain.nlu.linear.kinds import read_kinds
from bot.brain.nlu.linear.model import Floats, Vocabulary
from bot.brain.nlu.linear.senses import Senses, read_senses

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
        read_senses() if {"name", *AMOUNTS} & set(blocks) else Senses(),
    )


def learn(texts: Sequence[tuple[str, Words]], blocks: dict[str, float]) -> tuple[Vocabulary, csr_matrix]:
    """The features in at least LEAST of the texts, the rarer the heavier, and the texts as rows of them."""
    characters = known_characters(blocks)
    columns: dict[str, dict[str, int]] = {block: _numbering() for block in blocks}
    cells: dict[str, list[int]] = {block: [] for block in blocks}
    ends: dict[str, list[int]] = {block: [0] for block in blocks}
    weights: dict[str, list[float]] = {block: [] for block in AMOUNTS}
    for text, words in texts:
        for block, names in features(text, words, characters, blocks):
            cells[block].extend(map(columns[block].__getitem__, names))
            ends[block].append(len(cells[block]))
        for block, weighed in amounts(words, characters.senses, blocks):
            cells[block].extend(map(columns[block].__getitem__, weighed))
            weights[block].extend(weighed.values())
            ends[block].append(len(cells[block]))
    sense_weights = [weight_of_senses(words) for _, words in texts]
    rows: dict[str, dict[str, int]] = {}
    importance: list[Floats] = []
    parts: list[csr_matrix] = []
    start = 0
    for block, known in columns.items():
        shape = (len(texts), len(known))
        data = weights.get(block) or np.ones(len(cells[block]))
        counts = csr_matrix((data, cells[block], ends[block]), shape=shape)
        counts.sum_duplicates()
        kept = np.flatnonzero(counts.getnnz(axis=0) >= LEAST)
        counts = counts[:, kept]
        if block in AMOUNTS:
            weight = np.ones(len(kept))
            counts.data = np.sqrt(counts.data)
        else:
            weight = np.log((1 + len(texts)) / (1 + counts.getnnz(axis=0))) + 1
            counts.data = 1 + np.log(counts.data)
        names = list(known)
        rows[block] = {names[column]: row for row, column in enumerate(kept, start)}
        start += len(kept)
        importance.append(weight)
        part = _scaled(counts, weight, blocks[block])
        parts.append(diags(sense_weights) @ part if block in AMOUNTS else part)
    vocabulary = Vocabulary(blocks, rows, np.concatenate(importance).astype(np.float32), characters)
    return vocabulary, csr_matrix(hstack(parts))


def _numbering() -> dict[str, int]:
    """Gives whatever it is asked for the first time the next number, without a step in Python."""
    numbers = defaultdict[str, int]()
    numbers.default_factory = numbers.__len__
    return numbers


def _scaled(counts: csr_matrix, weight: Floats, length: float) -> csr_matrix:
    """Counts times weights, each row brought to `length`, as Vocabulary.row does for one text."""
    scaled = counts @ diags(weight)
    norm = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    return diags(length / np.where(norm > 0, norm, 1)) @ scaled
