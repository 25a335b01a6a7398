"""Fits a classifier of texts. Only this needs scikit-learn, which prediction does not load."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.svm import LinearSVC

from bot.brain.nlu.linear.features import BLOCKS, Words
from bot.brain.nlu.linear.model import Floats, LinearModel
from bot.brain.nlu.linear.vocabulary import learn

HELD_BACK = 0.15
SEED = 11
MANY = 2000
"""Examples from which on the confidences are measured beside the training, in a process of their own."""
RARE = 0.25
"""The power of how much rarer than the mean a label is, which is its examples' weight."""


def fit(
    texts: Sequence[tuple[str, Words]], truth: Sequence[str], blocks: dict[str, float] = BLOCKS
) -> LinearModel:
    """Train on texts with their words, one label each; at least two examples for every label."""
    rare = sorted(label for label, count in Counter(truth).items() if count < 2)
    if rare:
        raise ValueError(f"Every label needs at least two examples; too few for: {', '.join(rare)}")
    vocabulary, rows = learn(texts, blocks)
    labels = np.array(truth)
    with _beside(rows, labels) as scale:
        machine = _machine(truth).fit(rows, labels)
        return LinearModel(
            labels=[str(label) for label in machine.classes_],
            vocabulary=vocabulary,
            weights=np.ascontiguousarray(machine.coef_.T, dtype=np.float32),
            bias=machine.intercept_.astype(np.float32),
            scale=scale(),
        )


@contextmanager
def _beside(rows: csr_matrix, labels: Floats) -> Iterator[Callable[[], float]]:
    """`_scale` on the other core meanwhile, where that is worth a process and one may be started.

    Threads would not do: the solver's random numbers are one sequence for the whole process.
    """
    may = "fork" in multiprocessing.get_all_start_methods() and not multiprocessing.current_process().daemon
    if len(labels) < MANY or not may:
        yield lambda: _scale(rows, labels)
        return
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as other:
        measured = other.submit(_scale, rows, labels)

        def scale() -> float:
            try:
                return measured.result()
            except BrokenProcessPool:  # killed, perhaps for want of memory
                return _scale(rows, labels)

        yield scale


def _machine(truth: Sequence[str]) -> LinearSVC:
    """Rare labels weigh more, but not so much that everything strange looks like one of them."""
    counts = Counter(truth)
    mean = len(truth) / len(counts)
    weight = {label: (mean / count) ** RARE for label, count in counts.items()}
    return LinearSVC(C=0.5, tol=0.2, class_weight=weight, random_state=SEED)


def _scale(rows: csr_matrix, labels: Floats) -> float:
    """The factor on margins that makes a softmax of them honest, found on held-back examples."""
    least = Counter(labels.tolist()).most_common()[-1][1]
    if least * HELD_BACK < 1 or len(labels) * HELD_BACK < len(set(labels.tolist())):
        return 4.0
    train, test = next(StratifiedShuffleSplit(1, test_size=HELD_BACK, random_state=SEED).split(rows, labels))
    machine = _machine(labels[train].tolist()).fit(rows[train], labels[train])
    margins = machine.decision_function(rows[test])
    target = np.searchsorted(machine.classes_, labels[test])

    def loss(scale: float) -> float:
        odds = scale * (margins - margins.max(axis=1, keepdims=True))
        return float(np.mean(np.log(np.exp(odds).sum(axis=1)) - odds[np.arange(len(target)), target]))

    return float(minimize_scalar(loss, bounds=(0.5, 20.0), method="bounded").x)
