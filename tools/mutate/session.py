"""One pytest session that tries every fault of a room: what is slow is set up once, each fault is a fork.

The session's own fixtures (a server, a migrated template) are made in the parent. A first child runs every
test and writes down which places each one passes. Then each fault is switched on in a child of its own, which
runs only the tests that pass its place, the quick ones first, until one fails. Faults that were passed before
the fork (at import, in the session's fixtures) need a fresh process and are left to the caller.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tools.mutate.hook import Switch

Progress = Callable[[], None]
STARTING_SECONDS = 20.0
"""What a child may take beside three times what its tests took without a fault."""
MOST_SECONDS = 180.0


@dataclass
class Baseline:
    """Seconds and passed places of each test, by its id."""

    seconds: dict[str, float] = field(default_factory=dict[str, float])
    reached: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    failed: list[str] = field(default_factory=list[str])


@dataclass
class Running:
    number: int
    pid: int
    until: float


class Session:
    """The pytest plugin. `chosen` are the faults to try; `verdicts` say what became of each."""

    def __init__(
        self, switch: Switch, chosen: Sequence[int], scratch: Path, jobs: int, told: Progress
    ) -> None:
        self.switch = switch
        self.chosen = chosen
        self.scratch = scratch
        self.jobs = jobs
        self.told = told
        self.verdicts: dict[int, str] = {}
        self.baseline = Baseline()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed(f"{session.testsfailed} errors while the tests were collected")
        items = session.items
        items[0].config.pluginmanager.unregister(name="terminalreporter")
        warm = _with_session_fixtures(items)
        runtestprotocol(warm, nextitem=items[0], log=False)
        early = set(self.switch.reached)
        self._measure(items)
        if self.baseline.failed:
            return True
        self._try_all(items, early)
        return True

    def _measure(self, items: list[pytest.Item]) -> None:
        kept = self.scratch / "baseline.json"
        pid = os.fork()
        if pid == 0:
            os.setsid()
            found = Baseline()
            for place, item in enumerate(items):
                self.switch.reached.clear()
                began = time.monotonic()
                if not _passes(item, items[(place + 1) % len(items)]):
                    found.failed.append(item.nodeid)
                found.seconds[item.nodeid] = time.monotonic() - began
                found.reached[item.nodeid] = sorted(self.switch.reached)
            kept.write_text(json.dumps(vars(found)))
            os._exit(0)
        os.waitpid(pid, 0)
        if kept.exists():
            self.baseline = Baseline(**json.loads(kept.read_text()))
        else:
            self.baseline.failed.append("the child that runs the tests without a fault ended early")

    def _try_all(self, items: list[pytest.Item], early: set[int]) -> None:
        passing: dict[int, list[pytest.Item]] = {}
        for item in sorted(items, key=lambda each: self.baseline.seconds[each.nodeid]):
            for number in self.baseline.reached[item.nodeid]:
                passing.setdefault(number, []).append(item)
        running: list[Running] = []
        for number in self.chosen:
            if number in early:
                self._verdict(number, "early")
            elif number not in passing:
                self._verdict(number, "not reached")
            else:
                while len(running) >= self.jobs:
                    self._collect(running)
                running.append(self._start(number, passing[number]))
        while running:
            self._collect(running)

    def _start(self, number: int, items: list[pytest.Item]) -> Running:
        seconds = 3 * sum(self.baseline.seconds[item.nodeid] for item in items)
        pid = os.fork()
        if pid == 0:
            os.setsid()
            self.switch.active = number
            for place, item in enumerate(items):
                if not _passes(item, items[(place + 1) % len(items)]):
                    os._exit(1)
            os._exit(0)
        return Running(number, pid, time.monotonic() + min(STARTING_SECONDS + seconds, MOST_SECONDS))

    def _collect(self, running: list[Running]) -> None:
        """Take out what has ended or takes too long; wait a moment when nothing has."""
        for each in list(running):
            pid, status = os.waitpid(each.pid, os.WNOHANG)
            if pid:
                self._verdict(each.number, "survived" if status == 0 else "killed")
            elif time.monotonic() > each.until:
                os.killpg(each.pid, signal.SIGKILL)
                os.waitpid(each.pid, 0)
                self._verdict(each.number, "killed (time)")
            else:
                continue
            running.remove(each)
            return
        time.sleep(0.01)

    def _verdict(self, number: int, verdict: str) -> None:
        self.verdicts[number] = verdict
        self.told()


def _passes(item: pytest.Item, following: pytest.Item) -> bool:
    reports = runtestprotocol(item, nextitem=following, log=False)
    return not any(report.failed for report in reports)


def _with_session_fixtures(items: list[pytest.Item]) -> pytest.Item:
    """A test that does nothing but ask for every fixture of the session that some test needs."""
    wanted: dict[str, pytest.Item] = {}
    for item in items:
        info: Any = getattr(item, "_fixtureinfo", None)
        for name, defs in (info.name2fixturedefs if info else {}).items():
            if defs[-1].scope == "session" and defs[-1].func.__module__.startswith("tests"):
                wanted.setdefault(name, item)
    space: dict[str, Any] = {}
    exec(f"def warm({', '.join(wanted)}): pass", space)  # names of fixtures, nothing else
    parent: Any = next(iter(wanted.values()), items[0]).parent
    return pytest.Function.from_parent(parent, name="warm", callobj=space["warm"])
