"""One step per statement loses nothing of what the driver promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import Database
from bot.kit.errors import Unavailable
from bot.store.counters.models import Counter

LONG = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT sum(i) FROM n"
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'kit.db'}", pool_size=1)
    async with database.write() as session:
        await session.execute(text("CREATE TABLE card (id INTEGER PRIMARY KEY, number TEXT UNIQUE)"))
    yield database
    await database.close()


async def numbers(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.scalars(text("SELECT number FROM card ORDER BY id"))).all())


async def cancelled_in_a_long_statement(
    sessions: AbstractAsyncContextManager[AsyncSession], *before: str
) -> None:
    """Run the statements `before` and a long one in a session, and be cancelled in the middle of that."""

    async def working() -> None:
        async with sessions as session:
            for statement in before:
                await session.execute(text(statement))
            begun.set()
            await session.execute(text(LONG))

    begun = asyncio.Event()
    task = asyncio.create_task(working())
    await begun.wait()
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_transaction_cancelled_in_the_middle_of_a_statement_is_undone(database: Database) -> None:
    """The connection goes back to the pool without it, and the next one may write."""
    await cancelled_in_a_long_statement(database.write(), "INSERT INTO card (number) VALUES ('lost')")
    async with database.write() as session:
        await session.execute(text("INSERT INTO card (number) VALUES ('kept')"))
    assert await numbers(database) == ["kept"]


async def test_a_broken_constraint_undoes_the_whole_transaction(database: Database) -> None:
    """Many rows in one statement included."""
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            await session.execute(text("INSERT INTO card (number) VALUES ('1')"))
            twice = [{"number": "2"}, {"number": "2"}]
            await session.execute(text("INSERT INTO card (number) VALUES (:number)"), twice)
    assert await numbers(database) == []


async def test_who_waits_too_long_for_another_process_is_told_so(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Busy is Unavailable, and afterwards everything works again."""
    monkeypatch.setattr("bot.kit.db.BUSY_MILLISECONDS", 50)
    other = Database(f"sqlite+aiosqlite:///{tmp_path / 'kit.db'}")
    async with database.write() as session:
        await session.execute(text("INSERT INTO card (number) VALUES ('1')"))
        with pytest.raises(Unavailable):
            async with other.write():
                pass
    async with other.write() as session:
        await session.execute(text("INSERT INTO card (number) VALUES ('2')"))
    await other.close()
    assert await numbers(database) == ["1", "2"]


async def test_what_is_changed_is_counted_and_what_is_long_can_be_streamed(database: Database) -> None:
    """The figures of a statement are there although its cursor is gone."""
    async with database.write() as session:
        many = [{"number": str(number)} for number in range(500)]
        await session.execute(text("INSERT INTO card (number) VALUES (:number)"), many)
        changed = await session.execute(text("UPDATE card SET number = number || 'x' WHERE id <= 20"))
        assert changed.rowcount == 20  # pyright: ignore[reportAttributeAccessIssue]
    async with database.read() as session:
        streamed = await session.stream(text("SELECT id FROM card ORDER BY id"))
        assert [row.id async for row in streamed] == list(range(1, 501))


async def test_a_read_sees_one_state_however_many_statements_it_takes(tmp_path: Path) -> None:
    """What is committed meanwhile is there for the next read; a stream belongs to the same state."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'state.db'}")
    async with database.write() as session:
        await session.execute(text("CREATE TABLE card (number TEXT)"))
    counted = text("SELECT count(*) FROM card")
    async with database.read() as session:
        assert await session.scalar(counted) == 0
        async with database.write() as writing:
            await writing.execute(text("INSERT INTO card VALUES ('1')"))
        assert await session.scalar(counted) == 0
        streamed = await session.stream(text("SELECT number FROM card"))
        assert [row.number async for row in streamed] == []
    async with database.read() as session:
        assert await session.scalar(counted) == 1
        async with database.write() as writing:
            await writing.execute(text("INSERT INTO card VALUES ('2')"))
        streamed = await session.stream(text("SELECT number FROM card"))
        assert [row.number async for row in streamed] == ["1"]
    await database.close()


async def test_a_stream_begins_the_state_that_the_rest_of_the_read_sees(database: Database) -> None:
    """Also when it is the first that is asked."""
    async with database.write() as session:
        await session.execute(text("INSERT INTO card (number) VALUES ('1')"))
    async with database.read() as session:
        streamed = await session.stream(text("SELECT number FROM card"))
        assert [row.number async for row in streamed] == ["1"]
        with pytest.raises(OperationalError):  # one transaction at a time
            await session.execute(text("BEGIN"))


async def test_what_was_read_holds_nobody_up_afterwards(database: Database) -> None:
    """After a read, a failed one and a cancelled one, the same connection writes."""
    assert await numbers(database) == []
    with pytest.raises(Unavailable):
        async with database.read() as session:
            await session.execute(text("SELECT * FROM nowhere"))
    await cancelled_in_a_long_statement(database.read())
    async with database.write() as session:
        await session.execute(text("INSERT INTO card (number) VALUES ('1')"))
    assert await numbers(database) == ["1"]


async def test_a_read_that_would_write_is_refused(database: Database) -> None:
    """A changed row is a bug that must not pass in silence."""
    async with database.read() as session:
        session.add(Counter(name="bug", value=1))
        with pytest.raises(RuntimeError, match="must not write"):
            await session.flush()
