"""The points programme: published rules give points, the catalogue takes them, stock and all."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from bot.kit.db import Database
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.customers.models import Customer, Tier
from bot.store.ledger.audit import audit
from bot.store.ledger.errors import TooLittle
from bot.store.points.models import CatalogueItem, EarningRule, Redemption
from bot.store.points.reads import points_history, points_summary, redeemable_items
from bot.store.points.service import (
    OutOfStock,
    TierTooLow,
    cancel_redemption,
    earn,
    earn_for_purchase,
    fulfil_redemption,
    redeem_item,
)
from bot.store.requests.service import KeyReused
from tests.store.builders import a_customer, days, note
from tests.store.conftest import NOW


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    """A customer with 1,000 points and a catalogue of three items."""
    async with database.write() as session:
        session.add_all(
            [
                Tier(code="basic", name="普通会员", rank=0, threshold=0),
                Tier(code="gold", name="金卡", rank=2, threshold=8_000),
                CatalogueItem(code="cup", name="保温杯", points=300, stock=2),
                CatalogueItem(code="coupon", name="10 元券", points=100, stock=None),
                CatalogueItem(code="lounge", name="贵宾厅", points=500, stock=9, tier_rank=2),
            ]
        )
        await session.flush()
        who = await a_customer(session)
        await earn(session, who, 1_000, note(), None)
    return who


async def stock(database: Database, code: str) -> int | None:
    async with database.read() as session:
        assert await audit(session) == []
        return (
            await session.execute(select(CatalogueItem.stock).where(CatalogueItem.code == code))
        ).scalar_one()


async def total(database: Database, customer: CustomerId) -> int:
    async with database.read() as session:
        return (await points_summary(session, customer, NOW)).total


async def test_what_is_not_offered_cannot_be_redeemed(database: Database, customer: CustomerId):
    """An unknown item, none at all, a higher tier's item and an empty shelf are refused, and cost nothing."""
    for code, quantity, refusal in (
        ("nothing", 1, NotFound),
        ("cup", 0, BadInput),
        ("lounge", 1, TierTooLow),
        ("cup", 3, OutOfStock),
        ("coupon", 11, TooLittle),
    ):
        with pytest.raises(refusal):
            async with database.write() as session:
                await redeem_item(session, customer, code, note(), quantity)
    assert await total(database, customer) == 1_000
    assert await stock(database, "cup") == 2


async def test_points_and_stock_go_together(database: Database, customer: CustomerId):
    """Redeeming takes both once, however often it is sent; another request with its key is refused."""
    same = note()
    async with database.write() as session:
        first = await redeem_item(session, customer, "cup", same)
    async with database.write() as session:
        again = await redeem_item(session, customer, "cup", same)
    assert first.id == again.id
    with pytest.raises(KeyReused):
        async with database.write() as session:
            await redeem_item(session, customer, "coupon", same)
    assert (await total(database, customer), await stock(database, "cup")) == (700, 1)


async def test_cancelling_gives_both_back_once(database: Database, customer: CustomerId):
    """Points and item return; a fulfilled redemption stays."""
    async with database.write() as session:
        cup = await redeem_item(session, customer, "cup", note())
        coupon = await redeem_item(session, customer, "coupon", note())
        same = note()
        for _ in range(2):
            await cancel_redemption(session, cup.id, same)
        for _ in range(2):
            await fulfil_redemption(session, coupon.id, NOW)
    for operation in (
        lambda session: cancel_redemption(session, coupon.id, note()),
        lambda session: cancel_redemption(session, cup.id, note()),
        lambda session: fulfil_redemption(session, cup.id, NOW),
    ):
        with pytest.raises(Conflict):
            async with database.write() as session:
                await operation(session)
    assert (await total(database, customer), await stock(database, "cup")) == (900, 2)


async def test_the_last_item_goes_to_one(database: Database, customer: CustomerId):
    """Of five customers who want the last two cups at once, two get one."""
    async with database.write() as session:
        others = [await a_customer(session, f"顾客{number}") for number in range(5)]
        for other in others:
            await earn(session, other, 300, note(), None)

    async def want(who: CustomerId) -> bool:
        try:
            async with database.write() as session:
                await redeem_item(session, who, "cup", note())
        except OutOfStock:
            return False
        return True

    assert sum(await asyncio.gather(*(want(who) for who in others))) == 2
    assert await stock(database, "cup") == 0
    assert sum([await total(database, who) for who in others]) == 900


async def test_the_catalogue_shows_what_the_customer_can_have(database: Database, customer: CustomerId):
    """Affordable items first, the best of them first; nothing of a higher tier, nothing sold out."""
    async with database.write() as session:
        session.add(CatalogueItem(code="bike", name="自行车", points=9_000, stock=1))
        session.add(CatalogueItem(code="gone", name="售罄", points=1, stock=0))
        await session.flush()
        items = await redeemable_items(session, customer, NOW)
    assert [(item.code, item.affordable) for item in items] == [
        ("cup", True),
        ("coupon", True),
        ("bike", False),
    ]


async def test_the_history_turns_its_pages(database: Database, customer: CustomerId):
    """Newest first, signed, and a page begins where the last one ended."""
    async with database.write() as session:
        await redeem_item(session, customer, "cup", note())
        await redeem_item(session, customer, "coupon", note())
        first = await points_history(session, customer, limit=2)
        rest = await points_history(session, customer, limit=2, before=first[-1].transaction_id)
    assert [(move.kind, move.points) for move in first + rest] == [
        ("redeem", -100),
        ("redeem", -300),
        ("earn", 1_000),
    ]


async def test_a_purchase_earns_by_the_best_published_rule(database: Database, customer: CustomerId):
    """A rule of the customer's tier counts, one of another tier or of the past does not."""
    rules = (
        ("base", 1, 100, None, NOW - days(10), None),
        ("gold", 5, 100, "gold", NOW - days(10), None),
        ("basic", 2, 100, "basic", NOW - days(10), None),
        ("over", 9, 100, None, NOW - days(10), NOW),
    )
    async with database.write() as session:
        for code, points, per, tier, since, until in rules:
            months = 12 if code == "basic" else None
            session.add(
                EarningRule(
                    code=code,
                    name=code,
                    points=points,
                    per_fen=per,
                    valid_months=months,
                    tier_code=tier,
                    since=since,
                    until=until,
                )
            )
        (await session.get_one(Customer, customer)).tier_code = "basic"
        await session.flush()
        assert await earn_for_purchase(session, customer, 99, note()) is None
        await earn_for_purchase(session, customer, 12_345, note())
        lot = await session.execute(text("SELECT granted FROM ledger_lot ORDER BY id DESC LIMIT 1"))
        summary = await points_summary(session, customer, datetime(2027, 11, 1, tzinfo=UTC))
    assert lot.scalar_one() == 246
    assert [(each.points, each.on) for each in summary.expiring] == [(246, date(2027, 11, 22))]


async def test_the_database_refuses_a_negative_shelf(database: Database, customer: CustomerId):
    """Neither stock below zero nor a redemption without points, not even with SQL."""
    async with database.write() as session:
        await redeem_item(session, customer, "cup", note())
        assert len((await session.execute(select(Redemption))).all()) == 1
    for statement in ("UPDATE catalogue_item SET stock = -1", "UPDATE redemption SET points = 0"):
        with pytest.raises(IntegrityError):
            async with database.write() as session:
                await session.execute(text(statement))
