"""What is counted: accuracy strict and lenient, macro-F1, and how strange texts are told from ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tools.evaluation.utterances import Row

REFUSED = "out_of_scope"


@dataclass(frozen=True)
class Scores:
    """Shares from 0 to 1. `refused_wrongly` is the share of texts in scope that were read as out of it."""

    strict: float
    lenient: float
    macro_f1: float
    out_of_scope_recall: float
    refused_wrongly: float

    def cells(self) -> list[float]:
        return list(asdict(self).values())


HEAD = ("strict", "lenient", "macro-F1", "OOS recall", "refused wrongly")


def score(rows: Sequence[Row], read: Sequence[str]) -> Scores:
    """Compare labels read with rows; an accepted alternative counts as right everywhere but in `strict`."""
    settled = [row.label if row.accepts(label) else label for row, label in zip(rows, read, strict=True)]
    strange = [label == REFUSED for row, label in zip(rows, settled, strict=True) if row.label == REFUSED]
    ours = [label == REFUSED for row, label in zip(rows, settled, strict=True) if row.label != REFUSED]
    return Scores(
        strict=_share([row.label == label for row, label in zip(rows, read, strict=True)]),
        lenient=_share([row.label == label for row, label in zip(rows, settled, strict=True)]),
        macro_f1=sum(f1_of_each(rows, read).values()) / len({row.label for row in rows}),
        out_of_scope_recall=_share(strange),
        refused_wrongly=_share(ours),
    )


def f1_of_each(rows: Sequence[Row], read: Sequence[str]) -> dict[str, float]:
    """F1 of every label that occurs in the rows."""
    settled = [row.label if row.accepts(label) else label for row, label in zip(rows, read, strict=True)]
    said = Counter(row.label for row in rows)
    got = Counter(settled)
    hit = Counter(row.label for row, label in zip(rows, settled, strict=True) if row.label == label)
    return {label: 2 * hit[label] / (said[label] + got[label]) for label in sorted(said)}


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0
