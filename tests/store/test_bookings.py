"""Bookings: a slot never holds more than it can, and moving never loses a place."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.kit.db import Database
from bot.kit.errors import Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.bookings.models import ServiceOffered, Slot
from bot.store.bookings.service import SlotFull, book, cancel_booking, free_slots, move_booking, own_bookings
from tests.store.builders import a_customer, days, note
from tests.store.conftest import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    """A customer; slots 1 (two places, tomorrow), 2 (one place, in two days), 3 (past), 4 (not offered)."""
    async with database.write() as session:
        session.add(ServiceOffered(code="clean", name="清洗", minutes=60, offered=True))
        session.add(ServiceOffered(code="stop", name="停办", minutes=60, offered=False))
        await session.flush()
        plan = (("clean", 1, 2), ("clean", 2, 1), ("clean", -1, 9), ("stop", 1, 9))
        for service, day, capacity in plan:
            start = NOW + days(day)
            session.add(
                Slot(
                    service_code=service,
                    place="一号厅",
                    starts_at=start,
                    ends_at=start + HOUR,
                    capacity=capacity,
                    taken=0,
                )
            )
            await session.flush()
        return await a_customer(session)


async def taken(database: Database) -> list[int]:
    async with database.read() as session:
        return list((await session.execute(select(Slot.taken).order_by(Slot.id))).scalars())


async def test_what_is_past_unknown_or_not_offered_is_not_booked(database: Database, customer: CustomerId):
    """Nothing is taken by a refused booking."""
    for slot in (3, 4, 404):
        with pytest.raises(SlotFull):
            async with database.write() as session:
                await book(session, customer, slot, note())
    with pytest.raises(NotFound):
        async with database.write() as session:
            await cancel_booking(session, 404, note())
    assert await taken(database) == [0, 0, 0, 0]


async def test_a_customer_has_a_slot_once(database: Database, customer: CustomerId):
    """The same request again is the same booking; a second one for the same time is refused."""
    same = note()
    async with database.write() as session:
        made, again = [await book(session, customer, 1, same, wish="请带滤芯") for _ in range(2)]
    assert made.id == again.id
    with pytest.raises(SlotFull):
        async with database.write() as session:
            await book(session, customer, 1, note())
    async with database.read() as session:
        (own,) = await own_bookings(session, customer, NOW)
        free = await free_slots(session, "clean", NOW, NOW + days(9))
    assert (own.number, own.service, own.wish) == (made.number, "清洗", "请带滤芯")
    assert own.number.startswith("YY20261122")
    assert [(slot.slot_id, slot.free) for slot in free] == [(1, 1), (2, 1)]
    assert await taken(database) == [1, 0, 0, 0]


async def test_moving_and_cancelling_free_the_place(database: Database, customer: CustomerId):
    """Each happens once, and a cancelled booking is not moved any more."""
    async with database.write() as session:
        made = await book(session, customer, 1, note())
        same, again = note(), note()
        for _ in range(2):
            await move_booking(session, made.id, 2, same)
        assert await own_bookings(session, customer, NOW + days(3)) == []
        for _ in range(2):
            await cancel_booking(session, made.id, again)
    with pytest.raises(Conflict):
        async with database.write() as session:
            await move_booking(session, made.id, 1, note())
    assert await taken(database) == [0, 0, 0, 0]


async def test_a_move_into_a_full_slot_keeps_the_old_place(database: Database, customer: CustomerId):
    """Nothing is given up before the new place is sure."""
    async with database.write() as session:
        other = await a_customer(session, "李四")
        await book(session, other, 2, note())
        made = await book(session, customer, 1, note())
    with pytest.raises(SlotFull):
        async with database.write() as session:
            await move_booking(session, made.id, 2, note())
    assert await taken(database) == [1, 1, 0, 0]


async def test_the_last_place_goes_to_one(database: Database, customer: CustomerId):
    """Of six who book two places at the same moment two get one; swapping at once does not deadlock."""
    async with database.write() as session:
        people = [await a_customer(session, f"顾客{number}") for number in range(6)]

    async def want(who: CustomerId) -> int | None:
        try:
            async with database.write() as session:
                return (await book(session, who, 1, note())).id
        except SlotFull:
            return None

    got = [each for each in await asyncio.gather(*(want(who) for who in people)) if each]
    assert len(got) == 2
    async with database.write() as session:
        session.add(
            Slot(
                service_code="clean",
                place="二号厅",
                starts_at=NOW + days(5),
                ends_at=NOW + days(6),
                capacity=9,
                taken=0,
            )
        )
        await move_booking(session, got[0], 5, note())

    async def move(which: int, slot: int) -> None:
        async with database.write() as session:
            await move_booking(session, which, slot, note())

    await asyncio.wait_for(asyncio.gather(move(got[0], 1), move(got[1], 5)), 10)
    assert await taken(database) == [1, 0, 0, 0, 1]
