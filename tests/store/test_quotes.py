"""Quotes: nothing is charged that the customer did not agree to, at that price, by that time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.kit.db import Database
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CardId, CustomerId
from bot.store.cards.reads import balance_by_card
from bot.store.cards.service import top_up
from bot.store.ledger.audit import audit
from bot.store.ledger.errors import TooLittle
from bot.store.quotes.charges import Charged, NothingApproved, Undecided, charge_quote
from bot.store.quotes.models import LineDecision, Quote
from bot.store.quotes.reads import quote_view
from bot.store.quotes.service import Offer, StaleVersion, cancel_quote, decide_lines, make_quote, requote
from tests.store.builders import a_card, a_customer, note
from tests.store.conftest import NOW

WORK = (("更换保险杠", 300_000), ("喷漆", 80_000))
READY = NOW + timedelta(days=2)


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        return await a_customer(session)


async def quoted(database: Database, customer: CustomerId, insurance: int = 0) -> Quote:
    async with database.write() as session:
        return await make_quote(session, customer, "车身维修", Offer(WORK, insurance, READY), note())


async def say(database: Database, quote: Quote, version: int, *words: LineDecision) -> None:
    async with database.write() as session:
        decisions = dict(enumerate(words, start=1))
        await decide_lines(session, quote.id, version, decisions, "网页聊天：同意", note())


async def charge(database: Database, quote: Quote, card_id: CardId | None = None) -> Charged:
    async with database.write() as session:
        return await charge_quote(session, quote.id, note(), card_id)


async def decisions(database: Database, customer: CustomerId) -> list[LineDecision | None]:
    async with database.read() as session:
        view = await quote_view(session, customer)
    assert view is not None
    return [item.decision for item in view.items]


async def test_a_quote_has_lines_with_prices(database: Database, customer: CustomerId):
    """No lines, or a price below zero, is no quote."""
    for offer in (Offer(()), Offer((("洗车", -1),)), Offer(WORK, insurance=-1)):
        with pytest.raises(BadInput):
            async with database.write() as session:
                await make_quote(session, customer, "x", offer, note())


async def test_nothing_is_charged_before_every_line_is_decided(database: Database, customer: CustomerId):
    """Silence is no consent, one line's yes is not the other's, and all refused leaves nothing to charge."""
    quote = await quoted(database, customer)
    with pytest.raises(NothingApproved):
        await charge(database, quote)
    await say(database, quote, 1, "approved")
    with pytest.raises(Undecided):
        await charge(database, quote)
    await say(database, quote, 1, "refused", "refused")
    with pytest.raises(NothingApproved):
        await charge(database, quote)


async def test_only_approved_lines_are_charged_once(database: Database, customer: CustomerId):
    """The refused line costs nothing, and a second charge is refused."""
    quote = await quoted(database, customer)
    await say(database, quote, 1, "approved", "refused")
    assert await charge(database, quote) == Charged(300_000, 0, 300_000, 0)
    with pytest.raises(Conflict):
        await charge(database, quote)
    with pytest.raises(Conflict):
        async with database.write() as session:
            await cancel_quote(session, quote.id, note())


async def test_a_new_price_needs_a_new_consent(database: Database, customer: CustomerId):
    """The unchanged line keeps its yes, the dearer one is open again, the old version cannot be agreed to."""
    quote = await quoted(database, customer)
    await say(database, quote, 1, "approved", "approved")
    async with database.write() as session:
        await requote(session, quote.id, Offer((WORK[0], ("喷漆", 95_000)), ready_at=READY), note())
    assert await decisions(database, customer) == ["approved", None]
    with pytest.raises(StaleVersion):
        await say(database, quote, 1, "approved", "approved")
    with pytest.raises(Undecided):
        await charge(database, quote)
    await say(database, quote, 2, "approved", "approved")
    assert (await charge(database, quote)).payable == 395_000


async def test_a_later_time_needs_a_new_consent_too(database: Database, customer: CustomerId):
    """The customer agreed to the work by a time; an earlier one changes nothing."""
    quote = await quoted(database, customer)
    await say(database, quote, 1, "approved", "approved")
    for shift, expected in ((-1, ["approved", "approved"]), (2, [None, None])):
        async with database.write() as session:
            await requote(session, quote.id, Offer(WORK, ready_at=READY + timedelta(days=shift)), note())
        assert await decisions(database, customer) == expected


async def test_a_repeated_requote_makes_one_version(database: Database, customer: CustomerId):
    """The same key again changes nothing."""
    quote = await quoted(database, customer)
    same = note()
    changed = quote
    for _ in range(2):
        async with database.write() as session:
            changed = await requote(session, quote.id, Offer((("喷漆", 70_000),), ready_at=READY), same)
    async with database.read() as session:
        view = await quote_view(session, customer, quote.number)
        nobody = await quote_view(session, customer, "BJ0")
    assert nobody is None
    assert view is not None
    assert (changed.version, view.total, view.former_total) == (2, 70_000, 380_000)


async def test_insurance_pays_first_and_what_is_left_belongs_to_the_customer(
    database: Database, customer: CustomerId
):
    """Of 4,000 yuan for 3,000 yuan of work the customer pays nothing, and sees 1,000 yuan held for them."""
    quote = await quoted(database, customer, insurance=400_000)
    await say(database, quote, 1, "approved", "refused")
    assert await charge(database, quote) == Charged(300_000, 300_000, 0, 100_000)
    async with database.read() as session:
        assert (await balance_by_card(session, customer, NOW)).held == 100_000
        assert await audit(session) == []


async def test_a_card_pays_all_or_nothing(database: Database, customer: CustomerId):
    """Too little on the card charges nothing; a stranger's card is refused."""
    quote = await quoted(database, customer, insurance=100_000)
    await say(database, quote, 1, "approved", "approved")
    async with database.write() as session:
        stranger = await a_customer(session, "李四")
        theirs, own = await a_card(session, stranger), await a_card(session, customer)
        await top_up(session, theirs, 999_999, note())
        await top_up(session, own, 279_999, note())
    with pytest.raises(Conflict):
        await charge(database, quote, card_id=theirs)
    with pytest.raises(TooLittle):
        await charge(database, quote, card_id=own)
    async with database.write() as session:
        await top_up(session, own, 1, note())
    assert (await charge(database, quote, card_id=own)).payable == 280_000
    async with database.read() as session:
        assert (await balance_by_card(session, customer, NOW)).total == 0
        assert await audit(session) == []


async def test_decisions_are_about_lines_that_exist(database: Database, customer: CustomerId):
    """An unknown line or quote, no line, or no evidence is refused."""
    quote = await quoted(database, customer)
    cases: tuple[tuple[dict[int, LineDecision], str, type[Exception]], ...] = (
        ({9: "approved"}, "x", NotFound),
        ({}, "x", BadInput),
        ({1: "approved"}, " ", BadInput),
    )
    for decided, evidence, refusal in cases:
        with pytest.raises(refusal):
            async with database.write() as session:
                await decide_lines(session, quote.id, 1, decided, evidence, note())
    with pytest.raises(NotFound):
        async with database.write() as session:
            await decide_lines(session, 404, 1, {1: "approved"}, "x", note())


async def test_the_database_refuses_a_charge_without_consent(database: Database, customer: CustomerId):
    """Not even with SQL."""
    await quoted(database, customer)
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            await session.execute(text("UPDATE quote_line SET charged_at = '2026-11-22T00:00:00+00:00'"))
