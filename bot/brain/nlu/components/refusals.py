"""A refusal of messages is read by its own closed list, and not by likelihood: bot/brain/nlu/refusals.py."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.brain.nlu.refusals import read_refusal

REFUSES, ANOTHER = "privacy_optout", "out_of_scope"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class RefusalReader(GraphComponent, IntentClassifier):
    """Sets the intent of a refusal, and the entity `refusal` with what it is of.

    A 退订 of something else (退订酒店) is never a refusal of messages, whatever the model took it for.
    """

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RefusalReader:
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            self._read(message)
        return messages

    def _read(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        refusal = read_refusal(text)
        if refusal is None:
            return
        if refusal.scope == "other":
            if (message.get(INTENT) or {}).get(INTENT_NAME_KEY) == REFUSES:
                _set(message, ANOTHER)
            return
        _set(message, REFUSES)
        entity = {
            "entity": "refusal",
            "value": {"scope": refusal.scope, "about": refusal.about},
            "text": text,
            "start": 0,
            "end": len(text),
            "extractor": "RefusalReader",
        }
        message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)


def _set(message: Message, intent: str) -> None:
    ranking = [{INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: 1.0}]
    message.set(INTENT, ranking[0], add_to_output=True)
    message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
