"""Putting the training data of many files together, for training alone."""

from __future__ import annotations

from rasa.shared.nlu.constants import ACTION_NAME, ACTION_TEXT, INTENT, RESPONSE, TEXT
from rasa.shared.nlu.training_data import util
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.brain.overrides import Override


def merge(self: TrainingData, *others: TrainingData | None) -> TrainingData:
    """As in Rasa 3.6.21; the examples are shared instead of copied. Nobody uses the parts afterwards."""
    examples = list(self.training_examples)
    synonyms = self.entity_synonyms.copy()
    patterns, lookups = list(self.regex_features), list(self.lookup_tables)
    responses = self.responses.copy()
    for other in others:
        if not other:
            continue
        examples.extend(other.training_examples)
        patterns.extend(other.regex_features)
        lookups.extend(other.lookup_tables)
        for text, synonym in other.entity_synonyms.items():
            util.check_duplicate_synonym(synonyms, text, synonym, "merging training data")
        synonyms.update(other.entity_synonyms)
        responses.update(other.responses)
    return TrainingData(examples, synonyms, patterns, lookups, responses)


def sanitize_examples(examples: list[Message]) -> list[Message]:
    """As in Rasa 3.6.21: labels without blanks around them, and each example once."""
    kept: list[Message] = []
    alike: dict[tuple[object, ...], list[Message]] = {}
    for example in examples:
        for label in (INTENT, RESPONSE):
            given = example.get(label)
            if given and given != given.strip():
                example.set(label, given.strip())
        seen = alike.setdefault(tuple(example.get(part) for part in _TELLING), [])
        if not any(example == other for other in seen):
            seen.append(example)
            kept.append(example)
    return kept


_TELLING = (TEXT, INTENT, RESPONSE, ACTION_NAME, ACTION_TEXT)
"""Examples that differ in one of these are not alike, without hashing all there is of them."""

OVERRIDES = (
    Override(
        owner="rasa.shared.nlu.training_data.training_data:TrainingData",
        name="sanitize_examples",
        reason="it writes every label anew, and so hashes every example anew, five times over.",
        digest="8bcbceeb425c",
        replacement=staticmethod(sanitize_examples),
    ),
    Override(
        owner="rasa.shared.nlu.training_data.training_data:TrainingData",
        name="merge",
        reason="it copies every example deeply, five times until training begins.",
        digest="29a2ae274e01",
        replacement=merge,
    ),
)
