"""Hands the entities of the spaCy pipeline to Rasa, with values worked out for this customer's now."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.brain.nlu.entities import Moment


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityReader(GraphComponent, EntityExtractorMixin):
    """Each entity: entity, value (normalised), text (as typed), start, end."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityReader:
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            if doc is None:
                continue
            metadata = message.get("metadata") or {}
            moment = Moment.of(metadata.get("now"), metadata.get("time_zone"))
            # A value is null where there is no such day: 31 November.
            entities = [
                {
                    "entity": span.label_,
                    "value": value,
                    "text": span._.found.text,
                    "start": span.start_char,
                    "end": span.end_char,
                    "extractor": "EntityReader",
                }
                for span in doc.ents
                if (value := span._.found.value(moment)) is not None
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages
