"""Collects the features of a training set and weighs them. Training only."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from bot.brain.beside import beside, made_here_if_not_there
from bot.brain.nlu.linear.features import (
    AMOUNTS,
    Characters,
    Words,
    amounts,
    features,
    senses_for,
    weight_of_senses,
)
from bot.brain.nlu.linear.kinds import read_kinds
from bot.brain.nlu.linear.model import Floats, Vocabulary

# A feature seen in one example alone teaches nothing that its shorter parts do not, and costs memory.
LEAST = 2
MANY = 2000
"""Texts from which on work is shared with a second process."""


def pinyin_table() -> dict[str, str]:
    """The usual sound of each of the 6,763 characters of GB 2312, without tone."""
    os.environ["PYPINYIN_NO_PHRASES"] = "true"  # 0.3 s and most of 58 MB for sounds within a phrase
    from pypinyin import lazy_pinyin  # not where a model is only used

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
        senses_for(blocks),
    )


@dataclass(frozen=True)
class Collected:
    """The features of some texts, per block: their names in the order met, and row by row which ones occur.

    `cells` are numbers of names, those of the n-th text end before `ends[n + 1]`; `amounts` has how much of
    each there is, for the blocks of AMOUNTS alone.
    """

    names: dict[str, list[str]]
    cells: dict[str, NDArray[np.int32]]
    ends: dict[str, NDArray[np.int32]]
    amounts: dict[str, Floats]


def learn(texts: Sequence[tuple[str, Words]], blocks: dict[str, float]) -> tuple[Vocabulary, csr_matrix]:
    """The features in at least LEAST of the texts, the rarer the heavier, and the texts as rows of them."""
    characters = known_characters(blocks)
    half = len(texts) // 2
    collect_rest = partial(_collect, texts[half:], characters, blocks)
    with beside(collect_rest, worth=len(texts) >= MANY) as rest:
        collected = _collect(texts[:half], characters, blocks)
        collected = _joined(collected, made_here_if_not_there(rest, collect_rest))
    sense_weights = diags([weight_of_senses(words) for _, words in texts])
    rows: dict[str, dict[str, int]] = {}
    importance: list[Floats] = []
    parts: list[csr_matrix] = []
    start = 0
    for block, names in collected.names.items():
        cells, ends = collected.cells[block], collected.ends[block]
        data = collected.amounts.get(block)
        data = np.ones(len(cells)) if data is None else data
        counts = csr_matrix((data, cells, ends), shape=(len(texts), len(names)))
        counts.sum_duplicates()
        kept = np.flatnonzero(counts.getnnz(axis=0) >= LEAST)
        counts = counts[:, kept]
        if block in AMOUNTS:
            weight = np.ones(len(kept))
            counts.data = np.sqrt(counts.data)
        else:
            weight = np.log((1 + len(texts)) / (1 + counts.getnnz(axis=0))) + 1
            counts.data = 1 + np.log(counts.data)
        rows[block] = {names[column]: row for row, column in enumerate(kept, start)}
        start += len(kept)
        importance.append(weight)
        part = _scaled(counts, weight, blocks[block])
        parts.append(sense_weights @ part if block in AMOUNTS else part)
    vocabulary = Vocabulary(blocks, rows, np.concatenate(importance).astype(np.float32), characters)
    return vocabulary, csr_matrix(hstack(parts))


def _collect(
    texts: Sequence[tuple[str, Words]], characters: Characters, blocks: dict[str, float]
) -> Collected:
    columns: dict[str, dict[str, int]] = {block: _numbering() for block in blocks}
    cells: dict[str, list[int]] = {block: [] for block in blocks}
    ends: dict[str, list[int]] = {block: [0] for block in blocks}
    weighed: dict[str, list[float]] = {block: [] for block in blocks if block in AMOUNTS}
    for text, words in texts:
        for block, names in features(text, words, characters, blocks):
            cells[block].extend(map(columns[block].__getitem__, names))
            ends[block].append(len(cells[block]))
        for block, found in amounts(words, characters.senses, blocks):
            cells[block].extend(map(columns[block].__getitem__, found))
            weighed[block].extend(found.values())
            ends[block].append(len(cells[block]))
    return Collected(
        {block: list(known) for block, known in columns.items()},
        {block: np.array(numbers, np.int32) for block, numbers in cells.items()},
        {block: np.array(numbers, np.int32) for block, numbers in ends.items()},
        {block: np.array(shares) for block, shares in weighed.items()},
    )


def _joined(first: Collected, second: Collected) -> Collected:
    """As if collected in one go."""
    names: dict[str, list[str]] = {}
    cells: dict[str, NDArray[np.int32]] = {}
    ends: dict[str, NDArray[np.int32]] = {}
    for block in first.names:
        numbers = _numbering()
        for name in first.names[block]:
            numbers[name]
        renumbered = np.array([numbers[name] for name in second.names[block]], np.int32)
        names[block] = list(numbers)
        cells[block] = np.concatenate([first.cells[block], renumbered[second.cells[block]]])
        ends[block] = np.concatenate([first.ends[block], second.ends[block][1:] + first.ends[block][-1]])
    shares = {block: np.concatenate([each, second.amounts[block]]) for block, each in first.amounts.items()}
    return Collected(names, cells, ends, shares)


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
