"""The database: one declarative base, one engine, and two kinds of transaction.

`Database.read()` gives a session that never writes; `Database.write()` gives one that takes the write
lock at once (SQLite: BEGIN IMMEDIATE) and commits at the end of the block, or rolls everything back.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import DateTime, Dialect, MetaData, String, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from bot.kit.clock import require_utc
from bot.kit.errors import BadInput, Unavailable
from bot.kit.sqlite import DRIVER

log = structlog.get_logger(__name__)

BUSY_MILLISECONDS = 5_000
TURN_SECONDS = 20.0
IDLE_SECONDS = 5.0


@lru_cache(4_096)  # a file names the same moments again and again
def moment_text(moment: datetime) -> str:
    """The one form in which SQLite keeps a moment; it sorts as time does. ValueError without a zone."""
    return require_utc(moment).isoformat(timespec="microseconds")


# What reaches SQLite past the column type (a parameter of a textual statement) has no form of its own either.
sqlite3.register_adapter(datetime, moment_text)


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC datetimes. SQLite keeps them as `moment_text`, whoever writes them."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What the column holds. SQLAlchemy does not ask `impl`, and would say "anything"."""
        return datetime

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return moment_text(value) if dialect.name == "sqlite" else require_utc(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table. Constraints have names, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcTime}  # noqa: RUF012 - SQLAlchemy's own convention


class _NeverFlushes(Session):
    """Refuses to write. A listener per session would do the same and cost more than a statement."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        if self.new or self.dirty or self.deleted:
            raise RuntimeError("A read session must not write: use Database.write().")


class ReadSession(AsyncSession):
    """A session for reading. Flushing anything through it is a bug and fails."""

    sync_session_class = _NeverFlushes


class WriteSession(AsyncSession):
    """A session that holds the write lock; it commits when its block ends."""


_steps_back: ContextVar[bool] = ContextVar("steps_back", default=False)


def let_others_write_first() -> None:
    """From here on this task stands behind who must not wait when it writes.

    Many such tasks at once (the outbox sends to many customers) then delay an acknowledgement by one short
    transaction and not by all of theirs.
    """
    _steps_back.set(True)


class Database:
    """One engine and its sessions. Make one per process, close it at the end."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = asyncio.Lock()
        self._behind = asyncio.Lock()  # of those who let others write first, one at a time stands in line
        options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 20}
        if self.is_sqlite:
            if self.url.database and self.url.database != ":memory:":
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            options["connect_args"] = {"timeout": BUSY_MILLISECONDS / 1000}
        else:
            options["pool_use_lifo"] = True  # few connections are used again and again: they stay fresh
        self.engine: AsyncEngine = create_async_engine(
            self.url.set(drivername=DRIVER) if self.is_sqlite else self.url,
            hide_parameters=True,  # an error must not carry what a customer wrote into the log
            **options,
        )
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
        else:
            _ask_who_was_idle(self.engine)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[ReadSession]:
        """A transaction for reading.

        On PostgreSQL each statement is its own: READ COMMITTED shows each what is committed then anyway, and
        BEGIN and ROLLBACK would be two more journeys to the server.
        """
        async with ReadSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            try:
                if not self.is_sqlite:
                    await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
                yield session
            except (DBAPIError, PoolTimeout, OverflowError) as error:
                raise translated(error) from error

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[WriteSession]:
        """A transaction for writing: committed when the block ends well, else rolled back whole."""
        turn = self._writers_turn() if self.is_sqlite else nullcontext()
        async with turn, WriteSession(self.engine, expire_on_commit=False) as session:
            try:
                if self.is_sqlite:
                    # The engine's "begin" event reads this option (see _prepare_sqlite).
                    await session.connection(execution_options={"huitouke_write": True})
                yield session
                await session.commit()
            except (DBAPIError, PoolTimeout, OverflowError) as error:
                await session.rollback()
                raise translated(error) from error
            except BaseException:
                await session.rollback()
                raise

    @asynccontextmanager
    async def _writers_turn(self) -> AsyncGenerator[None]:
        """SQLite has one writer. Waiting here is fair and prompt; its own busy handler polls and starves."""
        try:
            async with asyncio.timeout(TURN_SECONDS):  # wait_for may lose a cancellation before 3.12
                async with self._behind if _steps_back.get() else nullcontext():
                    await self._writer.acquire()
        except TimeoutError as error:
            raise Unavailable("The database is busy: try again in a moment.") from error
        try:
            yield
        finally:
            self._writer.release()

    async def ping(self) -> None:
        """Raises Unavailable when the database does not answer."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


def insert_into(session: AsyncSession, table: type[DeclarativeBase]) -> Any:
    """An INSERT that can say ON CONFLICT, in the dialect of the session's database; its rows are counted."""
    inserting = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    # Else PostgreSQL's answer says nothing of how many rows there were: a conflict would look like a row.
    return inserting(table).execution_options(preserve_rowcount=True)


class WrongTables(Unavailable):
    """The database's tables are not those of this version: run `huitouke db upgrade`."""

    code = "wrong_tables"


_NO_SUCH = ("no such table", "no such column", "UndefinedTable", "UndefinedColumn")
"""How SQLite's messages and PostgreSQL's errors say that there is no such table or column."""


def translated(error: DBAPIError | PoolTimeout | OverflowError) -> Exception:
    """The driver's error as one of ours where it means something to a caller, else itself.

    Whoever waited in vain for a connection is told the same as by a database that is busy.
    """
    if isinstance(error, DBAPIError):
        said = f"{type(error.orig).__name__} {error.orig}"
        if any(words in said for words in _NO_SUCH):
            return WrongTables()
    if isinstance(error, (DataError, OverflowError)):
        # Doors check what they take; what slips through is still no fault of the house.
        log.warning("value_does_not_fit", error=type(error).__name__)
        return BadInput("有一个值太大了，或者含有不能保存的字符。")
    if isinstance(error, PoolTimeout) or error.connection_invalidated or isinstance(error, OperationalError):
        return Unavailable("The database is busy or out of reach: try again in a moment.")
    return error


def _ask_who_was_idle(engine: AsyncEngine) -> None:
    """Whether a connection still lives is asked when it was idle for a while, not every time it is used.

    A server that restarts in between costs who was faster than that an Unavailable, and all try again.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def _put_back(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def _taken(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("idle_since", time.monotonic()) < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:
            raise DisconnectionError from error  # the pool makes a new one, as it documents


def _prepare_sqlite(engine: AsyncEngine) -> None:
    """WAL, foreign keys, and transactions that begin when we say so (SQLAlchemy's pysqlite recipe)."""

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MILLISECONDS}",
            "temp_store=MEMORY",
            "cache_size=-65536",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("huitouke_write", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            driver: Any = connection.connection.dbapi_connection
            driver.begin_reading()
