"""Rasa's own commands work on the tree, as who knows Rasa expects."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.brain.agent import BrainAgent
from bot.brain.settings import ROOT
from tests.brain.test_serve import free_port

pytestmark = pytest.mark.timeout(300)  # they load TensorFlow, and a busy machine takes its time


def rasa(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "HUITOUKE_DATA_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "rasa", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=290,
        check=False,
        input="再见\n/stop\n",  # for the shell
    )


def test_the_data_is_valid(tmp_path: Path) -> None:
    """rasa data validate, with warnings as failures."""
    done = rasa("data", "validate", "--fail-on-warnings", folder=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_conversations_of_the_tests_go_as_written(model: Path, tmp_path: Path) -> None:
    """rasa test core, on whole conversations as typed."""
    stories = "tests/brain/conversations"
    arguments = ["--model", str(model), "--stories", stories, "--out", str(tmp_path), "--no-plot"]
    done = rasa("test", "core", *arguments, "--fail-on-prediction-errors", folder=tmp_path)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]


def test_one_can_talk_to_it_in_a_shell(model: Path, loaded: BrainAgent, tmp_path: Path) -> None:
    """rasa shell, with our store, locks and wording from endpoints.yml."""
    done = rasa("shell", "--model", str(model), "--port", str(free_port()), folder=tmp_path)
    assert loaded.domain is not None
    goodbyes = [variation["text"] for variation in loaded.domain.responses["utter_goodbye"]]
    assert any(goodbye in done.stdout for goodbye in goodbyes), (done.stdout + done.stderr)[-2000:]
    assert (tmp_path / "brain.db").exists()
