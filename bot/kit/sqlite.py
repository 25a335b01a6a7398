"""SQLite behind asyncio with one step into its thread per statement; SQLAlchemy's own dialect takes four.

Making a cursor, executing, fetching and closing are a hand-over to the connection's thread each in
SQLAlchemy 2.1 over aiosqlite, and each hand-over costs more than a statement of ours. Results are small and
read whole; `stream()` keeps SQLAlchemy's way.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.util import EMPTY_DICT
from sqlalchemy.util.concurrency import await_

DRIVER = "sqlite+onestep"


class _Done(NamedTuple):
    """What a statement gave."""

    rows: list[Any]
    description: Any
    rowcount: int
    lastrowid: int | None


def _execute(connection: sqlite3.Connection, sql: str, parameters: Any) -> _Done:
    return _finish(connection.execute(sql, parameters or ()))


def _execute_many(connection: sqlite3.Connection, sql: str, parameters: Any) -> _Done:
    return _finish(connection.executemany(sql, parameters))


def _finish(cursor: sqlite3.Cursor) -> _Done:
    try:
        rows = cursor.fetchall() if cursor.description else []
        return _Done(rows, cursor.description, cursor.rowcount, cursor.lastrowid)
    finally:
        cursor.close()


class OneStepCursor(AsyncAdapt_aiosqlite_cursor):
    """A cursor of which nothing remains in the thread once a statement is done."""

    __slots__ = ("_done",)

    def __init__(self, adapt_connection: OneStepConnection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection  # pyright: ignore[reportPrivateUsage]
        self._rows = deque()
        self._soft_closed_memoized = EMPTY_DICT
        self._done = _Done([], None, -1, None)

    @property
    def description(self) -> Any:
        return self._done.description

    @property
    def rowcount(self) -> int:
        return self._done.rowcount

    @property
    def lastrowid(self) -> Any:
        return self._done.lastrowid

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        await self._run(_execute, operation, parameters)

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        await self._run(_execute_many, operation, seq_of_parameters)

    async def _run(self, what: Callable[..., _Done], sql: str, parameters: Any) -> None:
        adapted: Any = self._adapt_connection
        async with adapted._execute_mutex:
            self._done = await adapted.step(what, sql, parameters)
        self._rows = deque(self._done.rows)

    async def _async_soft_close(self) -> None:
        """There is nothing to close."""

    def close(self) -> None:
        self._rows.clear()


class OneStepConnection(AsyncAdapt_aiosqlite_connection):
    """Knows whether a transaction is open, and so need not ask for a rollback that does nothing."""

    __slots__ = ("_unfinished",)

    _cursor_cls = OneStepCursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._unfinished = False

    async def step(self, what: Callable[..., Any], *given: Any) -> Any:
        """`what(connection, *given)` in the thread. Who is cancelled meanwhile leaves it running."""
        connection: Any = self._connection
        self._unfinished = True
        try:
            done = await connection._execute(what, connection._conn, *given)
        except Exception:
            self._unfinished = False
            raise
        self._unfinished = False
        return done

    def rollback(self) -> None:
        connection: Any = self._connection
        if not self._unfinished and not (connection._connection and connection.in_transaction):
            return
        super().rollback()
        self._unfinished = False


class _Dbapi(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arguments: Any, **named: Any) -> OneStepConnection:
        opened = self.aiosqlite.connect(*arguments, **named)
        opened._thread.daemon = True  # as SQLAlchemy has it: a forgotten connection must not keep the process
        return OneStepConnection(self, await_(opened))


class OneStepDialect(SQLiteDialect_aiosqlite):
    """SQLAlchemy's dialect over aiosqlite with the connection above."""

    driver = "onestep"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        import aiosqlite

        return _Dbapi(aiosqlite, sqlite3)


registry.register("sqlite.onestep", __name__, "OneStepDialect")
