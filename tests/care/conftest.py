"""Databases for care: the store's fixtures, and a house in which care works by a clock of the test's own."""

from __future__ import annotations

from tests.care.house import house
from tests.store.conftest import clock, database, database_url, postgres, sqlite_template

__all__ = ["clock", "database", "database_url", "house", "postgres", "sqlite_template"]
