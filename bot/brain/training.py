"""Training as Rasa does it, made visible, and without the cache that costs more than it saves here."""

from __future__ import annotations

import contextlib
import copy
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from bot.brain.beside import beside
from bot.brain.garbage import collect_as_usual, collect_nothing
from bot.brain.quiet import quiet
from bot.brain.tensorflow_free import is_neural, without_tensorflow

if TYPE_CHECKING:
    from rasa.engine.graph import GraphModelConfiguration, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.shared.core.domain import Domain
    from rasa.shared.importers.importer import TrainingDataImporter

CONFIG = Path("config.yml")
COMPRESSION = 1
"""Of the archive: Rasa's 9 takes six seconds to save a fifth."""


class NotTrainable(Exception):
    """The data and the domain do not fit each other; the message says where."""


def train(target: Path, say: Callable[[str], None]) -> Path:
    """Train on the working directory's config, domain and data; the archive written to `target`.

    `say` is told each step. The same graph as `rasa train` runs, without fingerprints of every step's input
    (3.6.21 hashes all training data once per component): the archive's name is our cache.
    """
    quiet()
    os.environ["LOG_LEVEL"] = "ERROR"  # else Rasa draws progress bars
    if not is_neural(_components(CONFIG)):
        without_tensorflow()
    with contextlib.redirect_stdout(None), _keeping_everything():  # `say` speaks instead
        from bot.brain.overrides import apply_training_overrides
        from bot.brain.reading import read_once

        apply_training_overrides()
        say("reading the data")
        read = read_once(CONFIG)
        _run(_configuration(read), read, target, say)
    return target


@contextlib.contextmanager
def _keeping_everything() -> Iterator[None]:
    """All that is read stays to the end."""
    collect_nothing()
    try:
        yield
    finally:
        collect_as_usual()


def _components(config: Path) -> list[str]:
    read = yaml.safe_load(config.read_text(encoding="utf-8"))
    return [part["name"] for key in ("pipeline", "policies") for part in read.get(key) or []]


def _configuration(read: TrainingDataImporter) -> GraphModelConfiguration:
    import rasa.engine.validation
    from rasa.engine.recipes.recipe import Recipe
    from rasa.shared.data import TrainingType

    config = read.get_config()
    recipe = Recipe.recipe_for_name(config.get("recipe"))
    configuration = recipe.graph_config_for_recipe(config, {}, training_type=TrainingType.BOTH)
    rasa.engine.validation.validate(configuration)
    return configuration


def _check(read: TrainingDataImporter) -> None:
    from rasa.model_training import get_unresolved_slots

    if unknown := get_unresolved_slots(read.get_domain(), read.get_stories()):
        raise NotTrainable(f"Rules or stories set slots that domain.yml does not have: {sorted(unknown)}.")


def _run(
    configuration: GraphModelConfiguration,
    read: TrainingDataImporter,
    target: Path,
    say: Callable[[str], None],
) -> None:
    from rasa.engine.constants import PLACEHOLDER_IMPORTER
    from rasa.engine.graph import ExecutionContext
    from rasa.engine.runner.dask import DaskGraphRunner

    schema = configuration.train_schema
    understanding, dialogue = _halves(schema)
    with tempfile.TemporaryDirectory() as folder:
        # A storage each: both begin with the same check and write down what it found.
        ours, theirs = Path(folder) / "dialogue", Path(folder) / "understanding"
        storage, beside_it = _storage(ours), _storage(theirs)

        def run(targets: list[str], storage: LocalModelStorage) -> None:
            context = ExecutionContext(graph_schema=schema)
            runner = DaskGraphRunner.create(
                schema.minimal_graph_schema(targets), storage, context, hooks=[_hook(say)]
            )
            runner.run(inputs={PLACEHOLDER_IMPORTER: read})

        # The copy has the longer half. Both read the stories at the same time: Rasa's validation wants them.
        with beside(lambda: run(understanding, beside_it)):
            _check(read)
            domain = copy.deepcopy(read.get_domain())  # a step may change the one it is given
            run(dialogue, storage)
        say("packing the model")
        shutil.copytree(theirs, ours, dirs_exist_ok=True)
        storage.create_model_package(target, configuration, domain)


def _halves(schema: GraphSchema) -> tuple[list[str], list[str]]:
    """What learns from utterances, and what from conversations alone: neither needs the other."""
    from rasa.graph_components.providers.nlu_training_data_provider import NLUTrainingDataProvider

    def reads_utterances(name: str) -> bool:
        needed = schema.minimal_graph_schema([name]).nodes.values()
        return any(node.uses is NLUTrainingDataProvider for node in needed)

    understanding = [name for name in schema.target_names if reads_utterances(name)]
    return understanding, [name for name in schema.target_names if name not in understanding]


def _storage(folder: Path) -> LocalModelStorage:
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.storage import ModelMetadata

    class Storage(LocalModelStorage):
        """Rasa's, packed quickly."""

        def create_model_package(
            self,
            model_archive_path: str | Path,
            model_configuration: GraphModelConfiguration,
            domain: Domain,
        ) -> ModelMetadata:
            metadata = self._create_model_metadata(domain, model_configuration)
            with tempfile.TemporaryDirectory() as packed:
                shutil.copytree(self._storage_path, Path(packed) / "components")
                self._persist_metadata(metadata, Path(packed))
                with tarfile.open(model_archive_path, "w:gz", compresslevel=COMPRESSION) as archive:
                    archive.add(packed, arcname="")
            return metadata

    folder.mkdir()
    return Storage(folder)


def _hook(say: Callable[[str], None]) -> Any:
    from rasa.engine.graph import GraphNodeHook

    class Announce(GraphNodeHook):
        """Says which component is at work."""

        def on_before_node(
            self, node_name: str, execution_context: Any, config: Any, received_inputs: Any
        ) -> dict[str, Any]:
            node = execution_context.graph_schema.nodes[node_name]
            doing = {"train": "training", "process_training_data": "applying"}.get(node.fn)
            if doing:
                say(f"{doing} {node.uses.__name__}")
            return {}

        def on_after_node(self, *args: Any, **kwargs: Any) -> None:
            """Nothing to say."""

    return Announce()
