"""Large corrections and concessions beyond the rule need two people."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.kit.db import Database
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import ComplaintId, CustomerId
from bot.store.adjustments.service import (
    AdjustLimits,
    SamePerson,
    Target,
    decide_adjustment,
    open_adjustments,
    propose_adjustment,
)
from bot.store.concessions.models import ConcessionRule
from bot.store.concessions.service import BeyondRule, give_concession, room_for
from bot.store.ledger.audit import audit
from bot.store.ledger.errors import TooLittle
from bot.store.points.reads import points_summary
from bot.store.requests.service import Note
from tests.store.builders import a_customer, days
from tests.store.conftest import NOW

LIMITS = AdjustLimits(points=1_000, fen=10_000)


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        session.add(
            ConcessionRule(
                code="delay",
                name="延误补偿",
                text="每次不超过 200 分",
                unit="points",
                limit_each=200,
                times=2,
            )
        )
        return await a_customer(session)


def by(who: str, key: str, reason: str = "系统漏记", approved_by: str | None = None) -> Note:
    return Note(key, NOW, who, reason, approved_by)


async def total(database: Database, customer: CustomerId) -> int:
    async with database.read() as session:
        assert await audit(session) == []
        return (await points_summary(session, customer, NOW)).total


async def test_a_correction_has_an_amount_and_a_reason(database: Database, customer: CustomerId):
    """Zero, or no reason, is refused; taking more than there is too."""
    target = Target(customer, "points")
    for amount, reason, refusal in ((0, "x", BadInput), (5, "  ", BadInput), (-5, "x", TooLittle)):
        with pytest.raises(refusal):
            async with database.write() as session:
                await propose_adjustment(session, target, amount, by("陈晨", "k", reason), LIMITS)


async def test_a_small_correction_is_booked_at_once(database: Database, customer: CustomerId):
    """Up to the limit one person suffices, and sending it again changes nothing."""
    target = Target(customer, "points")
    async with database.write() as session:
        made = [await propose_adjustment(session, target, 1_000, by("陈晨", "k"), LIMITS) for _ in range(2)]
    assert [each.state for each in made] == ["booked"] * 2
    assert await total(database, customer) == 1_000


async def test_a_large_correction_waits_for_somebody_else(database: Database, customer: CustomerId):
    """Who proposed it cannot approve it; a colleague can, once."""
    async with database.write() as session:
        made = await propose_adjustment(session, Target(customer, "points"), 1_001, by("陈晨", "k"), LIMITS)
        assert [each.id for each in await open_adjustments(session)] == [made.id]
    assert await total(database, customer) == 0
    with pytest.raises(SamePerson):
        async with database.write() as session:
            await decide_adjustment(session, made.id, by("陈晨", "d1"), approve=True)
    for _ in range(2):
        async with database.write() as session:
            await decide_adjustment(session, made.id, by("吴桐", "d2"), approve=True)
    with pytest.raises(Conflict):
        async with database.write() as session:
            await decide_adjustment(session, made.id, by("何静", "d3"), approve=False)
    assert await total(database, customer) == 1_001


async def test_a_rejected_correction_books_nothing(database: Database, customer: CustomerId):
    """The colleague's no ends it."""
    async with database.write() as session:
        made = await propose_adjustment(session, Target(customer, "points"), 5_000, by("陈晨", "k"), LIMITS)
        await decide_adjustment(session, made.id, by("吴桐", "d"), approve=False)
        assert await open_adjustments(session) == []
    with pytest.raises(NotFound):
        async with database.write() as session:
            await decide_adjustment(session, 404, by("吴桐", "d4"), approve=True)
    assert await total(database, customer) == 0


async def test_the_database_knows_the_two_person_rule(database: Database, customer: CustomerId):
    """A large correction cannot be marked as booked by one person, not even with SQL."""
    async with database.write() as session:
        await propose_adjustment(session, Target(customer, "points"), 5_000, by("陈晨", "k"), LIMITS)
    for change in ("state = 'booked'", "decided_by = proposed_by"):
        with pytest.raises(IntegrityError):
            async with database.write() as session:
                await session.execute(text(f"UPDATE adjustment SET {change}"))


async def test_a_concession_stays_within_its_rule(database: Database, customer: CustomerId):
    """So much each time, so often a year, the same for everybody; sending it again gives it once."""
    for key in ("c1", "c1", "c2"):
        async with database.write() as session:
            await give_concession(session, customer, "delay", 200, by("陈晨", key))
    async with database.read() as session:
        assert (await room_for(session, customer, "delay", NOW)).times_left == 0
        assert (await room_for(session, customer, "delay", NOW + days(365))).times_left == 2
    for note in (by("陈晨", "c3"), by("陈晨", "c4", approved_by="陈晨")):
        with pytest.raises(BeyondRule):
            async with database.write() as session:
                await give_concession(session, customer, "delay", 100, note)
    async with database.write() as session:
        made = await give_concession(session, customer, "delay", 500, by("陈晨", "c5", approved_by="吴桐"))
    assert not made.within_rule
    assert await total(database, customer) == 900


async def test_a_concession_needs_a_rule_and_the_customers_own_complaint(
    database: Database, customer: CustomerId
):
    """Without a published rule nothing is given; a complaint of somebody else does not count."""
    for rule, amount, complaint, refusal in (
        ("nothing", 10, None, NotFound),
        ("delay", 0, None, BadInput),
        ("delay", 10, ComplaintId(404), NotFound),
    ):
        with pytest.raises(refusal):
            async with database.write() as session:
                await give_concession(
                    session, customer, rule, amount, by("陈晨", "c"), complaint_id=complaint
                )
