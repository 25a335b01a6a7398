"""The store's commands, typed as a company types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.kit.db import Database
from bot.kit.ids import CustomerId
from bot.migrations import upgrade
from bot.migrations.models import all_tables
from bot.store.cli import add_commands

Run = Callable[..., tuple[int, str]]
"""Runs a command against a fresh SQLite database and returns (exit status, output)."""

COMMANDS = typer.Typer()
RESTS: list[CustomerId] = []


async def rest(_database: Database, customer: CustomerId) -> bool:
    """Stands for what other parts hold (tests/desk/test_erasing.py): this time something is out of reach."""
    RESTS.append(customer)
    return False


add_commands(COMMANDS, rest, all_tables)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    path = tmp_path / "store.db"
    upgrade(f"sqlite+aiosqlite:///{path}")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words: str | Path) -> tuple[int, str]:
        result = CliRunner().invoke(COMMANDS, [str(word) for word in words])
        return result.exit_code, result.output

    return command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    (made / "customers.csv").write_text("external_id,name,phone\nC1,王小明,13800138000\n", encoding="utf-8")
    (made / "points.csv").write_text(
        "external_id,customer,points,earned_at\nP1,C1,300,2026-03-01\n", encoding="utf-8"
    )
    return made


def test_mistakes_are_listed_and_the_status_says_so(run: Run, folder: Path):
    """A wrong folder, a wrong cell and an unknown customer are one sentence each, and status 1."""
    status, output = run("import", folder / "nowhere")
    assert (status, "customers.csv" in output) == (1, True)
    (folder / "points.csv").write_text("external_id,customer,points,earned_at\nP1,C1,x,2026-03-01\n")
    status, output = run("import", folder)
    assert status == 1
    assert "points.csv line 2, points: 'x' not a whole number" in output
    status, output = run("export", "13900139000")
    assert (status, "There is no customer" in output) == (1, True)


def test_a_customer_comes_in_goes_out_and_is_erased(run: Run, folder: Path, tmp_path: Path):
    """Dry run, import, again, export, check, and erase with a clear no before."""
    status, output = run("import", folder, "--dry-run")
    assert (status, "nothing was written" in output) == (0, True)
    for _ in range(2):
        assert run("import", folder)[0] == 0
    out = tmp_path / "me.json"
    assert run("export", "138 0013 8000", "--out", out)[0] == 0
    data = json.loads(out.read_text(encoding="utf-8"))
    assert data["customer"]["name"] == "王小明"
    assert data["tables"]["ledger_lot"][0]["remaining"] == 300
    assert data["tables"]["access_log"][0]["what"] == "export"
    assert run("ledger", "check") == (0, "The ledger is sound.\n")
    status, output = run("erase", "13800138000", "--yes")
    assert (status, "300 积分" in output) == (1, True)
    status, output = run("erase", "13800138000", "--yes", "--give-up-points")
    assert (status, "ledger_entry" in output) == (0, True)
    assert "the server erases the rest" in output
    assert RESTS == [1]
    assert run("export", "13800138000")[0] == 1
