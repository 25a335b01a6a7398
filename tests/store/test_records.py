"""Orders, consents and the access log."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.kit.clock import FakeClock
from bot.kit.db import Database
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId, OrderId
from bot.store.access.service import NotVerified, access_records, log_access, open_own_data
from bot.store.consents.models import Decision
from bot.store.consents.service import NewConsent, decision, has_consent, record_consent
from bot.store.identities.service import access, ensure_identity, verify_by_merchant
from bot.store.orders.reads import recent_orders
from bot.store.orders.service import NewLine, complete_order, place_order
from tests.store.builders import a_customer
from tests.store.conftest import NOW

RICE, OIL = NewLine("P-001", "大米", 2, 4_590), NewLine("P-002", "花生油", 1, 12_900)


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        return await a_customer(session, phone="13800138000")


async def test_an_order_needs_lines_and_a_sensible_discount(database: Database, customer: CustomerId):
    """Nothing ordered, or a discount above the price, is refused."""
    for lines, discount in (([], 0), ([RICE], 9_181), ([RICE], -1)):
        with pytest.raises(BadInput):
            async with database.write() as session:
                await place_order(session, customer, "D1", lines, NOW, discount=discount)


async def test_an_order_is_recorded_once_and_completed_once(database: Database, customer: CustomerId):
    """Its number is its key; another customer cannot have it."""
    async with database.write() as session:
        first = await place_order(session, customer, "D1", [RICE, OIL], NOW, discount=80)
        assert await place_order(session, customer, "D1", [RICE, OIL], NOW, discount=80) == first
        stranger = await a_customer(session, "李四")
        with pytest.raises(Conflict):
            await place_order(session, stranger, "D1", [RICE], NOW)
        for hours in (1, 2):
            await complete_order(session, first, NOW + timedelta(hours=hours))
        with pytest.raises(NotFound):
            await complete_order(session, OrderId(404), NOW)
    async with database.read() as session:
        (order,) = await recent_orders(session, customer)
        assert await recent_orders(session, stranger) == []
    assert (order.total, order.discount, order.state) == (22_000, 80, "completed")
    assert order.completed_at == NOW + timedelta(hours=1)
    assert [(item.sku, item.amount) for item in order.items] == [("P-001", 9_180), ("P-002", 12_900)]


async def consent(
    database: Database, customer: CustomerId, what: Decision, channel: str = "any", key: str | None = None
) -> None:
    async with database.write() as session:
        new = NewConsent(customer, "marketing", what, "2026-01", "网页聊天：好的", "customer", channel)
        await record_consent(session, new, key or f"{what}-{channel}", NOW)


async def test_silence_is_not_consent(database: Database, customer: CustomerId):
    """Who was never asked has not agreed."""
    async with database.read() as session:
        assert await decision(session, customer, "marketing") is None
        assert not await has_consent(session, customer, "marketing")


async def test_the_latest_decision_counts(database: Database, customer: CustomerId):
    """Given, withdrawn: each decision stays in the table, the last one holds."""
    await consent(database, customer, "given")
    async with database.read() as session:
        assert await has_consent(session, customer, "marketing", "wechat")
        assert not await has_consent(session, customer, "health")
    await consent(database, customer, "withdrawn", "wechat")
    async with database.read() as session:
        assert not await has_consent(session, customer, "marketing", "wechat")
        assert await has_consent(session, customer, "marketing", "web")


async def test_a_decision_sent_again_is_recorded_once(database: Database, customer: CustomerId):
    """The same key with another decision is refused."""
    for _ in range(2):
        await consent(database, customer, "given", key="same")
    with pytest.raises(Conflict):
        await consent(database, customer, "refused", key="same")
    with pytest.raises(BadInput):
        async with database.write() as session:
            await record_consent(session, NewConsent(customer, "", "given", "", "", "x"), "k", NOW)


async def test_own_data_opens_only_to_a_proved_identity(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """Anonymous and expired identities are refused and leave no log; a verified one is logged."""
    async with database.write() as session:
        identity = await ensure_identity(session, "web", "shop", "v1", NOW)
        with pytest.raises(NotVerified):
            await open_own_data(session, await access(session, identity, NOW), "points", NOW)
        await verify_by_merchant(session, identity, "13800138000", NOW)
        assert await open_own_data(session, await access(session, identity, NOW), "points", NOW) == customer
        later = clock.advance(timedelta(hours=12))
        with pytest.raises(NotVerified):
            await open_own_data(session, await access(session, identity, later), "balance", later)
        await log_access(session, customer, "profile", later, why="处理投诉", reader="agent", name="陈晨")
    async with database.read() as session:
        records = await access_records(session, customer)
    assert [(each.reader, each.what) for each in records] == [("agent", "profile"), ("customer", "points")]
