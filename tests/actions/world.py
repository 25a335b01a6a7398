"""Things for a customer to have: points, cards, a catalogue, …"""

from __future__ import annotations

from datetime import timedelta

from bot.kit.ids import CardId, CustomerId
from bot.store.cards.models import CardType
from bot.store.cards.service import NewCard, open_card, top_up
from bot.store.points.models import CatalogueItem
from bot.store.points.service import earn
from bot.store.requests.service import Note
from tests.actions.conftest import Customer

CATALOGUE = (
    ("cup", "保温杯", 500, 10),
    ("voucher", "30元代金券", 300, None),
    ("wash", "精洗一次", 1_200, 1),
    ("kettle", "电热水壶", 8_000, 5),
)


def note(visitor: Customer, key: str) -> Note:
    return Note(key, visitor.clock(), "test")


async def catalogue(visitor: Customer) -> None:
    async with visitor.runtime.database.write() as session:
        for code, name, points, stock in CATALOGUE:
            session.add(
                CatalogueItem(code=code, name=name, points=points, stock=stock, tier_rank=0, offered=True)
            )


async def points(visitor: Customer, customer: CustomerId, amount: int, days: int | None = None) -> None:
    expires = visitor.clock() + timedelta(days=days) if days else None
    async with visitor.runtime.database.write() as session:
        await earn(session, customer, amount, note(visitor, f"earn:{amount}:{days}"), expires)


async def card(
    visitor: Customer,
    customer: CustomerId,
    number: str,
    principal: int,
    bonus: int = 0,
    days: int | None = 300,
) -> CardId:
    """A stored-value card with money in fen, valid for `days` (negative: it expired)."""
    now = visitor.clock()
    opened = now - timedelta(days=400)
    async with visitor.runtime.database.write() as session:
        await session.merge(CardType(code="stored", name="储值卡", transferable=True, hall_months=3))
        await session.flush()
        later = now + timedelta(days=1_000)
        made = await open_card(session, customer, NewCard(number, "stored", later), opened)
        if principal:
            await top_up(session, made, principal, Note(f"top:{number}", opened, "test"), bonus=bonus)
    if days is not None:
        from bot.store.cards.models import Card

        async with visitor.runtime.database.write() as session:
            row = await session.get_one(Card, made)
            row.valid_until = now + timedelta(days=days)
    return made
