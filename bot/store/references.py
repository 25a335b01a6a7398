"""Rows whose references are proved for all of them at once.

PostgreSQL looks up every reference of every row on its own, which takes as long as writing the rows. Here one
statement per reference does what those look-ups do: it finds every row that is referred to, and holds it (FOR
KEY SHARE) until the transaction ends, so that nobody can take it away. Then the rows are written without the
look-ups. That needs the right to set `session_replication_role` (docs/store.md); without it, and on SQLite,
the database looks up row by row as always.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, func, select, text
from sqlalchemy.exc import DBAPIError

from bot.kit.db import Base, WriteSession
from bot.kit.errors import Conflict
from bot.store.bulk import Columns, insert_columns, one_of_many, table_of

_MAY_PROVE = "may_prove_references"
_PROVED = "proved_references"
MOST_PROVED = 100_000
"""So many proved ids of a table are remembered in a transaction, then they are forgotten."""


class BrokenReference(Conflict):
    """A row refers to one that is not there: nothing was written."""

    code = "broken_reference"


async def insert_proved(session: WriteSession, model: type[Base], columns: Columns) -> None:
    """`insert_columns`, with the references proved together; BrokenReference when one leads nowhere."""
    if not await _may_prove(session):
        await insert_columns(session, model, columns)
        return
    table = table_of(model)
    for name, values in columns.items():
        for key in table.c[name].foreign_keys:
            await _prove(session, key.column, values)
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    await insert_columns(session, model, columns)
    await session.execute(text("SET LOCAL session_replication_role = origin"))
    if "id" in columns:
        _remember(session, table.c.id, columns["id"])


async def _may_prove(session: WriteSession) -> bool:
    """Whether the database lets us; asked once in a transaction."""
    if _MAY_PROVE not in session.info:
        session.info[_MAY_PROVE] = session.get_bind().dialect.name == "postgresql" and await _lets_us(session)
    return session.info[_MAY_PROVE]


async def _lets_us(session: WriteSession) -> bool:
    try:
        async with session.begin_nested():
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            await session.execute(text("SET LOCAL session_replication_role = origin"))
    except DBAPIError:
        return False
    return True


async def _prove(session: WriteSession, column: Column[Any], values: Collection[Any]) -> None:
    wanted = {value for value in values if value is not None} - _proved(session, column)
    if not wanted:
        return
    held = (
        select(column).where(one_of_many(session, column, wanted)).with_for_update(read=True, key_share=True)
    )
    found = (await session.execute(select(func.count()).select_from(held.subquery()))).scalar_one()
    if found != len(wanted):
        raise BrokenReference(f"{len(wanted) - found} references to {column.table.name} lead nowhere.")
    _remember(session, column, wanted)


def _proved(session: WriteSession, column: Column[Any]) -> set[Any]:
    return session.info.setdefault(_PROVED, {}).setdefault(str(column), set())


def _remember(session: WriteSession, column: Column[Any], values: Collection[Any]) -> None:
    known = _proved(session, column)
    if len(known) > MOST_PROVED:
        known.clear()
    known.update(values)
