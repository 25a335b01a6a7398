"""Training as Rasa does it, with what it does made visible."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bot.brain.quiet import quiet
from bot.brain.tensorflow_free import is_neural, without_tensorflow

CONFIG = Path("config.yml")


class NotTrained(Exception):
    """Rasa found nothing to train."""


def train(target: Path, say: Callable[[str], None]) -> Path:
    """Train on the working directory's config, domain and data; the archive written to `target`.

    `say` is told each step. Nothing is read from or left in Rasa's training cache.
    """
    if not is_neural(_components(CONFIG)):
        without_tensorflow()
    quiet()
    os.environ["TQDM_DISABLE"] = "1"
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"  # the archive's name is our cache
    import rasa.model_training
    from rasa.engine.graph import GraphNode

    _announce(GraphNode, say)
    with contextlib.redirect_stdout(None):  # `say` speaks instead
        result = rasa.model_training.train(
            domain="domain.yml",
            config=str(CONFIG),
            training_files=["data"],
            output=str(target.parent),
            force_training=True,
            fixed_model_name=target.name,
        )
    if not result.model:
        raise NotTrained("There is no training data in data/.")
    return Path(result.model)


def _components(config: Path) -> list[str]:
    read = yaml.safe_load(config.read_text(encoding="utf-8"))
    return [part["name"] for key in ("pipeline", "policies") for part in read.get(key) or []]


def _announce(node: Any, say: Callable[[str], None]) -> None:
    """Have every step of the training graph say its name before it runs."""
    run = node.__call__

    def announced(self: Any, *inputs: Any) -> Any:
        if self._fn_name in ("train", "process_training_data"):
            doing = "training" if self._fn_name == "train" else "applying"
            say(f"{doing} {self._component_class.__name__}")
        return run(self, *inputs)

    node.__call__ = announced
