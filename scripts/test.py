"""Run the checks and tests, the fast ones first, all of them even when one fails, and add it all up.

The tests without a browser live at a pretended moment: scripts/moments.py.

Tests that failed beside others are tried once more, alone: what a busy machine broke passes then, and the
summary names it so that somebody mends it; what is broken fails again.

python -m scripts.test             everything
python -m scripts.test static      one part or several, by name
MOMENT=monday python -m scripts.test root
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

from scripts.moments import Moment, environment
from scripts.moments import chosen as chosen_moment

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "build" / "test"
BIN = ROOT / ".venv" / "bin"
BRAIN = ROOT / "bot" / "brain" / ".venv" / "bin" / "python"
TESTS_FAILED = 1
"""What pytest ends with when it ran and tests failed."""
MOST_AGAIN = 5
"""More failures than this are no accident."""


@dataclass
class Counts:
    """Tests that ran, those of them that failed, and those that were skipped."""

    ran: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass
class Part:
    """One command of the suite. A pytest part writes a report, and fails when it ran no test."""

    name: str
    argv: list[str]
    group: str
    cwd: Path = ROOT
    side_by_side: tuple[str, ...] = ()
    seconds: float = field(default=0.0, init=False)
    worked: float = field(default=0.0, init=False)
    code: int = field(default=0, init=False)
    shaky: list[str] = field(default_factory=list[str], init=False)
    """Tests that passed only the second time, alone."""
    moment: Moment | None = None
    """When it pretends to run; None: now."""

    @property
    def report(self) -> Path:
        return REPORTS / f"{self.group}.xml"

    @property
    def is_pytest(self) -> bool:
        return "pytest" in self.argv

    def run(self) -> None:
        when = f", as if it were {self.moment.at} in {self.moment.zone}" if self.moment else ""
        print(f"\n=== {self.name}{when}", flush=True)
        began, worked = time.monotonic(), _processor_seconds()
        if not self.is_pytest:
            self.code = subprocess.call(self.argv, cwd=self.cwd)
        else:
            kept = ["-o", f"cache_dir={REPORTS / f'cache-{self.group}'}"]
            self.code = self._pytest(*self.side_by_side, *kept, f"--junitxml={self.report}")
            failed = self._failed_tests()
            if self.code == TESTS_FAILED and 0 < len(failed) <= MOST_AGAIN:
                print(f"\n=== {self.name}: once more, alone, what failed", flush=True)
                if self._pytest("--last-failed", "--last-failed-no-failures=none", *kept) == 0:
                    self.code, self.shaky = 0, failed
        self.seconds, self.worked = time.monotonic() - began, _processor_seconds() - worked

    def _pytest(self, *options: str) -> int:
        return subprocess.call([*self.argv, *options], cwd=self.cwd, env=environment(self.moment))

    def _failed_tests(self) -> list[str]:
        if not self.report.exists():
            return []
        cases = ET.parse(self.report).getroot().iter("testcase")
        bad = (case for case in cases if case.find("failure") is not None or case.find("error") is not None)
        return [f"{case.get('classname')}::{case.get('name')}" for case in bad]

    def counts(self) -> Counts:
        """What the report says; all zero when there is none."""
        counts = Counts()
        if self.is_pytest and self.report.exists():
            for suite in ET.parse(self.report).getroot().iter("testsuite"):
                counts.skipped += int(suite.get("skipped", "0"))
                counts.failed += int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
                counts.ran += int(suite.get("tests", "0")) - int(suite.get("skipped", "0"))
        counts.failed -= len(self.shaky)
        return counts

    @property
    def failed(self) -> bool:
        return self.code != 0 or (self.is_pytest and self.counts().ran == 0)

    def told(self) -> str:
        """The part's line of the summary."""
        counts = self.counts()
        tests = f"{counts.ran} tests, {counts.failed} failed, {counts.skipped} skipped"
        if not counts.ran:
            tests = f"no test ran to its end, status {self.code}"
        how = "FAILED" if self.failed else "ok"
        times = f"{self.seconds:6.1f} s ({self.worked:5.1f} of a processor)"
        line = f"  {how:6}  {times}  {self.name}" + (f"  ({tests})" if self.is_pytest else "")
        return "\n".join([line, *(f"          only the second time: {name}" for name in self.shaky)])


def _processor_seconds() -> float:
    """Seconds of processor that ended children took: what a part costs, however busy the machine is."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def parts() -> list[Part]:
    """Every part of the suite, in the order to run them."""
    pytest = [str(BIN / "python"), "-m", "pytest", "-q"]
    brain = [str(BRAIN), "-m", "pytest", "-q", "-c", "bot/brain/pyproject.toml", "--rootdir", "."]
    moment = chosen_moment(os.environ.get("MOMENT"))
    side_by_side = ("-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile")
    return [
        Part("ruff: lint", [str(BIN / "ruff"), "check", "."], "static"),
        Part("ruff: format", [str(BIN / "ruff"), "format", "--check", "."], "static"),
        Part("types: everything but the brain", [str(BIN / "basedpyright")], "static"),
        Part("types: the brain", [str(BIN / "basedpyright"), "-p", "bot/brain"], "static"),
        Part("import directions", [*pytest, "tests/test_imports.py"], "imports"),
        Part("doors of the store", [str(BIN / "python"), "-m", "tools.doors"], "static"),
        Part("front end", ["npm", "run", "--silent", "check"], "web", cwd=ROOT / "bot" / "web"),
        Part("tests", [*pytest, "--ignore=tests/test_imports.py"], "root", ROOT, side_by_side, moment=moment),
        Part("tests of the brain", [*brain, "tests/brain"], "brain", ROOT, side_by_side, moment=moment),
        Part("acceptance tests", [*pytest, "tests/acceptance"], "acceptance"),
    ]


GROUPS = {"static": {"static", "imports", "web"}}


def chosen(names: list[str]) -> list[Part]:
    """The parts called `names` (all of them when empty). Exits with a sentence on an unknown name."""
    everything = parts()
    if not names:
        return everything
    wanted = set[str]().union(*(GROUPS.get(name, {name}) for name in names))
    known = {part.group for part in everything}
    if wanted - known:
        sys.exit(f"There is no part {sorted(wanted - known)}: choose from {sorted(known)}.")
    return [part for part in everything if part.group in wanted]


def main(names: list[str]) -> int:
    """Run the chosen parts; 0 when all passed and each pytest part ran at least one test."""
    selection = chosen(names)
    REPORTS.mkdir(parents=True, exist_ok=True)
    for old in REPORTS.glob("*.xml"):
        old.unlink()
    for old in REPORTS.glob("cache-*"):
        shutil.rmtree(old)
    for part in selection:
        part.run()
    print("\n=== summary")
    for part in selection:
        print(part.told())
    ran = sum(part.counts().ran for part in selection)
    bad = sum(part.counts().failed for part in selection)
    broken = [part for part in selection if part.failed]
    seconds = sum(part.seconds for part in selection)
    print(f"{ran - bad} of {ran} Python tests passed, ", end="")
    print(f"{len(broken)} of {len(selection)} parts failed, {seconds:.0f} s")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
