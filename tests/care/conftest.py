"""A company with care on SQLite; what PostgreSQL does differently is in test_race.py and test_triggers.py."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.care.house import house
from tests.store.conftest import clock, database, postgres, sqlite_template

__all__ = ["clock", "database", "house", "postgres", "sqlite_template"]


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh, migrated database."""
    path = tmp_path / "care.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"
