"""Migrations make exactly the tables that the models describe, on both databases."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.desk.webhooks import triggers
from bot.kit.db import Database
from bot.migrations import append_only, downgrade, upgrade, upgrade_with
from bot.migrations.models import all_tables
from bot.migrations.upgrade import HERE, config


def test_the_history_is_one_line():
    """There is one head, whoever added the last revision."""
    assert len(ScriptDirectory.from_config(config("sqlite+aiosqlite://")).get_heads()) == 1
    assert (HERE / "versions").is_dir()


async def test_models_and_migrations_agree(database: Database):
    """Nothing is left to migrate after the last revision."""

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, all_tables())

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_upgrading_again_changes_nothing(database: Database, database_url: str):
    """Running it on a database that is up to date is safe, also inside a running loop and on a connection."""
    upgrade(database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(upgrade_with)
    async with database.engine.connect() as connection:
        rows = await connection.execute(text("SELECT version_num FROM alembic_version"))
        assert len(rows.all()) == 1


async def test_going_back_to_the_start_leaves_nothing(database: Database, database_url: str):
    """Every table can be dropped again, and made again."""
    downgrade(database_url, "base")
    async with database.engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert tables == ["alembic_version"]
    upgrade(database_url)
    async with database.engine.connect() as connection:
        count = await connection.execute(text("SELECT count(*) FROM ledger_account"))
        assert count.scalar_one() == 10


async def test_the_triggers_are_there(database: Database):
    """A migration that rebuilt one of these tables on SQLite would have lost its triggers."""
    catalogue = (
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT event_object_table, trigger_name FROM information_schema.triggers"
    )
    async with database.read() as session:
        found = {(table, name) for table, name in await session.execute(text(catalogue))}
    telling = {(table, f"{table}_tells_webhooks") for table in triggers.SOURCES}
    assert telling <= found
    assert {table for table, _ in found - telling} == set(append_only.TABLES)
