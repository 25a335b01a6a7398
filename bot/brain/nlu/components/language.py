"""Rasa's SpacyNLP with our pipeline, which it loads from models/spacy/zh."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Dict, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.model import InvalidModelError
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP
from rasa.shared.nlu.training_data.training_data import TrainingData

import bot.brain.nlu.language  # noqa: F401  (registers the tokenizer and the components with spaCy)


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MODEL_LOADER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
    model_from="ChineseNLP",
)
class ChineseNLP(SpacyNLP):
    """Loads the pipeline; a retrained pipeline under the same name also retrains what depends on it."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"case_sensitive": True, "model": "models/spacy/zh"}

    @staticmethod
    def required_packages() -> List[Text]:
        return ["spacy", "jieba"]

    @staticmethod
    def load_model(spacy_model_name: Text) -> SpacyModel:
        path = Path(spacy_model_name)
        if not (path / "meta.json").is_file():
            raise InvalidModelError(
                f"There is no pipeline at {path}. Make it with: python -m bot.brain.nlu.build"
            )
        model = SpacyNLP.load_model(spacy_model_name)
        digest = hashlib.sha256()
        for file in sorted(path.rglob("*")):
            if file.is_file():
                digest.update(file.read_bytes())
        return SpacyModel(model.model, f"{spacy_model_name}@{digest.hexdigest()[:16]}")

    def process_training_data(self, training_data: TrainingData, model: SpacyModel) -> TrainingData:
        """Training examples need words and entities, not emotions."""
        with model.model.select_pipes(disable=["huitouke_emotion"]):
            return super().process_training_data(training_data, model)
