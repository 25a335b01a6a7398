"""Fill an empty database with the demo company. The same `now` gives the same company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, select, update

from bot.kit.db import Database, WriteSession
from bot.store.cards.models import Card, CardType
from bot.store.complaints.models import Complaint
from bot.store.counters.service import take
from bot.store.customers.models import Customer, Tier
from bot.store.customers.numbers import member_number
from bot.store.demo.cast import CAST, PREFIX, external_id
from bot.store.demo.complaints import add_complaints
from bot.store.demo.lists import add_benefits, add_lists
from bot.store.demo.money import add_cards, add_points, spend_some
from bot.store.demo.people import MANAGERS, birthday, full_name, phone
from bot.store.demo.shopping import add_consents, add_orders
from bot.store.demo.stories import add_stories
from bot.store.ledger.models import Transaction
from bot.store.orders.models import Order

CUSTOMERS = 200
SEED = 20_261_122

TIERS = (
    Tier(code="basic", name="普通会员", rank=0, threshold=0, key_account=False),
    Tier(code="silver", name="银卡", rank=1, threshold=2_000, key_account=False),
    Tier(code="gold", name="金卡", rank=2, threshold=8_000, key_account=False),
    Tier(code="diamond", name="钻石卡", rank=3, threshold=30_000, key_account=True),
)

Progress = Callable[[str, int, int], None]
"""Called with what is being made, how much is done, and of how much."""


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What was made; `seeded` False: the database had customers, and nothing was touched."""

    seeded: bool
    customers: int = 0
    transactions: int = 0
    cards: int = 0
    complaints: int = 0
    orders: int = 0

    def __str__(self) -> str:
        if not self.seeded:
            return f"The database already has {self.customers} customers: nothing was changed."
        return (
            f"{self.customers} customers, {self.cards} cards, {self.transactions} movements of points and "
            f"money, {self.complaints} complaints, {self.orders} orders."
        )


async def seed(database: Database, now: datetime, progress: Progress | None = None) -> SeedReport:
    """Make the demo company in one transaction, unless there are customers already."""
    report = progress or (lambda _what, _done, _all: None)
    async with database.write() as session:
        there = (await session.execute(select(func.count()).select_from(Customer))).scalar_one()
        if there:
            return SeedReport(seeded=False, customers=there)
        random = Random(SEED)
        steps = 7
        await add_lists(session, now)
        customers = await _add_customers(session, random, now)
        report("customers", 1, steps)
        await add_points(session, random, customers, now)
        report("points", 2, steps)
        cards = await add_cards(session, random, customers, now)
        report("cards", 3, steps)
        await spend_some(session, random, customers, cards, now)
        report("spending", 4, steps)
        await add_complaints(session, random, customers, now)
        report("complaints", 5, steps)
        await add_orders(session, random, customers, now)
        await add_consents(session, random, customers, now)
        report("orders", 6, steps)
        await add_benefits(session)
        await add_stories(session, customers[: len(CAST)], now)
        # What the orders earned is among the points already.
        await session.execute(update(Order).values(points_state="none"))
        report("stories", 7, steps)
        return SeedReport(
            seeded=True,
            customers=len(customers),
            transactions=await _count(session, Transaction),
            cards=await _count(session, Card),
            complaints=await _count(session, Complaint),
            orders=await _count(session, Order),
        )


async def _add_customers(session: WriteSession, random: Random, now: datetime) -> list[Customer]:
    for tier in TIERS:
        await session.merge(tier)
    for code, name in (("stored", "储值卡"), ("telecom", "电信充值卡"), ("fuel", "加油卡")):
        await session.merge(CardType(code=code, name=name, transferable=True, hall_months=3))
    first = await take(session, "member_number", CUSTOMERS)
    customers = [_customer(random, place, first + place, now) for place in range(CUSTOMERS)]
    session.add_all(customers)
    await session.flush()
    return customers


def _customer(random: Random, place: int, ordinal: int, now: datetime) -> Customer:
    role = CAST[place] if place < len(CAST) else None
    drawn = random.choices(("basic", "silver", "gold", "diamond"), (60, 25, 12, 3))[0]
    tier_code = role.tier_code if role else drawn
    manager = MANAGERS[place % len(MANAGERS)] if tier_code == "diamond" else (None, None)
    name = full_name(random)
    return Customer(
        member_number=member_number(ordinal),
        external_id=external_id(place) if role else f"{PREFIX}{place:04d}",
        name=role.name if role else name,
        phone=phone(place),
        tier_code=tier_code,
        manager_name=manager[0],
        manager_phone=manager[1],
        birthday=birthday(random),
        created_at=now - timedelta(days=random.randint(10, 1_500), minutes=random.randint(0, 1_440)),
    )


async def _count(session: WriteSession, table: type) -> int:
    return (await session.execute(select(func.count()).select_from(table))).scalar_one()
