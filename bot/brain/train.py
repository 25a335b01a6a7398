"""`python -m bot.brain.train`: make the model of this tree, if there is none yet.

`--check` says by its exit status whether the model is there (0) or must be trained (1), in milliseconds.
`--force` trains anyway.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from bot.brain.fingerprint import model_path
from bot.brain.garbage import keep_what_is_here
from bot.brain.settings import ROOT

KEPT_MODELS = 3


def main(arguments: list[str]) -> int:
    """Train if needed; the exit status."""
    target = model_path()
    if "--check" in arguments:
        return 0 if target.exists() else 1
    if target.exists() and "--force" not in arguments:
        _say(f"{_shown(target)} is up to date.")
        return 0
    started = time.perf_counter()
    _train(target)
    _remove_older(target)
    _say(f"{_shown(target)}: trained in {time.perf_counter() - started:.1f} s.")
    return 0


def _train(target: Path) -> None:
    """Train into a file beside `target` that takes its place when it is whole."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.chdir(ROOT)  # config.yml speaks of paths and modules from there
    _say("· loading Rasa")
    from bot.brain import training

    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.tar.gz")
    try:
        training.train(draft, lambda step: _say(f"· {step}"))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _remove_older(target: Path) -> None:
    """Keep the newest few models, this one among them."""
    models = sorted(target.parent.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in models[KEPT_MODELS:]:
        if old != target:
            old.unlink(missing_ok=True)


def _say(what: str) -> None:
    print(what, file=sys.__stdout__, flush=True)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    status = main(sys.argv[1:])
    keep_what_is_here()  # it goes with the process: looking through it then takes most of a second
    sys.exit(status)
