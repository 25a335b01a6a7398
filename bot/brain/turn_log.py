"""Turns of conversations in SQLite or PostgreSQL: the last ones, and what was answered."""

from __future__ import annotations

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from pathlib import Path
from time import sleep, time
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

KEPT_ANSWERS = 16
WAL_TRIES = 100
"""A message sent again within so many turns gets its stored answer; beyond, the rows are deleted."""

_TABLES = sa.MetaData()

sa.Table(
    "brain_turns",
    _TABLES,
    sa.Column("conversation", sa.String(255), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.String(255)),
    sa.Column("whole", sa.Boolean, nullable=False),
    sa.Column("events", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.UniqueConstraint("conversation", "message_id"),
)

_INSERT = (
    "INSERT INTO brain_turns (conversation, n, message_id, whole, events, answer, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_LATEST = "SELECT n FROM brain_turns WHERE conversation = ? ORDER BY n DESC LIMIT 1"
_LOAD = "SELECT n, message_id, whole, events, answer FROM brain_turns WHERE conversation = ? ORDER BY n"
_TRIM = "DELETE FROM brain_turns WHERE conversation = ? AND n <= ?"
_FORGET = "DELETE FROM brain_turns WHERE conversation = ?"
_KEYS = "SELECT DISTINCT conversation FROM brain_turns"

Statement = tuple[str, tuple[Any, ...]]


class Conflict(Exception):
    """Another brain wrote a turn of this conversation meanwhile."""


class Turn(NamedTuple):
    """One turn: its number (from 1), the events as a JSON array, and the answer as JSON.

    `whole` says that `events` are all there is to remember, not only this turn's.
    """

    n: int
    message_id: str | None
    whole: bool
    events: str
    answer: str


class TurnLog(ABC):
    """The table of turns. Every call is one transaction."""

    @staticmethod
    def open(url: str) -> TurnLog:
        """Open the database at the SQLAlchemy URL `url`, making the table if it is missing."""
        parsed = cast(URL, make_url(url))
        if parsed.drivername.startswith("sqlite"):
            return SqliteTurnLog(parsed)
        if parsed.drivername.startswith("postgres"):
            return PostgresTurnLog(parsed)
        raise ValueError(f"BRAIN_DATABASE_URL must be SQLite or PostgreSQL, not {parsed.drivername}.")

    async def latest(self, conversation: str) -> int:
        """The number of the last turn; 0 if there is none."""
        rows = await self._read(_LATEST, (conversation,))
        return rows[0][0] if rows else 0

    async def load(self, conversation: str) -> list[Turn]:
        """All kept turns, oldest first."""
        return [Turn(*row) for row in await self._read(_LOAD, (conversation,))]

    async def append(self, conversation: str, turn: Turn) -> None:
        """Add `turn`; raises `Conflict` if its number or its message is there already."""
        statements: list[Statement] = [
            (_INSERT, (conversation, turn.n, turn.message_id, turn.whole, turn.events, turn.answer, time()))
        ]
        if turn.whole:
            statements.append((_TRIM, (conversation, turn.n - KEPT_ANSWERS)))
        await self._write(statements)

    async def forget(self, conversation: str) -> None:
        """Delete every turn of `conversation`."""
        await self._write([(_FORGET, (conversation,))])

    async def keys(self) -> list[str]:
        """Every conversation there is."""
        return [row[0] for row in await self._read(_KEYS, ())]

    @abstractmethod
    async def _read(self, sql: str, parameters: tuple[Any, ...]) -> list[Any]: ...

    @abstractmethod
    async def _write(self, statements: list[Statement]) -> None:
        """Run all of `statements` or none."""

    @abstractmethod
    def close(self) -> None: ...


def _make_tables(engine: sa.engine.Engine) -> None:
    """Brains that start at once on a new log find the tables, whichever of them made them."""
    try:
        _TABLES.create_all(engine, checkfirst=True)
    except DBAPIError:
        _TABLES.create_all(engine, checkfirst=True)


def _write_ahead(db: sqlite3.Connection) -> None:
    """Change to WAL. SQLite does not wait by itself when another process is about to do the same."""
    for left in reversed(range(WAL_TRIES)):
        try:
            db.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if not left:
                raise
            sleep(0.05)


class SqliteTurnLog(TurnLog):
    """In a file beside the store. It answers in microseconds, so it is called without a thread."""

    def __init__(self, url: URL) -> None:
        path = Path(url.database or "brain.db")
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url)
        _make_tables(engine)
        engine.dispose()
        self._db = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
        # A commit survives the death of the process; what a power cut could take, the server sends again.
        _write_ahead(self._db)
        self._db.execute("PRAGMA synchronous=NORMAL")

    async def _read(self, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
        return self._db.execute(sql, parameters).fetchall()

    async def _write(self, statements: list[Statement]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for sql, parameters in statements:
                self._db.execute(sql, parameters)
        except sqlite3.IntegrityError as error:
            self._db.execute("ROLLBACK")
            raise Conflict(str(error)) from error
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


class PostgresTurnLog(TurnLog):
    """In a database several machines share. It is waited for in a thread."""

    def __init__(self, url: URL) -> None:
        self._engine = sa.create_engine(url.set(drivername="postgresql+psycopg2"), pool_pre_ping=True)
        _make_tables(self._engine)

    async def _read(self, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
        return await asyncio.to_thread(self._run, [(sql, parameters)], True)

    async def _write(self, statements: list[Statement]) -> None:
        await asyncio.to_thread(self._run, statements, False)

    def _run(self, statements: list[Statement], fetch: bool) -> list[Any]:
        try:
            with self._engine.begin() as connection:
                results = [
                    connection.exec_driver_sql(sql.replace("?", "%s"), parameters)
                    for sql, parameters in statements
                ]
                return [tuple(row) for row in results[-1].fetchall()] if fetch else []
        except IntegrityError as error:
            raise Conflict(str(error.orig)) from error

    def close(self) -> None:
        self._engine.dispose()
