"""Connections to PostgreSQL that die while nobody uses them."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.kit import db
from bot.kit.db import Database
from bot.kit.errors import Unavailable


async def end_the_others(database: Database) -> None:
    """What a restart of the server does to the connections in the pool."""
    other = Database(database.url.render_as_string(hide_password=False))
    async with other.read() as session:
        await session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    await other.close()


async def one(database: Database) -> int:
    async with database.read() as session:
        return (await session.execute(text("SELECT 1"))).scalar_one()


async def test_a_connection_that_died_is_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a pause nobody notices; at once it is said to be out of reach, and the next try works."""
    if database.is_sqlite:
        pytest.skip("SQLite has no server.")
    assert await one(database) == 1
    await end_the_others(database)
    with pytest.raises(Unavailable):
        await one(database)
    assert await one(database) == 1
    await end_the_others(database)
    monkeypatch.setattr(db, "IDLE_SECONDS", 0.0)
    assert await one(database) == 1
    async with database.write() as session:
        assert (await session.execute(text("SELECT 1"))).scalar_one() == 1
