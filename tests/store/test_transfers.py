"""Money moves between a customer's own cards of one type, and bonus stays bonus."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.kit.db import Database
from bot.kit.errors import BadInput
from bot.kit.ids import CardId, CustomerId
from bot.store.cards.reads import balance_by_card
from bot.store.cards.service import CardNotValid, spend, top_up
from bot.store.cards.transfers import (
    NotTransferable,
    WindowClosed,
    extend_validity,
    transfer,
    transfer_at_hall,
)
from bot.store.dates import end_of_day
from bot.store.held.service import hold_money, release_money
from bot.store.ledger.audit import audit
from bot.store.ledger.errors import TooLittle
from tests.store.builders import a_card, a_customer, note
from tests.store.conftest import NOW

EXPIRES = end_of_day(date(2026, 11, 30))


Cards = tuple[CardId, CardId]


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        return await a_customer(session)


@pytest.fixture
async def cards(database: Database, customer: CustomerId) -> Cards:
    """A card with 100 + 1 yuan that is valid through November, and an empty one of the same type."""
    async with database.write() as session:
        source = await a_card(session, customer, valid_until=EXPIRES)
        target = await a_card(session, customer)
        await top_up(session, source, 10_000, note(), bonus=100)
    return source, target


async def money(database: Database, customer: CustomerId) -> dict[CardId, tuple[int, int]]:
    async with database.read() as session:
        assert await audit(session) == []
        balance = await balance_by_card(session, customer, NOW)
    return {card.card_id: (card.principal, card.bonus) for card in balance.cards}


async def test_only_own_different_cards_of_one_type(database: Database, customer: CustomerId, cards: Cards):
    """Somebody else's card, the same card, or a card of another type takes nothing."""
    async with database.write() as session:
        stranger = await a_customer(session, "李四")
        theirs = await a_card(session, stranger)
        fuel = await a_card(session, customer, "fuel")
    for target in (theirs, cards[0], fuel):
        with pytest.raises(NotTransferable):
            async with database.write() as session:
                await transfer(session, customer, cards[0], target, 100, note())
    with pytest.raises(NotTransferable):
        async with database.write() as session:
            await transfer(session, stranger, cards[0], cards[1], 100, note())
    assert await money(database, customer) == {cards[0]: (10_000, 100), cards[1]: (0, 0), fuel: (0, 0)}


async def test_no_more_than_there_is(database: Database, customer: CustomerId, cards: Cards):
    """One fen too much, zero, or less than nothing is refused."""
    for amount, refusal in ((10_101, TooLittle), (0, BadInput), (-1, BadInput)):
        with pytest.raises(refusal):
            async with database.write() as session:
                await transfer(session, customer, cards[0], cards[1], amount, note())


async def test_bonus_stays_bonus_and_a_transfer_happens_once(
    database: Database, customer: CustomerId, cards: Cards
):
    """The same request again moves nothing more; both parts arrive as what they were."""
    same = note()
    async with database.write() as session:
        moved = [await transfer(session, customer, *cards, 2_100, same) for _ in range(2)]
    assert [(each.principal, each.bonus) for each in moved] == [(2_000, 100)] * 2
    assert await money(database, customer) == {cards[0]: (8_000, 0), cards[1]: (2_000, 100)}


async def test_after_the_last_day_only_the_hall_moves_money_for_three_months(
    database: Database, customer: CustomerId, cards: Cards
):
    """Before it the customer does it alone, then staff, then nobody."""
    until = EXPIRES
    window = end_of_day(date(2027, 2, 28))
    for operation, at, refusal in (
        (transfer_at_hall, until - timedelta(seconds=1), WindowClosed),
        (transfer, until, CardNotValid),
        (transfer_at_hall, window, WindowClosed),
    ):
        with pytest.raises(refusal):
            async with database.write() as session:
                await operation(session, customer, *cards, 100, note(at=at))
    async with database.write() as session:
        await transfer_at_hall(session, customer, *cards, 10_100, note(at=window - timedelta(seconds=1)))
    assert await money(database, customer) == {cards[0]: (0, 0), cards[1]: (10_000, 100)}


async def test_an_expired_card_takes_no_money(database: Database, customer: CustomerId, cards: Cards):
    """The target has to be valid."""
    async with database.write() as session:
        await top_up(session, cards[1], 500, note())
        with pytest.raises(CardNotValid):
            await transfer(session, customer, cards[1], cards[0], 100, note(at=EXPIRES))


async def test_a_validity_is_only_extended(database: Database, customer: CustomerId, cards: Cards):
    """A longer life lets the card be spent again; an earlier end is refused."""
    later = end_of_day(date(2027, 5, 31))
    async with database.write() as session:
        same = note()
        for _ in range(2):
            await extend_validity(session, cards[0], later, same)
        await spend(session, cards[0], 100, note(at=EXPIRES))
    for card, until in ((cards[0], EXPIRES), (cards[1], later)):
        with pytest.raises(BadInput):
            async with database.write() as session:
                await extend_validity(session, card, until, note())


async def test_held_money_is_seen_and_paid_out_once(database: Database, customer: CustomerId):
    """What the company keeps for a customer shows in the balance until it is released."""
    async with database.write() as session:
        await hold_money(session, customer, 5_000, note())
        balance = await balance_by_card(session, customer, NOW)
        assert (balance.held, balance.total) == (5_000, 0)
        same = note()
        for _ in range(2):
            await release_money(session, customer, 5_000, same)
    with pytest.raises(TooLittle):
        async with database.write() as session:
            await release_money(session, customer, 1, note())
    assert await money(database, customer) == {}
