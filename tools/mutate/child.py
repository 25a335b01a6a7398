"""The process in which a room is tried: the import hook first, then pytest, then what came of it."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tools.mutate.hook import install
from tools.mutate.instrument import Mutant
from tools.mutate.run import in_sample
from tools.mutate.session import Session

ROOT = Path(__file__).resolve().parents[2]
QUIETLY = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:faulthandler", "-W", "ignore"]
IN_THE_BRAIN = ["-c", "bot/brain/pyproject.toml", "--rootdir", "."]


def main(plan_file: Path) -> int:
    plan: dict[str, Any] = json.loads(plan_file.read_text())
    asked = [*QUIETLY, *(IN_THE_BRAIN if plan["brain"] else ()), *plan["tests"]]
    files = sorted({path for pattern in plan["modules"] for path in ROOT.glob(pattern)})
    switch, finder = install(ROOT, files)
    _calmly()
    if "one" in plan:
        switch.active = plan["one"]
        return int(pytest.main(asked))
    mutants = finder.mutants
    equal = plan["equivalent"]
    chosen = [
        each for each in mutants if not each.at_import and each.key not in equal and plan["only"] in each.key
    ]
    if plan["sample"]:
        wanted = in_sample([each.key for each in chosen], plan["sample"])
        chosen = [each for each in chosen if each.key in wanted]
    done = 0

    def told() -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty() or done % 25 == 0:
            print(f"\r  {plan['name']}: {done} of {len(chosen)}", end="", file=sys.stderr, flush=True)

    session = Session(switch, [each.number for each in chosen], plan_file.parent, plan["jobs"], told)
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        code = pytest.main(asked, plugins=[session])
    if not session.verdicts and chosen and not session.baseline.failed:
        pytest.main([*asked, "--collect-only"])
        return int(code) or 1
    result = {
        "failing": session.baseline.failed,
        "equivalent": sum(each.key in equal for each in mutants),
        "stale": sorted(set(equal) - {each.key for each in mutants}),
        "outcomes": [] if session.baseline.failed else [_outcome(each, session) for each in chosen],
    }
    (plan_file.parent / "result.json").write_text(json.dumps(result))
    return 0


def _outcome(mutant: Mutant, session: Session) -> dict[str, Any]:
    return {**asdict(mutant), "verdict": session.verdicts[mutant.number]}


def _calmly() -> None:
    """Property tests try few examples, always the same ones: a fault is tried a hundred times over."""
    try:
        from hypothesis import HealthCheck, settings
    except ImportError:  # the brain's tests have no properties
        return
    settings.register_profile(
        "faults",
        max_examples=25,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("faults")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
