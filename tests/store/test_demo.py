"""The demo company is believable, and the same every time."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.kit.db import Database
from bot.migrations import upgrade
from bot.store.assets.reads import care_cards
from bot.store.bills.reads import explain_bill
from bot.store.bookings.service import free_slots, own_bookings
from bot.store.cards.reads import balance_by_card
from bot.store.complaints.models import Complaint, State
from bot.store.complaints.reads import complaint_status, unanswered
from bot.store.complaints.steps import STATE_TEXT
from bot.store.contracts.service import coverage
from bot.store.customers.models import Customer
from bot.store.customers.service import find_customer
from bot.store.dealers.service import check_dealer
from bot.store.demo import demo_customers, seed
from bot.store.ledger.audit import audit
from bot.store.offers.service import own_coupons
from bot.store.orders.reads import reorder_rhythm
from bot.store.points.reads import points_summary, redeemable_items
from bot.store.promises.service import due_promises
from bot.store.quotes.models import Quote
from bot.store.seasons.service import projects_on
from bot.store.tiers.service import own_benefits
from tests.store.conftest import NOW


async def test_the_demo_company_has_everything(database: Database):
    """Complaints in every state, some unanswered for 20 hours, points and cards near their end."""
    report = await seed(database, NOW)
    async with database.read() as session:
        assert await audit(session) == []
        states = Counter((await session.execute(select(Complaint.state))).scalars())
        late = await unanswered(session, NOW)
        people = list((await session.execute(select(Customer.id))).scalars())
        points = [await points_summary(session, customer, NOW) for customer in people]
        balances = [await balance_by_card(session, customer, NOW) for customer in people]
    assert report.customers == len(people) == 200
    assert states.keys() == STATE_TEXT.keys()
    assert any(each.first_reply_due > NOW for each in late)
    assert any(each.first_reply_due < NOW for each in late)
    assert any(
        summary.expiring and summary.expiring[0].on <= (NOW + timedelta(days=7)).date() for summary in points
    )
    assert {card.state for balance in balances for card in balance.cards} == {"valid", "expiring", "expired"}


async def test_no_question_of_the_first_customer_finds_nothing(database: Database):
    """Bill, quote, contract, care card, visit, orders, promises, offers, benefits and slots are all there."""
    await seed(database, NOW)
    async with database.read() as session:
        cast = [await find_customer(session, each.phone) for each in await demo_customers(session)]
        assert cast[0] is not None
        assert cast[1] is not None
        who, today = cast[0].customer_id, NOW.date()
        bill = await explain_bill(session, who)
        quote = (await session.scalars(select(Quote).where(Quote.customer_id == who))).one()
        plans = [each for card in await care_cards(session, who, NOW) for each in card.next]
        covered = [await coverage(session, who, about, today) for about in ("滤芯", "移机", "音响")]
        dealer = await check_dealer(session, "DL-0003", today)
        items = await redeemable_items(session, who, NOW)
        rhythm = await reorder_rhythm(session, who, NOW)
        there = [
            await own_bookings(session, who, NOW),
            await due_promises(session, who, NOW),
            await own_coupons(session, who, NOW),
            await own_benefits(session, who),
            await free_slots(session, "repair", NOW + timedelta(days=13), NOW + timedelta(days=15)),
            await projects_on(session, today),
        ]
        cards = (await balance_by_card(session, cast[1].customer_id, NOW)).cards
    assert bill is not None
    assert bill.previous_total is not None
    assert bill.total - bill.previous_total == 3_000
    assert (quote.version, quote.state) == (2, "open")
    assert plans[0].due_on is not None
    assert today <= plans[0].due_on <= today + timedelta(days=7)
    assert [each.answer for each in covered] == ["included", "excluded", "unknown"]
    assert dealer.as_of == today - timedelta(days=1)
    assert dealer.found[0].standing == "revoked"
    assert {item.affordable for item in items} == {True, False}
    assert rhythm[0].every_days == 28
    assert all(there)
    assert [card.transferable and card.state != "expired" for card in cards] == [True, True]


async def test_seeding_twice_changes_nothing(database: Database):
    """A database with customers is left alone, whoever they are."""
    await seed(database, NOW)
    again = await seed(database, NOW + timedelta(days=1))
    assert not again.seeded
    assert again.customers == 200
    assert "nothing was changed" in str(again)


async def test_the_cast_tells_its_stories(database: Database):
    """The eight customers on the shop page are found by their numbers and have what their note says."""
    async with database.read() as session:
        assert await demo_customers(session) == []
    await seed(database, NOW)
    async with database.read() as session:
        cast = await demo_customers(session)
        assert len(cast) == 8
        ids = []
        for each in cast:
            found = await find_customer(session, each.phone)
            assert found is not None
            assert found.member_number == each.member_number
            ids.append(found.customer_id)
        gold = await points_summary(session, ids[0], NOW)
        late = await complaint_status(session, ids[2], None, NOW)
        key_account = await complaint_status(session, ids[3], None, NOW)
        appeal = await complaint_status(session, ids[6], None, NOW)
    assert (gold.total, gold.expiring[0].points) == (3_200, 800)
    assert late is not None
    assert late.first_reply_at is None
    assert late.received_at < NOW - timedelta(hours=20)
    assert key_account is not None
    assert appeal is not None
    assert appeal.may_appeal
    states: set[State] = {late.state, key_account.state}
    assert states == {"acknowledged", "investigating"}


async def test_the_same_moment_gives_the_same_company(database: Database, tmp_path: Path):
    """Two databases seeded for one moment hold the same people and points."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'second.db'}"
    upgrade(url)
    second = Database(url)
    seen = []
    for each in (database, second):
        await seed(each, NOW)
        async with each.read() as session:
            rows = select(Customer.name, Customer.phone, Customer.member_number, Customer.birthday)
            seen.append((await session.execute(rows.order_by(Customer.id))).all())
    await second.close()
    assert seen[0] == seen[1]
