"""Fits a classifier of texts. Only this needs scikit-learn, which prediction does not load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.svm import LinearSVC

from bot.brain.beside import beside, made_here_if_not_there
from bot.brain.nlu.linear.features import BLOCKS, FROM_ELSEWHERE, Words
from bot.brain.nlu.linear.model import Floats, LinearModel
from bot.brain.nlu.linear.vocabulary import MANY, learn

HELD_BACK = 0.15
SEED = 11
RARE = 0.25
"""The power of how much rarer than the mean a label is, which is its examples' weight."""
FEW = 5_000
"""Examples below which what is known of words from elsewhere stands in for those that are missing; above, it
does not pay for itself (docs/understanding.md)."""


def fit(
    texts: Sequence[tuple[str, Words]], truth: Sequence[str], blocks: dict[str, float] | None = None
) -> LinearModel:
    """Train on texts with their words, one label each; at least two labels with two examples each.

    `blocks` are what to learn from, with their weights; if not given, those that suit so many examples.
    """
    blocks = blocks or suited(len(texts))
    rare = sorted(label for label, count in Counter(truth).items() if count < 2)
    if rare:
        raise ValueError(f"Every label needs at least two examples; too few for: {', '.join(rare)}")
    vocabulary, rows = learn(texts, blocks)
    labels = np.array(truth)
    # A thread would not do: the solver's random numbers are one sequence for the whole process.
    measure = partial(_scale, rows, labels)
    with beside(measure, worth=len(labels) >= MANY) as measured:
        names, weights, bias = _solved(rows, labels)
        scale = made_here_if_not_there(measured, measure)
    return LinearModel(
        labels=names,
        vocabulary=vocabulary,
        weights=np.ascontiguousarray(weights, dtype=np.float32),
        bias=bias.astype(np.float32),
        scale=scale,
    )


def suited(examples: int) -> dict[str, float]:
    """The blocks that pay for themselves with so many examples."""
    left_out = FROM_ELSEWHERE if examples >= FEW else frozenset[str]()
    return {block: weight for block, weight in BLOCKS.items() if block not in left_out}


def _solved(rows: csr_matrix, labels: Floats) -> tuple[list[str], Floats, Floats]:
    """The labels, their weights (features x labels) and their biases.

    Rare labels weigh more, but not so much that everything strange looks like one of them.
    """
    counts = Counter(labels.tolist())
    mean = len(labels) / len(counts)
    weight = {label: (mean / count) ** RARE for label, count in counts.items()}
    machine = LinearSVC(C=0.5, tol=0.2, class_weight=weight, random_state=SEED).fit(rows, labels)
    names = [str(label) for label in machine.classes_]
    weights, bias = machine.coef_.T, np.asarray(machine.intercept_)
    if len(counts) == 2:  # then one column is told, and what speaks for the second speaks against the first
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return names, weights, bias


def _scale(rows: csr_matrix, labels: Floats) -> float:
    """The factor on margins that makes a softmax of them honest, found on held-back examples."""
    least = Counter(labels.tolist()).most_common()[-1][1]
    if least * HELD_BACK < 1 or len(labels) * HELD_BACK < len(set(labels.tolist())):
        return 4.0
    train, test = next(StratifiedShuffleSplit(1, test_size=HELD_BACK, random_state=SEED).split(rows, labels))
    names, weights, bias = _solved(rows[train], labels[train])
    margins = rows[test].dot(weights) + bias
    target = np.searchsorted(names, labels[test])

    def loss(scale: float) -> float:
        odds = scale * (margins - margins.max(axis=1, keepdims=True))
        return float(np.mean(np.log(np.exp(odds).sum(axis=1)) - odds[np.arange(len(target)), target]))

    return float(minimize_scalar(loss, bounds=(0.5, 20.0), method="bounded").x)
