"""The faults that `make mutate` builds in: each changes something, and none while it is switched off."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tools.mutate.instrument import SWITCH, Mutant, instrument
from tools.mutate.run import in_sample

ROOT = Path(__file__).resolve().parents[2]

SHOP = """
LIMIT = 3

class Query(list):
    def where(self, *tests):
        return Query(each for each in self if all(test(each) for test in tests))

class Till:
    def __init__(self):
        self.fen = 0

    def take(self, fen, *, tip=0):
        if fen <= 0 or fen > 1_000:
            raise ValueError(fen)
        self.fen += fen + tip
        log.info("taken %s", fen)
        return self.fen

def above(query, least):
    return query.where(lambda each: each >= least)

def served(till, open_now):
    if open_now:
        return till.take(5, tip=2)
    return None
"""


def built(tmp_path: Path) -> tuple[dict[str, Any], list[Mutant], list[int]]:
    """The shop with its faults: its names, the faults, and the list that holds the one that is on."""
    path = tmp_path / "shop.py"
    path.write_text(SHOP)
    tree, mutants = instrument(path, "shop.py", 0)
    active: list[int] = []
    log = type("Log", (), {"info": staticmethod(lambda *_: None)})
    space: dict[str, Any] = {SWITCH: lambda number: number in active, "log": log, "__name__": "shop"}
    exec(compile(tree, "shop.py", "exec"), space)
    return space, mutants, active


def behaviour(space: dict[str, Any]) -> list[object]:
    """Everything the shop does that a test could notice."""
    seen: list[object] = []
    for fen in (-1, 0, 1, 5, 1_000, 1_001):
        till = space["Till"]()
        try:
            seen += [till.take(fen), till.take(7, tip=2), till.fen]
        except Exception as error:
            seen.append(type(error))
    till = space["Till"]()
    seen += [space["served"](till, True), space["served"](till, False), till.fen]
    seen.append(list(space["above"](space["Query"]([1, 2, 3]), 2)))
    return seen


def test_with_every_switch_off_the_code_does_what_it_did(tmp_path: Path) -> None:
    plain: dict[str, Any] = {
        "log": type("Log", (), {"info": staticmethod(lambda *_: None)}),
        "__name__": "shop",
    }
    exec(SHOP, plain)
    assert behaviour(built(tmp_path)[0]) == behaviour(plain)


def test_every_fault_changes_what_the_code_does(tmp_path: Path) -> None:
    """No fault of this small shop is one that nobody could notice."""
    space, mutants, active = built(tmp_path)
    right = behaviour(space)
    unnoticed: list[str] = []
    for mutant in mutants:
        active[:] = [mutant.number]
        try:
            if behaviour(space) == right and not mutant.at_import:
                unnoticed.append(mutant.key)
        except Exception:
            continue
    assert unnoticed == []


@pytest.mark.parametrize(
    "kind",
    ["comparison", "connective", "arithmetic", "constant", "no where", "no tip=", "left out", "condition"],
)
def test_each_kind_of_fault_is_made(tmp_path: Path, kind: str) -> None:
    assert any(f"::{kind}::" in mutant.key for mutant in built(tmp_path)[1])


def test_what_is_only_logged_gets_no_fault(tmp_path: Path) -> None:
    assert not [mutant for mutant in built(tmp_path)[1] if "log.info" in mutant.before]


def test_every_fault_has_a_name_of_its_own(tmp_path: Path) -> None:
    keys = [mutant.key for mutant in built(tmp_path)[1]]
    assert len(keys) == len(set(keys))


def test_a_sample_stays_the_same_when_other_code_is_added() -> None:
    keys = [f"fault {n}" for n in range(100)]
    assert in_sample(keys[:50], 10) & in_sample(keys, 10) <= in_sample(keys[:50], 10)
    assert in_sample(keys, 10) == in_sample(list(reversed(keys)), 10)


def test_every_room_has_its_modules_and_tests() -> None:
    """A room whose files moved would be tried without a fault, and pass."""
    rooms = tomllib.loads((ROOT / "tools/mutate/rooms.toml").read_text("utf-8"))
    for name, room in rooms.items():
        for pattern in (*room["modules"], *room["tests"]):
            assert list(ROOT.glob(pattern)), f"{name}: there is no {pattern}"
