"""A trained intent model: one sparse row times a dense matrix, in numpy alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.brain.nlu.intent.features import features

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class IntentModel:
    """`weights` is features x labels; `scale` turns margins into log-odds for the softmax."""

    labels: list[str]
    vocabulary: dict[str, int]
    idf: Floats
    weights: Floats
    bias: Floats
    scale: float

    def predict(self, text: str, words: Iterable[str]) -> list[tuple[str, float]]:
        """All labels with their confidence, likeliest first; the confidences sum to 1."""
        rows, values = self._row(features(text, words))
        margins = values @ self.weights[rows] + self.bias
        odds = np.exp(self.scale * (margins - margins.max()))
        confidence = odds / odds.sum()
        return [(self.labels[i], float(confidence[i])) for i in np.argsort(-confidence)]

    def _row(self, names: list[str]) -> tuple[NDArray[np.intp], Floats]:
        counts = Counter(row for name in names if (row := self.vocabulary.get(name)) is not None)
        rows = np.fromiter(counts, np.intp, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[rows]
        norm = float(np.sqrt(values @ values)) or 1.0
        return rows, (values / norm).astype(np.float32)

    def save(self, folder: Path) -> None:
        names = {"labels": self.labels, "vocabulary": list(self.vocabulary), "scale": self.scale}
        (folder / "intent.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")
        np.savez(folder / "intent.npz", idf=self.idf, weights=self.weights, bias=self.bias)

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        names = json.loads((folder / "intent.json").read_text("utf-8"))
        with np.load(folder / "intent.npz") as arrays:
            vocabulary = {name: row for row, name in enumerate(names["vocabulary"])}
            return cls(names["labels"], vocabulary, arrays["idf"], arrays["weights"], arrays["bias"], names["scale"])
