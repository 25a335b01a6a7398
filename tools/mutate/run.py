"""One room's trial: a session that forks, then the faults that need a fresh process, then the sum."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tools.mutate.instrument import Mutant

LEAST = 0.9
"""The share of faults that a room's tests must notice."""
FRESH_SECONDS = 240.0
KILLED = "killed"


@dataclass(frozen=True)
class Room:
    """`equivalent`: faults that change nothing anybody could see, each with the reason.

    A room of the `brain` is tried in the brain's environment.
    """

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]
    equivalent: Mapping[str, str]
    brain: bool = False

    def command(self, root: Path, plan: Path) -> list[str]:
        """The child that tries `plan`."""
        python = str(root / "bot/brain/.venv/bin/python") if self.brain else sys.executable
        return [python, "-m", "tools.mutate.child", str(plan)]


@dataclass(frozen=True)
class Outcome(Mutant):
    """What became of one fault."""

    verdict: str


@dataclass
class Trial:
    """A room's result."""

    room: str
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    equivalent: int = 0
    stale: list[str] = field(default_factory=list[str])
    failing: list[str] = field(default_factory=list[str])
    seconds: float = 0.0

    @property
    def counted(self) -> int:
        return len(self.outcomes)

    @property
    def killed(self) -> int:
        return sum(each.verdict.startswith(KILLED) for each in self.outcomes)

    @property
    def survivors(self) -> list[Outcome]:
        return [each for each in self.outcomes if not each.verdict.startswith(KILLED)]

    @property
    def share(self) -> float:
        """Killed of all that could be; 0 when the tests fail by themselves, 1 when there is no fault."""
        if self.failing:
            return 0.0
        return self.killed / self.counted if self.counted else 1.0


def try_room(root: Path, room: Room, sample: int | None, only: str, jobs: int) -> Trial:
    """Try a room's faults: all of them, those whose key has `only`, or a fixed `sample`."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        spare = {**asdict(room), "sample": sample, "only": only, "jobs": jobs}
        plan.write_text(json.dumps(spare))
        said = subprocess.run(room.command(root, plan), cwd=root, check=False)
        result = Path(folder) / "result.json"
        if not result.exists():
            sys.exit(f"{room.name}: the session of its tests ended with {said.returncode} and no result.")
        kept = json.loads(result.read_text())
    trial = Trial(room.name, failing=kept["failing"], equivalent=kept["equivalent"], stale=kept["stale"])
    for entry in kept["outcomes"]:
        if entry["verdict"] == "early":
            entry["verdict"] = _fresh(root, room, entry["number"])
        trial.outcomes.append(Outcome(**entry))
    trial.seconds = time.monotonic() - began
    _keep(root, trial)
    return trial


def _fresh(root: Path, room: Room, number: int) -> str:
    """Try one fault in a process of its own, with every test of the room."""
    plan = json.dumps({**asdict(room), "one": number})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        path.write_text(plan)
        try:
            ended = subprocess.run(
                room.command(root, path),
                cwd=root,
                check=False,
                timeout=FRESH_SECONDS,
                capture_output=True,
            )
        except subprocess.TimeoutExpired:
            return "killed (time)"
    return "survived" if ended.returncode == 0 else KILLED


def _keep(root: Path, trial: Trial) -> None:
    folder = root / "build" / "mutate"
    folder.mkdir(parents=True, exist_ok=True)
    told = {**asdict(trial), "killed": trial.killed, "counted": trial.counted, "share": trial.share}
    (folder / f"{trial.room}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1))


def in_sample(keys: Sequence[str], size: int) -> set[str]:
    """Always the same `size` of `keys`, whatever else is added: the ones whose digests come first."""
    return set(sorted(keys, key=lambda key: hashlib.sha256(key.encode()).hexdigest())[:size])
