"""A trained classifier of texts: one sparse row times a dense matrix, in numpy alone."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.brain.nlu.linear.features import (
    Characters,
    Words,
    amounts,
    features,
    senses_for,
    weight_of_senses,
)

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Vocabulary:
    """Which row a feature has and how much it weighs; turns a text into a sparse row."""

    blocks: dict[str, float]
    rows: dict[str, dict[str, int]]
    importance: Floats
    characters: Characters

    def row(self, text: str, words: Words) -> tuple[NDArray[np.intp], Floats]:
        """Row numbers and values; each block has the length that `blocks` says."""
        indices: list[NDArray[np.intp]] = []
        values: list[Floats] = []

        def add(block: str, at: NDArray[np.intp], value: Floats, weight: float = 1.0) -> None:
            indices.append(at)
            values.append(value * (weight * self.blocks[block] / np.sqrt(value @ value)))

        for block, names in features(text, words, self.characters, self.blocks):
            known = self.rows[block]
            counts = Counter(row for name in names if (row := known.get(name)) is not None)
            if counts:
                at = np.fromiter(counts, np.intp, len(counts))
                count = np.fromiter(counts.values(), np.float32, len(counts))
                add(block, at, (1 + np.log(count)) * self.importance[at])
        for block, weighed in amounts(words, self.characters.senses, self.blocks):
            known = self.rows[block]
            shares = {row: share for name, share in weighed.items() if (row := known.get(name)) is not None}
            if shares:
                at = np.fromiter(shares, np.intp, len(shares))
                share = np.fromiter(shares.values(), np.float32, len(shares))
                add(block, at, np.sqrt(share), weight_of_senses(words))
        if not indices:
            return np.empty(0, np.intp), np.empty(0, np.float32)
        return np.concatenate(indices), np.concatenate(values)


@dataclass(frozen=True)
class LinearModel:
    """`weights` is features x labels; `scale` and `bias` make calibrated log-odds of the margins."""

    labels: list[str]
    vocabulary: Vocabulary
    weights: Floats
    bias: Floats
    scale: float

    def predict(self, text: str, words: Words) -> list[tuple[str, float]]:
        """All labels with their confidence, likeliest first; the confidences sum to 1."""
        indices, values = self.vocabulary.row(text, words)
        margins = values @ self.weights.take(indices, axis=0) + self.bias
        odds = np.exp(self.scale * (margins - margins.max()))
        confidence = odds / odds.sum()
        return [(self.labels[i], float(confidence[i])) for i in np.argsort(-confidence)]

    def save(self, folder: Path) -> None:
        """Write model.json (names) and model.npz (numbers)."""
        names = {
            "labels": self.labels,
            "blocks": self.vocabulary.blocks,
            "rows": {block: list(rows) for block, rows in self.vocabulary.rows.items()},
            "sounds": self.vocabulary.characters.sounds,
            "kinds": self.vocabulary.characters.kinds,
            "scale": self.scale,
        }
        (folder / "model.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")
        weights = self.weights.astype(np.float16)  # half the archive, and no decision changes
        numbers = {"importance": self.vocabulary.importance, "weights": weights, "bias": self.bias}
        np.savez(folder / "model.npz", **numbers)

    @classmethod
    def load(cls, folder: Path) -> LinearModel:
        """Read what `save` wrote."""
        names = json.loads((folder / "model.json").read_text("utf-8"))
        start = 0
        rows: dict[str, dict[str, int]] = {}
        for block, listed in names["rows"].items():
            rows[block] = {name: row for row, name in enumerate(listed, start)}
            start += len(listed)
        with np.load(folder / "model.npz") as numbers:
            characters = Characters(names["sounds"], names["kinds"], senses_for(names["blocks"]))
            vocabulary = Vocabulary(names["blocks"], rows, numbers["importance"], characters)
            return cls(
                names["labels"],
                vocabulary,
                numbers["weights"].astype(np.float32),
                numbers["bias"],
                names["scale"],
            )
