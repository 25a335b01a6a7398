"""Rasa's SpacyNLP and SpacyTokenizer with our pipeline, which is loaded from models/spacy/zh."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import DENSE_FEATURIZABLE_ATTRIBUTES, SPACY_DOCS
from rasa.nlu.model import InvalidModelError
from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer
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
        digest = hashlib.sha256()
        for file in sorted(path.rglob("*")):
            if file.is_file():
                digest.update(file.read_bytes())
        return _load(spacy_model_name, digest.hexdigest()[:16])

    def process_training_data(self, training_data: TrainingData, model: SpacyModel) -> TrainingData:
        """Training examples need words and entities, not emotions; what is not text needs nothing."""
        with model.model.select_pipes(disable=["huitouke_emotion"]):
            for attribute in DENSE_FEATURIZABLE_ATTRIBUTES:
                told = [example for example in training_data.training_examples if example.get(attribute)]
                texts = [self._get_text(example, attribute) for example in told]
                for example, doc in zip(told, model.model.pipe(texts), strict=True):
                    example.set(SPACY_DOCS[attribute], doc)
        return training_data


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ChineseTokenizer(SpacyTokenizer):
    """The words as Rasa's tokens, which `rasa test` needs; nothing here learns from tokens."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing; a pipeline with a part that learns from tokens takes Rasa's SpacyTokenizer instead."""
        return training_data


@lru_cache(maxsize=1)
def _load(name: Text, digest: Text) -> SpacyModel:
    """Rasa asks for it twice, to hand it on and to use it."""
    return SpacyModel(SpacyNLP.load_model(name).model, f"{name}@{digest}")
