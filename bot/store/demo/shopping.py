"""The demo company's orders and consents."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from bot.kit.db import WriteSession
from bot.store.consents.models import Consent
from bot.store.customers.models import Customer
from bot.store.orders.models import Order, OrderLine

GOODS = (
    ("P-001", "东北大米 5 公斤", 4_590),
    ("P-002", "压榨花生油 5 升", 12_900),
    ("P-003", "纯牛奶 12 盒", 5_680),
    ("P-004", "抽纸 24 包", 3_990),
    ("P-005", "洗衣液 3 公斤", 3_290),
    ("P-006", "彩色墨粉盒", 28_800),
    ("P-007", "A4 复印纸 5 包", 11_500),
    ("P-008", "空气净化器滤芯", 19_900),
    ("P-009", "明前龙井 250 克", 26_800),
    ("P-010", "宠物粮 2 公斤", 8_900),
)


async def add_orders(session: WriteSession, random: Random, customers: list[Customer], now: datetime) -> None:
    """A history each, some at a steady rhythm, some only once."""
    orders: list[tuple[Order, list[tuple[tuple[str, str, int], int]]]] = []
    for customer in customers:
        rhythm = random.choice((7, 14, 28, 30, 45, 90))
        count = random.choice((0, 1, 1, 2, 3, 5, 8))
        favourite = random.choice(GOODS)
        for turn in range(count):
            goods = [(favourite, random.randint(1, 2))]
            if random.random() < 0.4:
                goods.append((random.choice([item for item in GOODS if item != favourite]), 1))
            at = now - timedelta(
                days=rhythm * (count - turn) - random.randint(0, 2), hours=random.randint(0, 8)
            )
            orders.append((_order(customer, len(orders), goods, at, recent=turn == count - 1), goods))
    session.add_all(order for order, _ in orders)
    await session.flush()
    for order, goods in orders:
        session.add_all(
            OrderLine(
                order_id=order.id,
                line=line,
                sku=sku,
                name=name,
                quantity=quantity,
                unit_price=price,
                amount=quantity * price,
            )
            for line, ((sku, name, price), quantity) in enumerate(goods, start=1)
        )
    await session.flush()


async def add_consents(
    session: WriteSession, random: Random, customers: list[Customer], now: datetime
) -> None:
    """Most agreed to service notices, some to marketing, some refused or withdrew."""
    rows: list[Consent] = []
    for customer in customers:
        marketing = random.choices(((), ("given",), ("refused",), ("given", "withdrawn")), (30, 45, 15, 10))[
            0
        ]
        decisions = [("service_notice", "given"), *(("marketing", each) for each in marketing)]
        for number, (purpose, decision) in enumerate(decisions):
            rows.append(
                Consent(
                    key=f"demo:consent:{customer.id}:{number}",
                    customer_id=customer.id,
                    purpose=purpose,
                    channel="any",
                    form="general",
                    decision=decision,
                    text_version="2026-01",
                    evidence="会员注册页勾选",
                    actor="customer",
                    at=now - timedelta(days=200 - 20 * number),
                )
            )
    session.add_all(rows)
    await session.flush()


def _order(
    customer: Customer,
    number: int,
    goods: list[tuple[tuple[str, str, int], int]],
    at: datetime,
    *,
    recent: bool,
) -> Order:
    shipped = recent and number % 3 == 0
    return Order(
        number=f"D{at:%Y%m%d}{number:05d}",
        customer_id=customer.id,
        state="shipped" if shipped else "completed",
        total=sum(price * quantity for (_, _, price), quantity in goods),
        discount=0,
        placed_at=at,
        completed_at=None if shipped else at + timedelta(days=1),
    )
