"""The ledger: nothing is spent twice, nothing goes below zero, and undoing restores what was there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.kit.db import Database
from bot.kit.errors import BadInput, NotFound
from bot.kit.ids import CustomerId, TransactionId
from bot.migrations.append_only import LEDGER
from bot.store.ledger.audit import audit
from bot.store.ledger.errors import AlreadyReversed, NotReversible, TooLittle
from bot.store.ledger.expiry import expire_due
from bot.store.ledger.models import Lot, Transaction
from bot.store.ledger.service import reverse
from bot.store.points.reads import points_summary
from bot.store.points.service import earn, redeem_points
from bot.store.requests.service import KeyReused
from tests.store.builders import a_customer, days, note
from tests.store.conftest import NOW


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        return await a_customer(session)


async def total(database: Database, customer: CustomerId, after: timedelta = timedelta()) -> int:
    """The points that can be spent, after checking that the books are in order."""
    async with database.read() as session:
        assert await audit(session) == []
        return (await points_summary(session, customer, NOW + after)).total


async def remaining(database: Database) -> list[int]:
    async with database.read() as session:
        return list((await session.execute(select(Lot.remaining).order_by(Lot.id))).scalars())


async def give(
    database: Database, customer: CustomerId, *lots: tuple[int, float | None]
) -> list[TransactionId]:
    """Earn lots of (points, days until they expire)."""
    async with database.write() as session:
        return [
            (
                await earn(session, customer, points, note(), None if end is None else NOW + days(end))
            ).transaction_id
            for points, end in lots
        ]


@pytest.mark.parametrize("amount", [0, -5, 1.5, True, "10"])
async def test_an_amount_is_a_whole_number_above_zero(database: Database, customer: CustomerId, amount: int):
    """Nothing else is earned or redeemed."""
    for operation in (
        lambda session: earn(session, customer, amount, note(), None),
        lambda session: redeem_points(session, customer, amount, note()),
    ):
        with pytest.raises(BadInput):
            async with database.write() as session:
                await operation(session)
    assert await total(database, customer) == 0


async def test_too_little_is_refused_and_never_clamped(database: Database, customer: CustomerId):
    """Asking for one more than there is takes nothing at all."""
    await give(database, customer, (60, 10), (40, None))
    with pytest.raises(TooLittle) as refused:
        async with database.write() as session:
            await redeem_points(session, customer, 101, note())
    assert (refused.value.wanted, refused.value.available) == (101, 100)
    assert await total(database, customer) == 100


async def test_the_lot_that_expires_first_is_spent_first(database: Database, customer: CustomerId):
    """A lot without an end comes last, whatever the order of earning."""
    await give(database, customer, (10, None), (20, 30), (30, 5))
    async with database.write() as session:
        await redeem_points(session, customer, 35, note())
    assert await remaining(database) == [10, 15, 0]
    assert await total(database, customer) == 25


async def test_expired_points_cannot_be_spent_even_before_they_are_booked_out(
    database: Database, customer: CustomerId
):
    """From its last moment on a lot counts for nothing."""
    await give(database, customer, (50, 1), (50, 2))
    with pytest.raises(TooLittle) as refused:
        async with database.write() as session:
            await redeem_points(session, customer, 51, note(at=NOW + days(1)))
    assert refused.value.available == 50
    assert await total(database, customer, days(1)) == 50


async def test_expiry_is_an_entry_and_happens_once(database: Database, customer: CustomerId):
    """The job books out what is due, one transaction a lot; running it again finds nothing."""
    await give(database, customer, (50, 1), (30, 1), (20, 9))
    async with database.write() as session:
        assert await expire_due(session, NOW + days(1), limit=1) == 1
        assert await expire_due(session, NOW + days(1)) == 1
        assert await expire_due(session, NOW + days(1)) == 0
    assert await total(database, customer, days(1)) == 20
    async with database.read() as session:
        booked = select(func.count()).where(Transaction.kind == "expire")
        assert (await session.execute(booked)).scalar_one() == 2


async def test_sending_a_request_again_changes_nothing(database: Database, customer: CustomerId):
    """The same key gives the same transaction, marked as repeated, even when the points are gone."""
    await give(database, customer, (100, None))
    same = note()
    async with database.write() as session:
        first = await redeem_points(session, customer, 100, same)
    async with database.write() as session:
        second = await redeem_points(session, customer, 100, same)
    assert (first.repeated, second.repeated) == (False, True)
    assert first.transaction_id == second.transaction_id
    assert await total(database, customer) == 0


async def test_a_key_belongs_to_one_request(database: Database, customer: CustomerId):
    """The same key with another amount, customer or operation is refused."""
    await give(database, customer, (100, None))
    same = note()
    async with database.write() as session:
        other = await a_customer(session, "李四")
        await earn(session, other, 50, note(), None)
        await redeem_points(session, customer, 10, same)
    for operation in (
        lambda session: redeem_points(session, customer, 11, same),
        lambda session: redeem_points(session, other, 10, same),
        lambda session: earn(session, customer, 10, same, None),
    ):
        with pytest.raises(KeyReused):
            async with database.write() as session:
                await operation(session)
    assert await total(database, customer) == 90


async def test_a_key_has_a_length(database: Database, customer: CustomerId):
    """An empty or an endless key is refused."""
    for key in ("", "k" * 81):
        with pytest.raises(BadInput):
            async with database.write() as session:
                bad = note("x")
                await earn(session, customer, 10, type(bad)(key, bad.at, bad.actor), None)


async def test_undoing_a_redemption_restores_the_original_lots(database: Database, customer: CustomerId):
    """Each lot gets back what was taken from it, with its own end."""
    await give(database, customer, (30, 5), (20, 30))
    async with database.write() as session:
        redeemed = await redeem_points(session, customer, 40, note())
        await reverse(session, redeemed.transaction_id, note())
    assert await remaining(database) == [30, 20]
    assert await total(database, customer) == 50
    assert await total(database, customer, days(5)) == 20


async def test_undoing_happens_once(database: Database, customer: CustomerId):
    """The same key is a repetition, another key is refused, and an undoing cannot be undone."""
    (earned,) = await give(database, customer, (30, None))
    again = note()
    async with database.write() as session:
        undone = await reverse(session, earned, again)
        assert (await reverse(session, earned, again)).repeated
    for transaction, refusal in ((earned, AlreadyReversed), (undone.transaction_id, NotReversible)):
        with pytest.raises(refusal):
            async with database.write() as session:
                await reverse(session, transaction, note())
    with pytest.raises(NotFound):
        async with database.write() as session:
            await reverse(session, TransactionId(999), note())
    assert await total(database, customer) == 0


async def test_earned_points_that_were_spent_cannot_be_taken_back(database: Database, customer: CustomerId):
    """Undoing would need points that are gone: it is refused, and nothing changes."""
    (earned,) = await give(database, customer, (30, None))
    async with database.write() as session:
        await redeem_points(session, customer, 1, note())
    with pytest.raises(NotReversible):
        async with database.write() as session:
            await reverse(session, earned, note())
    assert await total(database, customer) == 29


async def test_a_failure_in_the_middle_leaves_nothing(database: Database, customer: CustomerId):
    """When anything after the booking fails, the booking is gone too."""
    await give(database, customer, (100, None))
    with pytest.raises(ZeroDivisionError):
        async with database.write() as session:
            await redeem_points(session, customer, 70, note())
            _ = 1 / 0
    assert await total(database, customer) == 100


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_account SET balance = -1 WHERE customer_id IS NOT NULL",
        "UPDATE ledger_lot SET remaining = -1",
        "UPDATE ledger_lot SET remaining = granted + 1",
        "UPDATE ledger_account SET balance = 5 WHERE id = 1",
        "INSERT INTO ledger_account (kind, unit, customer_id, balance) "
        "SELECT 'points', 'points', id, 0 FROM customer",
    ],
)
async def test_the_database_itself_refuses_what_must_not_be(
    database: Database, customer: CustomerId, statement: str
):
    """Constraints hold even against somebody with SQL: no negative, no second account."""
    await give(database, customer, (100, None))
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            await session.execute(text(statement))


async def test_the_audit_finds_a_broken_promise(database: Database, customer: CustomerId):
    """A lot and a balance changed behind the ledger's back show up under the rules they break."""
    await give(database, customer, (100, None))
    async with database.write() as session:
        await session.execute(text("UPDATE ledger_lot SET remaining = remaining - 1"))
        await session.execute(text("UPDATE ledger_account SET balance = 70 WHERE customer_id IS NOT NULL"))
    async with database.read() as session:
        rules = {violation.rule for violation in await audit(session)}
    assert len(rules) == 3


@pytest.mark.parametrize("change", ["UPDATE {} SET id = id + 1", "DELETE FROM {}"])
@pytest.mark.parametrize("table", LEDGER)
async def test_what_is_booked_stays_booked(database: Database, customer: CustomerId, table: str, change: str):
    """Entries are only ever added: the database refuses to change or delete them."""
    await give(database, customer, (100, None))
    async with database.write() as session:
        await redeem_points(session, customer, 1, note())
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.write() as session:
            await session.execute(text(change.format(table)))
