"""The intent of a message, with a ranking, from our own model.

A message whose characters were hardly ever seen (嘎嘎嘎咕咕, Корзина) still has a length and a shape, and the
model is sure of those. It is told that it cannot know: the bot then asks instead of chatting along. A number
alone (20) has no words to tell anything by, and always informs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.brain.nlu.linear.features import Words, clean
from bot.brain.nlu.linear.model import LinearModel
from bot.brain.nlu.words import words_of

CHARACTERS = "characters.txt"
NUMBER = re.compile(r"[\s，,。.]*\d[\d\s，,。.]*")
ENOUGH = 0.5
SEEN = 2
"""A character in one utterance alone (嘎, of 阿里嘎多) is as good as unknown."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentReader(GraphComponent, IntentClassifier):
    """Reads `intent` and `intent_ranking`; an empty message has no intent.

    Of a message of which less than half is written in characters of the training data, the confidences are
    lowered by the known share.
    """

    def __init__(
        self,
        config: Dict[Text, Any],
        storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
        characters: str = "",
    ) -> None:
        self._ranked = int(config["ranking_length"])
        self._numbers = str(config["numbers"])
        self._storage = storage
        self._resource = resource
        self._model = model
        self._characters = frozenset(characters)

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"ranking_length": 10, "numbers": "inform"}

    @staticmethod
    def required_packages() -> List[Text]:
        return ["sklearn"]

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentReader:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentReader:
        with model_storage.read_from(resource) as folder:
            characters = (folder / CHARACTERS).read_text("utf-8")
            return cls(config, model_storage, resource, LinearModel.load(folder), characters)

    def train(self, training_data: TrainingData) -> Resource:
        from bot.brain.nlu.linear.train import fit  # scikit-learn is only needed to train

        examples = training_data.intent_examples
        self._model = fit([(m.get(TEXT), _words(m)) for m in examples], [m.get(INTENT) for m in examples])
        self._characters = _often_seen(m.get(TEXT) for m in examples)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
            (folder / CHARACTERS).write_text("".join(sorted(self._characters)), "utf-8")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            self._read(message)
        return messages

    def _read(self, message: Message) -> None:
        text = message.get(TEXT)
        if not text or not text.strip() or self._model is None:
            message.set(INTENT, {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [], add_to_output=True)
            return
        known = self._known(text)
        ranking = [
            {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence * known}
            for name, confidence in self._model.predict(text, _words(message))[: self._ranked]
        ]
        if NUMBER.fullmatch(text) and self._numbers in self._model.labels:
            ranking = [{INTENT_NAME_KEY: self._numbers, PREDICTED_CONFIDENCE_KEY: 1.0}]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)

    def _known(self, text: Text) -> float:
        """The share of the message's characters that were seen in training; 1 from a half on."""
        characters = clean(text).replace(" ", "")
        if not characters:  # signs that are nothing in any other way of writing
            return 0.0
        share = sum(character in self._characters for character in characters) / len(characters)
        return share if share < ENOUGH else 1.0


def _often_seen(texts: Iterable[Text]) -> frozenset[Text]:
    seen = Counter(character for text in texts for character in set(clean(text)))
    return frozenset(character for character, count in seen.items() if count >= SEEN)


def _words(message: Message) -> Words:
    doc = message.get(SPACY_DOCS[TEXT])
    return words_of(doc) if doc is not None else []
