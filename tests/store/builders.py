"""Short ways to a customer with something in the account."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from bot.kit.db import WriteSession
from bot.kit.ids import CardId, CustomerId
from bot.store.cards.models import CardType
from bot.store.cards.service import NewCard, open_card
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.requests.service import Note
from tests.store.conftest import NOW

_numbers = count(1)


def note(key: str | None = None, at: datetime = NOW) -> Note:
    """A note with a key of its own."""
    return Note(key or f"test-{next(_numbers)}", at, "test")


def days(number: float) -> timedelta:
    return timedelta(days=number)


async def a_customer(session: WriteSession, name: str = "王小明", phone: str | None = None) -> CustomerId:
    """A new customer."""
    return await add_customer(session, NewCustomer(name, phone), NOW)


async def a_card(
    session: WriteSession,
    customer: CustomerId,
    type_code: str = "stored",
    valid_until: datetime | None = None,
    number: str | None = None,
) -> CardId:
    """A new, empty card."""
    await session.merge(CardType(code=type_code, name="储值卡", transferable=True, hall_months=3))
    new = NewCard(number or f"6205{next(_numbers):08d}", type_code, valid_until)
    return await open_card(session, customer, new, NOW)
