"""How the two models are made, and what that takes."""

from __future__ import annotations

import hashlib
import json
import resource
import shutil
import subprocess
import time
from pathlib import Path

from bench.brain.systems import BRAIN_PYTHON, BUILT, environment
from bench.figures import Figures
from bot.kit.settings import ROOT

CONFIG = Path(__file__).parent / "vanilla.yml"


def train_vanilla(epochs: int) -> tuple[Path, Figures]:
    """Its model, and what training took; kept until data, domain or its config change.

    `epochs` are those of its intent model, 100 as it comes. What a turn costs does not depend on them.
    """
    config = CONFIG.read_text()
    intent_model = "- name: DIETClassifier\n    epochs: "
    config = config.replace(f"{intent_model}100", f"{intent_model}{epochs}")
    made_from = _digest(config)
    model, record = BUILT / "models" / "vanilla.tar.gz", BUILT / "trained.json"
    kept = json.loads(record.read_text()) if record.exists() else {}
    if model.exists() and kept.get("made_from") == made_from:
        return model, kept["took"]
    shutil.rmtree(BUILT, ignore_errors=True)
    BUILT.mkdir(parents=True)
    shutil.copytree(ROOT / "data", BUILT / "data")
    shutil.copy(ROOT / "domain.yml", BUILT / "domain.yml")
    (BUILT / "config.yml").write_text(config)
    command = [str(BRAIN_PYTHON), "-m", "rasa", "train", "--fixed-model-name", "vanilla", "--force"]
    took = _timed(command, BUILT)
    record.write_text(json.dumps({"took": took, "made_from": made_from}))
    return model, took


def _digest(config: str) -> str:
    digest = hashlib.sha256(config.encode())
    for path in [ROOT / "domain.yml", *sorted((ROOT / "data").rglob("*.yml"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def train_ours() -> tuple[Path, Figures]:
    """The model of the tree, and what training takes; `pipeline_seconds` for the spaCy pipeline before it."""
    pipeline = _timed([str(BRAIN_PYTHON), "-m", "bot.brain.nlu.build"], ROOT)
    took = _timed([str(BRAIN_PYTHON), "-m", "bot.brain.train", "--force"], ROOT)
    model = max((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return model, {**took, "pipeline_seconds": pipeline["seconds"]}


def _timed(command: list[str], cwd: Path) -> Figures:
    """Seconds on the wall, and of processors."""
    began, used = time.perf_counter(), _used()
    with (ROOT / "build" / "bench" / "train.log").open("ab") as log:
        subprocess.run(command, cwd=cwd, env=environment(cwd), stdout=log, stderr=log, check=True)
    return {"seconds": time.perf_counter() - began, "cpu_seconds": _used() - used}


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
