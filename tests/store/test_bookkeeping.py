"""The books and what is told agree at every moment: what expires is booked, orders earn once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from bot.bookkeeping import Bookkeeping
from bot.kit.clock import FakeClock
from bot.kit.db import Database
from bot.kit.ids import CustomerId
from bot.store.ledger.audit import audit
from bot.store.ledger.errors import TooLittle
from bot.store.orders.models import Order, OrderState
from bot.store.orders.service import NewLine, place_order
from bot.store.points.models import EarningRule
from bot.store.points.reads import PointsMovement, points_history, points_summary
from bot.store.points.service import earn, redeem_points
from bot.store.requests.service import Note
from tests.store.builders import a_customer
from tests.store.conftest import NOW

DAY = timedelta(days=1)


async def a_member(database: Database) -> CustomerId:
    async with database.write() as session:
        return await a_customer(session)


async def give(database: Database, who: CustomerId, points: int, days: int, key: str) -> None:
    async with database.write() as session:
        await earn(session, who, points, Note(key, NOW, "test", "活动"), NOW + days * DAY)


async def told(database: Database, who: CustomerId, clock: FakeClock) -> tuple[int, list[PointsMovement]]:
    """Total and history as the customer hears them, of books that are sound."""
    async with database.read() as session:
        assert await audit(session) == []
        total = (await points_summary(session, who, clock())).total
        return total, await points_history(session, who)


async def test_points_whose_day_has_passed_are_booked_as_expired(database: Database, clock: FakeClock):
    """They are in the history as 到期, once, whoever looks how often; what is left stays."""
    who = await a_member(database)
    await give(database, who, 30, 1, "a")
    await give(database, who, 12, 9, "b")
    clock.advance(2 * DAY)
    books = Bookkeeping(database, clock)
    assert await books.expire() == 1
    assert await books.expire() == 0
    total, history = await told(database, who, clock)
    assert total == 12
    newest = history[0]
    assert (newest.kind, newest.points, newest.reason) == ("expire", -30, "到期")


async def test_several_workers_book_each_lot_once(database: Database, clock: FakeClock):
    """Whoever comes second finds nothing left of it."""
    people = [await a_member(database) for _ in range(8)]
    for place, who in enumerate(people * 5):
        await give(database, who, 5, 1, f"k{place}")
    clock.advance(2 * DAY)
    await asyncio.gather(*(Bookkeeping(database, clock).expire() for _ in range(4)))
    for who in people:
        total, history = await told(database, who, clock)
        assert total == 0
        assert sum(each.kind == "expire" for each in history) == 5


async def test_what_is_shown_is_what_can_be_spent_at_every_moment(database: Database, clock: FakeClock):
    """Booked as expired already or not yet: the last point goes, one more does not."""
    random = Random(7)
    who = await a_member(database)
    for place in range(12):
        await give(database, who, random.randint(1, 50), random.randint(1, 60), f"k{place}")
    books = Bookkeeping(database, clock)
    for turn in range(12):
        clock.advance(timedelta(hours=random.randint(0, 150), microseconds=random.randint(0, 9)))
        if random.random() < 0.5:
            await books.expire()
        total, _ = await told(database, who, clock)
        with pytest.raises(TooLittle):
            async with database.write() as session:
                await redeem_points(session, who, total + 1, Note(f"much{turn}", clock(), "test"))
        if total:
            async with database.write() as session:
                await redeem_points(session, who, 1, Note(f"one{turn}", clock(), "test"))
            assert (await told(database, who, clock))[0] == total - 1


RULE = {"code": "base", "name": "每消费 1 元得 1 积分", "points": 1, "per_fen": 100, "valid_months": 12}


async def an_order(
    database: Database, who: CustomerId, number: str, state: OrderState = "completed", days: int = 0
) -> None:
    async with database.write() as session:
        await place_order(
            session, who, number, [NewLine("P", "大米", 2, 4_590)], NOW + days * DAY, state=state
        )


async def becomes(database: Database, number: str, state: OrderState) -> str:
    async with database.write() as session:
        await session.execute(update(Order).where(Order.number == number).values(state=state))
        return (await session.execute(select(Order.points_state).where(Order.number == number))).scalar_one()


@pytest.fixture
async def buyer(database: Database) -> CustomerId:
    """Somebody in a company whose customers earn since yesterday."""
    async with database.write() as session:
        session.add(EarningRule(**RULE, since=NOW - DAY))
    return await a_member(database)


async def test_a_completed_order_earns_once(database: Database, clock: FakeClock, buyer: CustomerId):
    """By the rule, with its validity; two workers at once and the next run change nothing."""
    await an_order(database, buyer, "D1")
    await an_order(database, buyer, "D2", "shipped")
    await an_order(database, buyer, "D3", days=-30)  # before the rule
    books = Bookkeeping(database, clock)
    await asyncio.gather(books.earn(), books.earn())
    assert await books.earn() == 0
    total, history = await told(database, buyer, clock)
    assert total == 91
    assert [(each.points, each.reason) for each in history] == [(91, "订单 D1")]
    await becomes(database, "D2", "completed")
    await books.earn()
    assert (await told(database, buyer, clock))[0] == 182


async def test_a_returned_order_gives_its_points_back(
    database: Database, clock: FakeClock, buyer: CustomerId
):
    """As long as they are there; points that were used meanwhile stay used, and the order says so."""
    books = Bookkeeping(database, clock)
    await an_order(database, buyer, "D1")
    await books.earn()
    await becomes(database, "D1", "refunded")
    assert await books.earn() == 1
    assert (await told(database, buyer, clock))[0] == 0
    await an_order(database, buyer, "D2")
    await books.earn()
    async with database.write() as session:
        await redeem_points(session, buyer, 1, Note("r", clock(), "test"))
    await becomes(database, "D2", "cancelled")
    await books.earn()
    assert (await told(database, buyer, clock))[0] == 90
    assert await becomes(database, "D2", "cancelled") == "spent"
    assert await books.earn() == 0
