"""The training data, each file read once."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import E2EImporter, ResponsesSyncImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.brain.plain_nlu import read_utterances


class _Files(RasaFileImporter):
    """Rasa's importer (3.6.21) reads every file again for each step of the training that asks."""

    @cached_property
    def _domain(self) -> Domain:
        return super().get_domain()

    @cached_property
    def _stories(self) -> StoryGraph:
        return super().get_stories()

    @cached_property
    def _nlu_data(self) -> TrainingData:
        return read_utterances(self._nlu_files, "zh")

    def get_domain(self) -> Domain:
        return self._domain

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        return self._stories

    def get_nlu_data(self, language: str | None = "zh") -> TrainingData:
        return self._nlu_data


class _Whole(E2EImporter):
    """All there is to train on, put together once: Rasa remembers it per way of writing the language."""

    @cached_property
    def _nlu_data(self) -> TrainingData:
        return super().get_nlu_data("zh")

    def get_nlu_data(self, language: str | None = "zh") -> TrainingData:
        return self._nlu_data


def read_once(config: Path) -> E2EImporter:
    """What `TrainingDataImporter.load_from_config` reads of domain.yml and data/."""
    return _Whole(ResponsesSyncImporter(_Files(str(config), "domain.yml", ["data"])))
