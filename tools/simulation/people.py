"""A customer with something of everything, new for each conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.kit.clock import local_date, system_now
from bot.kit.db import Database, WriteSession
from bot.kit.ids import CustomerId, IdentityId
from bot.store.bills.service import NewBill, NewBillLine, issue_bill
from bot.store.bookings.models import ServiceOffered, Slot
from bot.store.cards.models import CardType
from bot.store.cards.service import NewCard, open_card, top_up
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.dealers.service import NewDealer, publish_register
from bot.store.identities.service import bind, ensure_identity
from bot.store.orders.service import NewLine, place_order
from bot.store.points.models import CatalogueItem
from bot.store.points.service import earn
from bot.store.requests.service import Note

POINTS = 3_200
CATALOGUE = (("cup", "保温杯", 500), ("voucher", "30元代金券", 300), ("wash", "精洗一次", 1_200))
FROM, TO = "8821", "6612"


@dataclass(frozen=True, slots=True)
class Person:
    """Who talks, and with which phone they prove it."""

    customer: CustomerId
    identity: IdentityId
    phone: str
    verified: bool


async def company(database: Database) -> None:
    """What everybody sees: catalogue, services with times, the register of agents."""
    now = system_now()
    today = local_date(now)
    async with database.write() as session:
        for code, name, points in CATALOGUE:
            session.add(
                CatalogueItem(code=code, name=name, points=points, stock=None, tier_rank=0, offered=True)
            )
        session.add(CardType(code="stored", name="储值卡", transferable=True, hall_months=3))
        for code, name in (("repair", "上门维修"), ("care", "设备保养"), ("install", "安装调试")):
            session.add(ServiceOffered(code=code, name=name, minutes=60, offered=True))
        await session.flush()
        _add_slots(session)
        dealer = NewDealer(
            "DL2026001", "鼎盛科技", today - timedelta(days=90), today + timedelta(days=200), "上海"
        )
        await publish_register(session, today - timedelta(days=1), "simulation", [dealer], now)


def _add_slots(session: WriteSession) -> None:
    midnight = system_now().replace(hour=0, minute=0, second=0, microsecond=0)
    for code in ("repair", "care", "install"):
        for day in range(1, 12):
            for hour in (1, 6):  # 9:00 and 14:00 in Shanghai
                start = midnight + timedelta(days=day, hours=hour)
                session.add(
                    Slot(
                        service_code=code,
                        place="上门",
                        starts_at=start,
                        ends_at=start + timedelta(hours=1),
                        capacity=100_000,
                        taken=0,
                    )
                )


async def somebody(database: Database, number: int, *, verified: bool) -> Person:
    """Points, two cards of one type, a bill, an order."""
    now = system_now()
    phone = f"139{20_000_000 + number:08d}"
    async with database.write() as session:
        customer = await add_customer(session, NewCustomer("李明", phone=phone), now)
        identity = await ensure_identity(session, "web", "default", f"simulated:{number}", now)
        if verified:
            await bind(session, identity, customer, "merchant", now, timedelta(hours=12))
        await earn(session, customer, POINTS, Note(f"sim:{number}:points", now, "simulation"), None)
        later = now + timedelta(days=300)
        for tail, money in ((FROM, 12_000), (TO, 3_000)):
            card = await open_card(session, customer, NewCard(f"62{number:010d}{tail}", "stored", later), now)
            await top_up(session, card, money, Note(f"sim:{number}:{tail}", now, "simulation"))
        today = local_date(now)
        lines = (NewBillLine("基础套餐", 9_900), NewBillLine("增值业务包", 3_000))
        bill = NewBill(
            f"ZD{number:08d}", customer, today - timedelta(days=40), today - timedelta(days=10), None, lines
        )
        await issue_bill(session, bill, now)
        goods = [NewLine("P-1", "东北大米 5 公斤", 1, 4_590)]
        then = now - timedelta(days=20)
        await place_order(session, customer, f"D{number:010d}", goods, then, state="completed")
    return Person(customer, identity, phone, verified)
