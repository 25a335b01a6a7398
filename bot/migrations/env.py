"""Alembic's way into our tables."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from bot.kit.db import Database, UtcTime
from bot.kit.settings import load_settings
from bot.migrations.models import all_tables
from bot.migrations.state import one_at_a_time


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """How our own column types are written in a revision."""
    if kind == "type" and isinstance(item, UtcTime):
        autogen.imports.add("from bot.kit.db import UtcTime")
        return "UtcTime()"
    return False


def run(connection: Connection) -> None:
    """Migrate over `connection`; SQLite changes a table by making it anew (batch mode)."""
    context.configure(
        connection=connection,
        target_metadata=all_tables(),
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_with_own_engine(url: str) -> None:
    database = Database(url)
    try:
        async with one_at_a_time(database), database.engine.connect() as connection:
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await database.close()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = context.config.get_main_option("sqlalchemy.url") or load_settings().database
    asyncio.run(run_with_own_engine(url))
