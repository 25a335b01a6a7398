"""Cards: principal and bonus stay apart, and an expired card pays nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.kit.db import Database
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CardId, CustomerId
from bot.store.cards.reads import balance_by_card
from bot.store.cards.service import CardNotValid, NewCard, open_card, spend, top_up
from bot.store.dates import end_of_day
from bot.store.ledger.audit import audit
from bot.store.ledger.errors import TooLittle
from bot.store.ledger.service import reverse
from tests.store.builders import a_card, a_customer, days, note
from tests.store.conftest import NOW


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        return await a_customer(session)


async def money(database: Database, customer: CustomerId) -> list[tuple[int, int]]:
    """(principal, bonus) of each card, after checking the books."""
    async with database.read() as session:
        assert await audit(session) == []
        balance = await balance_by_card(session, customer, NOW)
    return [(card.principal, card.bonus) for card in balance.cards]


async def test_a_card_needs_a_type_and_a_number_of_its_own(database: Database, customer: CustomerId):
    """An unknown type, a short number and a number in use are refused."""
    async with database.write() as session:
        await a_card(session, customer, number="62050001")
    for new, refusal in (
        (NewCard("62050002", "unknown", None), NotFound),
        (NewCard("62", "stored", None), BadInput),
        (NewCard("62050001", "stored", None), Conflict),
    ):
        with pytest.raises(refusal):
            async with database.write() as session:
                await open_card(session, customer, new, NOW)


async def test_money_on_top_stays_bonus(database: Database, customer: CustomerId):
    """100 + 1 is 100 of principal and 1 of bonus."""
    async with database.write() as session:
        card = await a_card(session, customer)
        await top_up(session, card, 10_000, note(), bonus=100)
    assert await money(database, customer) == [(10_000, 100)]


async def test_bonus_is_spent_before_principal(database: Database, customer: CustomerId):
    """Of money that expires at the same time the customer's own comes last."""
    async with database.write() as session:
        card = await a_card(session, customer)
        await top_up(session, card, 10_000, note(), bonus=100)
        paid = await spend(session, card, 150, note())
    assert await money(database, customer) == [(9_950, 0)]
    async with database.write() as session:
        await reverse(session, paid.transaction_id, note())
    assert await money(database, customer) == [(10_000, 100)]


async def test_more_than_is_on_the_card_is_refused(database: Database, customer: CustomerId):
    """Nothing is taken, also not from the customer's other card."""
    async with database.write() as session:
        first, second = await a_card(session, customer), await a_card(session, customer)
        await top_up(session, first, 500, note())
        await top_up(session, second, 500, note())
    with pytest.raises(TooLittle):
        async with database.write() as session:
            await spend(session, first, 501, note())
    assert await money(database, customer) == [(500, 0), (500, 0)]


async def test_an_expired_card_neither_takes_nor_gives_money(database: Database, customer: CustomerId):
    """On its last day a card works, the moment after it does not."""
    until = end_of_day(date(2026, 11, 30))
    async with database.write() as session:
        card = await a_card(session, customer, valid_until=until)
        await top_up(session, card, 1_000, note())
        await spend(session, card, 100, note(at=until - timedelta(seconds=1)))
    for operation in (spend, top_up):
        with pytest.raises(CardNotValid):
            async with database.write() as session:
                await operation(session, card, 100, note(at=until))
    assert await money(database, customer) == [(900, 0)]
    with pytest.raises(NotFound):
        async with database.write() as session:
            await spend(session, CardId(404), 1, note())


async def test_the_balance_says_what_can_be_spent(database: Database, customer: CustomerId):
    """Cards that can be spent come first, soonest to end first; an expired one counts for nothing."""
    async with database.write() as session:
        stranger = await a_customer(session, "李四")
        plan = ((customer, 40), (customer, -1), (customer, 7), (customer, None), (stranger, 5))
        for place, (owner, left) in enumerate(plan, start=1):
            until = None if left is None else end_of_day((NOW + days(max(left, 1))).date())
            card = await a_card(session, owner, valid_until=until, number=f"6205000{place}")
            await top_up(session, card, place * 100, note(), bonus=1, bonus_expires_at=NOW + days(3))
        balance = await balance_by_card(session, customer, NOW + days(2))
    seen = [(card.masked_number, card.principal, card.bonus, card.state) for card in balance.cards]
    assert seen == [
        ("**** 0003", 300, 1, "expiring"),
        ("**** 0001", 100, 1, "valid"),
        ("**** 0004", 400, 1, "valid"),
        ("**** 0002", 200, 1, "expired"),
    ]
    assert balance.total == 803
    assert balance.cards[0].valid_until == date(2026, 11, 29)
    assert balance.cards[3].hall_until == date(2027, 2, 23)


async def test_a_bonus_ends_by_itself(database: Database, customer: CustomerId):
    """After its own end the bonus is gone while the principal stays."""
    async with database.write() as session:
        card = await a_card(session, customer)
        await top_up(session, card, 100, note(), bonus=50, bonus_expires_at=NOW + days(1))
        before = await balance_by_card(session, customer, NOW)
        after = await balance_by_card(session, customer, NOW + days(1))
    assert (before.total, after.total) == (150, 100)
