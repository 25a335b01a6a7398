"""Hands the emotion that the spaCy pipeline read to Rasa."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class EmotionMarker(GraphComponent):
    """Sets `emotion`: {"label", "score"}, or null for a message without words."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EmotionMarker:
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing is learned from emotions here."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            read = doc._.emotion if doc is not None else None
            emotion = {"label": read[0], "score": round(read[1], 4)} if read else None
            message.set("emotion", emotion, add_to_output=True)
        return messages
