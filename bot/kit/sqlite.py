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


def _begin(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN").close()


def _begin_and(connection: sqlite3.Connection, what: Callable[..., Any], *given: Any) -> Any:
    _begin(connection)
    return what(connection, *given)


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
    """Knows whether a transaction is open, and so need not ask for a rollback that does nothing.

    One for reading begins with its first statement, in the same step, and nobody waits for its end: what is
    asked next of this connection comes after it in any case.
    """

    __slots__ = ("_begins", "_reads", "_unfinished", "_untouched")

    _cursor_cls = OneStepCursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._unfinished = False
        self._begins = False
        """A transaction for reading is to begin with the next statement."""
        self._reads = False
        """Such a one is open."""
        self._untouched = False
        """Nothing was asked since the last rollback."""

    def begin_reading(self) -> None:
        """What comes until the rollback sees one state of the database."""
        self._begins = True

    async def step(self, what: Callable[..., Any], *given: Any) -> Any:
        """`what(connection, *given)` in the thread. Who is cancelled meanwhile leaves it running."""
        connection: Any = self._connection
        self._unfinished, self._untouched = True, False
        if self._begins:
            self._begins, self._reads = False, True
            what, given = _begin_and, (what, *given)
        try:
            done = await connection._execute(what, connection._conn, *given)
        except Exception:
            self._unfinished = False
            raise
        self._unfinished = False
        return done

    def cursor(self, server_side: bool = False) -> Any:
        """A cursor; one that is read bit by bit is SQLAlchemy's own and begins nothing by itself."""
        if server_side and self._begins:
            self._begins = False
            await_(self.step(_begin))
            self._reads = True
        return super().cursor(server_side)

    def rollback(self) -> None:
        connection: Any = self._connection
        reads, self._reads, self._begins = self._reads, False, False
        if self._untouched or not connection._connection:
            return
        if self._unfinished or not reads:
            if self._unfinished or connection.in_transaction:
                super().rollback()
        else:
            connection._tx.put_nowait((None, connection._conn.rollback))
        self._unfinished, self._untouched = False, True


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
