"""Conversations in Rasa's own format, run by Rasa's own command."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
STORIES = Path(__file__).parent
BRAIN = ROOT / "bot" / "brain" / ".venv" / "bin" / "python"
ENOUGH = 150

pytestmark = [pytest.mark.timeout(500), pytest.mark.slow]


def brain(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "HUITOUKE_DATA_DIR": str(folder)}
    env.pop("VIRTUAL_ENV", None)
    command = [str(BRAIN), "-W", "ignore", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=480, check=False
    )


def test_every_conversation_goes_as_written(tmp_path: Path) -> None:
    """rasa test core over all of them, none predicted otherwise."""
    if not BRAIN.exists():
        pytest.skip("The brain's environment is not there: run make setup.")
    for module in ("bot.brain.nlu.build", "bot.brain.train"):
        made = brain("-m", module, folder=tmp_path)
        assert made.returncode == 0, made.stderr[-2000:]
    where = brain("-c", "from bot.brain.fingerprint import model_path; print(model_path())", folder=tmp_path)
    model = where.stdout.strip()
    arguments = ["--model", model, "--stories", str(STORIES), "--out", str(tmp_path), "--no-plot"]
    done = brain("-m", "rasa", "test", "core", *arguments, "--fail-on-prediction-errors", folder=tmp_path)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]


def test_there_are_enough_of_them_and_each_has_its_own_name() -> None:
    """A story's name says what it is about; two of one name would be one too many."""
    names = [
        story["story"]
        for path in sorted(STORIES.glob("test_*.yml"))
        for story in YAML(typ="safe").load(path.read_text("utf-8"))["stories"]
    ]
    assert len(names) >= ENOUGH
    assert len(set(names)) == len(names)
