"""That speed cost nothing: real utterances and written conversations under both models."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench.brain.systems import BRAIN_PYTHON, BUILT, System, environment
from bot.kit.settings import ROOT
from tools.evaluation.utterances import DEV

STORIES = (ROOT / "tests" / "dialogue", ROOT / "tests" / "brain" / "conversations")


def quality(system: System, config: Path) -> dict[str, Any]:
    """`reading`: scores on real utterances, None where there are none; `conversations`: rasa test's count."""
    return {"reading": _reading(system), "conversations": _conversations(system, config)}


def _reading(system: System) -> dict[str, float] | None:
    if not DEV.exists():
        return None
    arguments = ["-W", "ignore", "-m", "bench.brain.reading", str(system.model), str(DEV)]
    return json.loads(_run(arguments, ROOT).splitlines()[-1])


def _conversations(system: System, config: Path) -> dict[str, Any]:
    """Every conversation of the tests under `rasa test core`, which runs no actions."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "stories").mkdir()
        for source in STORIES:
            for story in source.glob("test_*.yml"):
                (folder / "stories" / f"test_{source.name}_{story.name}").write_bytes(story.read_bytes())
        arguments = ["-W", "ignore", "-m", "rasa", "test", "core", "--model", str(system.model)]
        arguments += ["--stories", str(folder / "stories"), "--out", name, "--no-plot", "--no-errors"]
        _run(arguments, config)
        told = json.loads((folder / "story_report.json").read_text())["conversation_accuracy"]
    return {"as_written": told["correct"], "of": told["total"], "share": told["accuracy"]}


def _run(arguments: list[str], cwd: Path) -> str:
    BUILT.mkdir(parents=True, exist_ok=True)
    with (BUILT / "quality.log").open("ab") as log:
        done = subprocess.run(
            [str(BRAIN_PYTHON), *arguments],
            cwd=cwd,
            env=environment(BUILT, PYTHONPATH=str(ROOT)),
            stdout=subprocess.PIPE,
            stderr=log,
            check=True,
            text=True,
        )
    return done.stdout
