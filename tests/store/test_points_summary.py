"""What a customer is told about their points."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.kit.db import Database
from bot.kit.errors import NotFound
from bot.kit.ids import CustomerId
from bot.store.customers.models import Tier
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.dates import add_months, end_of_day, last_day
from bot.store.ledger.service import reverse
from bot.store.points.reads import ExpiringPoints, NextTier, points_summary
from bot.store.points.service import earn, redeem_points
from tests.store.builders import a_customer, days, note
from tests.store.conftest import NOW


async def test_a_customer_who_does_not_exist_has_no_summary(database: Database):
    """An unknown id is an error, not zero points."""
    async with database.read() as session:
        with pytest.raises(NotFound):
            await points_summary(session, CustomerId(404), NOW)


async def test_a_new_customer_has_zero_points(database: Database):
    """No account yet means nothing, and nothing expires."""
    async with database.write() as session:
        customer = await a_customer(session)
        summary = await points_summary(session, customer, NOW)
    assert (summary.total, summary.expiring, summary.tier) == (0, (), None)


async def test_expiring_points_are_summed_by_day_next_first(database: Database):
    """Lots of one day are one line; beyond 90 days nothing is announced."""
    async with database.write() as session:
        customer = await a_customer(session)
        for points, day in ((5, 31), (7, 31), (3, 1), (100, None)):
            until = end_of_day(date(2026, 12, day)) if day else NOW + days(91)
            await earn(session, customer, points, note(), until)
        summary = await points_summary(session, customer, NOW)
    assert summary.total == 115
    assert summary.expiring == (
        ExpiringPoints(3, date(2026, 12, 1)),
        ExpiringPoints(12, date(2026, 12, 31)),
    )


async def test_the_day_is_the_one_where_the_customer_lives(database: Database):
    """The same moment is another date in Shanghai than in Los Angeles."""
    until = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    async with database.write() as session:
        here = await a_customer(session)
        there = await add_customer(session, NewCustomer("远方", time_zone="America/Los_Angeles"), NOW)
        for customer in (here, there):
            await earn(session, customer, 1, note(), until)
        dates = [(await points_summary(session, who, NOW)).expiring[0].on for who in (here, there)]
    assert dates == [date(2026, 12, 31), date(2026, 12, 31)]
    assert last_day(until, "Asia/Shanghai") == date(2026, 12, 31)
    assert last_day(datetime(2027, 1, 1, 1, tzinfo=UTC), "America/Los_Angeles") == date(2026, 12, 31)


async def test_the_way_to_the_next_tier_counts_what_was_earned(database: Database):
    """Spending moves nobody away from the next tier; undone and year-old earnings do not count."""
    async with database.write() as session:
        session.add_all(
            [
                Tier(code="basic", name="普通会员", rank=0, threshold=0),
                Tier(code="silver", name="银卡", rank=1, threshold=1_000),
            ]
        )
        await session.flush()
        customer = await a_customer(session)
        await earn(session, customer, 300, note(), None)
        await earn(session, customer, 200, note(at=NOW - days(365)), None)
        undone = await earn(session, customer, 400, note(), None)
        await reverse(session, undone.transaction_id, note())
        await redeem_points(session, customer, 250, note())
        summary = await points_summary(session, customer, NOW)
    assert summary.total == 250
    assert summary.earned_in_period == 300
    assert summary.next_tier == NextTier("普通会员", 0)


def test_months_end_where_the_month_ends():
    """Three months after November 30 is the last of February."""
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert add_months(date(2026, 11, 22), 3) == date(2027, 2, 22)
