"""Fits an intent model. Only this module needs scikit-learn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.brain.nlu.intent.features import features
from bot.brain.nlu.intent.model import IntentModel

Example = tuple[str, Sequence[str], str]


def fit(examples: Sequence[Example]) -> IntentModel:
    """Train on (text, words, label)."""
    vectorizer = TfidfVectorizer(analyzer=lambda e: features(e[0], e[1]), sublinear_tf=True, dtype=np.float32)
    matrix = vectorizer.fit_transform(examples)
    truth = [label for _, _, label in examples]
    rare = {label for label, count in Counter(truth).items() if count < 2}
    if rare:
        raise ValueError(f"Every intent needs at least two examples; too few for: {', '.join(sorted(rare))}")
    svm = LinearSVC(C=0.5, class_weight="balanced").fit(matrix, truth)
    names = vectorizer.get_feature_names_out()
    vocabulary = {str(name): row for row, name in enumerate(names)}
    return IntentModel(
        labels=[str(label) for label in svm.classes_],
        vocabulary=vocabulary,
        idf=vectorizer.idf_.astype(np.float32),
        weights=np.ascontiguousarray(svm.coef_.T, dtype=np.float32),
        bias=svm.intercept_.astype(np.float32),
        scale=5.0,
    )
