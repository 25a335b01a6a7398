"""TensorFlow stays out of a brain that has no use for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.brain.serve import components
from bot.brain.settings import ROOT
from bot.brain.tensorflow_free import TensorFlowNeeded, is_neural


def test_neural_components_are_known() -> None:
    """By their name in config.yml and by their path in a model."""
    assert is_neural(["JiebaTokenizer", "DIETClassifier"])
    assert is_neural(["rasa.core.policies.ted_policy.TEDPolicy"])
    assert not is_neural(["RulePolicy", "bot.brain.nlu.components.intents.IntentReader"])


def test_our_model_is_not_neural(model: object) -> None:
    """Else the brain would be three times as large."""
    assert not is_neural(components(model))  # type: ignore[arg-type]


def test_rasa_runs_without_it() -> None:
    """All of Rasa's components can be imported, none of TensorFlow's files is."""
    script = (
        "import sys\n"
        "from bot.brain.tensorflow_free import without_tensorflow\n"
        "without_tensorflow()\n"
        "import rasa.core.agent, rasa.core.run, rasa.engine.recipes.default_components, spacy\n"
        "named = [module for name, module in sys.modules.items() if name.startswith('tensorflow')]\n"
        "print([module for module in named if getattr(module, '__file__', None)])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_using_it_says_what_is_wrong() -> None:
    """An ImportError that names the way out, so that libraries which can do without it do."""
    import tensorflow as tf

    with pytest.raises(TensorFlowNeeded, match=r"config\.yml"):
        tf.constant(1)
    assert issubclass(TensorFlowNeeded, ImportError)
