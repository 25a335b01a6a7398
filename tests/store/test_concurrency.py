"""Many at once, and a process that dies in the middle: nothing is spent twice, nothing is half done."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.kit.db import Database
from bot.kit.errors import Unavailable
from bot.kit.ids import CustomerId
from bot.store.ledger.audit import audit
from bot.store.ledger.errors import TooLittle
from bot.store.ledger.models import Transaction
from bot.store.points.reads import points_summary
from bot.store.points.service import earn, redeem_points
from tests.store.builders import a_customer, days, note
from tests.store.conftest import NOW

ROOT = Path(__file__).resolve().parents[2]


async def customer_with(database: Database, *lots: int) -> CustomerId:
    async with database.write() as session:
        customer = await a_customer(session)
        for place, points in enumerate(lots):
            await earn(session, customer, points, note(), NOW + days(10 + place))
    return customer


@pytest.mark.slow
async def test_a_thousand_redemptions_at_once_spend_a_hundred_points(database: Database):
    """Each wants one point of a hundred: exactly a hundred get theirs, nine hundred are refused."""
    customer = await customer_with(database, 30, 70)

    async def redeem() -> str:
        mine = note()
        while True:
            try:
                async with database.write() as session:
                    await redeem_points(session, customer, 1, mine)
                return "spent"
            except TooLittle:
                return "refused"
            except Unavailable:  # waited too long for its turn on a slow machine: the same request again
                continue

    outcomes = Counter(await asyncio.gather(*(redeem() for _ in range(1_000))))
    assert outcomes == {"spent": 100, "refused": 900}
    async with database.read() as session:
        assert await audit(session) == []
        assert (await points_summary(session, customer, NOW)).total == 0


async def test_one_request_sent_fifty_times_at_once_is_booked_once(database: Database):
    """All of them get the same transaction, one of them made it."""
    customer = await customer_with(database, 100)
    same = note()

    async def redeem() -> tuple[int, bool]:
        while True:
            try:
                async with database.write() as session:
                    posted = await redeem_points(session, customer, 10, same)
            except Unavailable:  # as above
                continue
            return posted.transaction_id, posted.repeated

    outcomes = await asyncio.gather(*(redeem() for _ in range(50)))
    assert len({transaction for transaction, _ in outcomes}) == 1
    assert sum(not repeated for _, repeated in outcomes) == 1
    async with database.read() as session:
        assert (await points_summary(session, customer, NOW)).total == 90


WORKER = """
import asyncio, sys
from bot.kit.db import Database
from bot.kit.errors import Unavailable
from bot.kit.ids import CustomerId
from bot.store.points.service import redeem_points
from bot.store.requests.service import Note
from tests.store.conftest import NOW

async def main(url, customer):
    database = Database(url)

    async def lane(name):
        for number in range(10_000):
            key = f"{name}-{number}"
            async with database.write() as session:
                await redeem_points(session, CustomerId(customer), 3, Note(key, NOW, "worker"))
            print(key, flush=True)

    await asyncio.gather(*(lane(f"lane{number}") for number in range(4)))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


@pytest.mark.slow
async def test_a_process_killed_in_the_middle_leaves_nothing_half_done(database: Database, database_url: str):
    """Whatever was said to be done is in the ledger; what was not is there whole or not at all."""
    customer = await customer_with(database, 50_000, 50_000)
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, database_url, str(customer), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert worker.stdout is not None
    said: list[str] = []
    while len(said) < 60:
        line = await asyncio.wait_for(worker.stdout.readline(), 60)
        assert line, "The worker ended by itself."
        said.append(line.decode().strip())
    worker.send_signal(signal.SIGKILL)
    rest, _ = await worker.communicate()
    said += rest.decode().split()
    async with database.read() as session:
        assert await audit(session) == []
        booked = set(
            (await session.execute(select(Transaction.key).where(Transaction.kind == "redeem"))).scalars()
        )
        left = (await points_summary(session, customer, NOW)).total
    assert set(said) <= booked
    assert len(booked) - len(said) <= 4
    assert left == 100_000 - 3 * len(booked)
    async with database.write() as session:  # and the store still works
        await redeem_points(session, customer, left, note())
