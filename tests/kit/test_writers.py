"""On SQLite, writers stand in line; who is in no hurry lets others go first."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import text

from bot.kit.db import Database, let_others_write_first


async def test_many_who_are_in_no_hurry_delay_others_by_one_transaction(tmp_path: Path) -> None:
    """Twenty deliveries are written; an acknowledgement that comes now waits for at most two of them."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'line.db'}")
    async with database.write() as session:
        await session.execute(text("CREATE TABLE line (who TEXT)"))

    async def write(who: str) -> None:
        async with database.write() as session:
            await session.execute(text("INSERT INTO line VALUES (:who)"), {"who": who})

    async def deliver() -> None:
        let_others_write_first()
        await write("delivery")

    deliveries = [asyncio.create_task(deliver()) for _ in range(20)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await write("acknowledgement")
    await asyncio.gather(*deliveries)
    async with database.read() as session:
        order = list(await session.scalars(text("SELECT who FROM line ORDER BY rowid")))
    await database.close()
    assert len(order) == 21
    assert order.index("acknowledgement") <= 2
