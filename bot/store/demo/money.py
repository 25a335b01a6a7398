"""The demo company's points and cards."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import insert

from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.ids import AccountId, CustomerId
from bot.store.cards.models import Card
from bot.store.cards.service import spend
from bot.store.customers.models import Customer
from bot.store.dates import end_of_day
from bot.store.demo.cast import CAST, CardRole
from bot.store.ledger.bulk import BulkGrant, grant_many
from bot.store.ledger.models import Account, Company
from bot.store.points.service import redeem_points
from bot.store.requests.service import Note

TYPES = ("stored", "telecom", "fuel")


async def add_points(session: WriteSession, random: Random, customers: list[Customer], now: datetime) -> None:
    """Two to five lots each, some about to expire; the cast has its own."""
    lots: dict[CustomerId, list[tuple[int, int | None, int]]] = {}
    for place, customer in enumerate(customers):
        drawn = [_lot(random) for _ in range(random.randint(2, 5))]
        if place < len(CAST):
            drawn = [(points, days, 30) for points, days in CAST[place].points]
        if drawn:
            lots[customer.id] = drawn
    accounts = await _accounts(session, [("points", customer_id, None) for customer_id in lots])
    await grant_many(
        session,
        [
            BulkGrant(
                account_id=accounts["points", customer_id, None],
                amount=points,
                company=Company.POINTS_ISSUED,
                kind="earn",
                key=f"demo:earn:{customer_id}:{number}",
                at=now - timedelta(days=ago),
                expires_at=_end(now, days),
                reason="消费积分",
            )
            for customer_id, drawn in lots.items()
            for number, (points, days, ago) in enumerate(drawn)
        ],
    )


async def add_cards(
    session: WriteSession, random: Random, customers: list[Customer], now: datetime
) -> list[Card]:
    """Half of the customers have a card or two; some end soon, some have ended."""
    roles: list[tuple[Customer, CardRole]] = []
    for place, customer in enumerate(customers):
        drawn = tuple(_card(random) for _ in range(random.choice((0, 0, 1, 1, 2))))
        roles += [(customer, role) for role in (CAST[place].cards if place < len(CAST) else drawn)]
    cards = [
        Card(
            customer_id=customer.id,
            number=f"6205{88_210_000 + number * 7_919:08d}",
            type_code=role.type_code,
            face_value=role.principal,
            valid_until=_end(now, role.days),
            state="active",
            opened_at=now - timedelta(days=400),
        )
        for number, (customer, role) in enumerate(roles)
    ]
    session.add_all(cards)
    await session.flush()
    await _fill(session, cards, [role for _, role in roles], now)
    return cards


async def spend_some(
    session: WriteSession, random: Random, customers: list[Customer], cards: list[Card], now: datetime
) -> None:
    """A few redemptions and purchases, through the same operations as everybody's."""
    for customer in random.sample(customers[len(CAST) :], 25):
        at = now - timedelta(days=random.randint(1, 25))
        note = Note(f"demo:redeem:{customer.id}", at, "customer", "兑换 10 元优惠券")
        await redeem_points(session, customer.id, 50, note)
    own = {customer.id for customer in customers[: len(CAST)]}
    usable = [c for c in cards if c.customer_id not in own and (not c.valid_until or c.valid_until > now)]
    for card in random.sample(usable, 20):
        at = now - timedelta(days=random.randint(1, 9))
        await spend(
            session,
            card.id,
            random.randint(10, 60) * 100,
            Note(f"demo:spend:{card.id}", at, "customer", "消费"),
        )


def _lot(random: Random) -> tuple[int, int | None, int]:
    points = random.choice((120, 180, 260, 350, 480, 620, 900, 1_500, 2_400))
    days = random.choice((5, 12, 20, 28, 45, 80, 150, 240, 360, None))
    return points, days, random.randint(30, 300)


def _card(random: Random) -> CardRole:
    principal = random.choice((6_000, 10_000, 20_000, 30_000, 50_000, 100_000))
    return CardRole(
        random.choice(TYPES),
        principal,
        principal // 100 * random.choice((0, 1, 5, 10)),
        random.choice((-80, -60, -20, 6, 18, 27, 90, 200, 365, 700, None)),
    )


async def _fill(session: WriteSession, cards: list[Card], roles: list[CardRole], now: datetime) -> None:
    parts = [
        (card, kind, amount, company)
        for card, role in zip(cards, roles, strict=True)
        for kind, amount, company in (
            ("principal", role.principal, Company.MONEY_RECEIVED),
            ("bonus", role.bonus, Company.BONUS_GRANTED),
        )
        if amount
    ]
    accounts = await _accounts(session, [(kind, card.customer_id, card.id) for card, kind, _, _ in parts])
    await grant_many(
        session,
        [
            BulkGrant(
                account_id=accounts[kind, card.customer_id, card.id],
                amount=amount,
                company=company,
                kind="top_up",
                key=f"demo:top_up:{card.id}:{kind}",
                at=now - timedelta(days=120),
                reason="开卡充值" if kind == "principal" else "充值赠送",
            )
            for card, kind, amount, company in parts
        ],
    )


AccountName = tuple[str, CustomerId, int | None]


async def _accounts(session: WriteSession, names: list[AccountName]) -> dict[AccountName, AccountId]:
    rows = [
        {
            "kind": kind,
            "unit": "points" if kind == "points" else "fen",
            "customer_id": customer_id,
            "card_id": card_id,
            "balance": 0,
        }
        for kind, customer_id, card_id in names
    ]
    result = await session.execute(insert(Account).returning(Account.id, sort_by_parameter_order=True), rows)
    return dict(zip(names, result.scalars().all(), strict=True))


def _end(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else end_of_day(local_date(now) + timedelta(days=days))
