"""Keep further ways to reach a customer."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession, insert_into
from bot.kit.errors import BadInput
from bot.kit.ids import CustomerId
from bot.store.contacts.models import ContactKind, ContactPoint
from bot.store.customers.numbers import read_phone

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")


async def add_contact(
    session: WriteSession,
    customer_id: CustomerId,
    kind: ContactKind,
    value: str,
    purpose: str,
    now: datetime,
    label: str = "",
) -> int:
    """Keep a contact point; the same one again is the same row."""
    cleaned = _cleaned(kind, value)
    statement = insert_into(session, ContactPoint).values(
        customer_id=customer_id, kind=kind, value=cleaned, purpose=purpose, label=label, added_at=now
    )
    await session.execute(statement.on_conflict_do_nothing())
    found = select(ContactPoint.id).where(
        ContactPoint.customer_id == customer_id, ContactPoint.kind == kind, ContactPoint.value == cleaned
    )
    return (await session.execute(found)).scalar_one()


async def remove_contact(session: WriteSession, customer_id: CustomerId, contact_id: int) -> None:
    """Forget a contact point of this customer."""
    await session.execute(
        delete(ContactPoint).where(ContactPoint.id == contact_id, ContactPoint.customer_id == customer_id)
    )


async def contacts_of(session: AsyncSession, customer_id: CustomerId) -> list[ContactPoint]:
    """The customer's contact points, oldest first."""
    statement = select(ContactPoint).where(ContactPoint.customer_id == customer_id).order_by(ContactPoint.id)
    return list((await session.execute(statement)).scalars())


def _cleaned(kind: ContactKind, value: str) -> str:
    text = " ".join(value.split())
    if not text or len(text) > 200:
        raise BadInput("A contact point has 1 to 200 characters.")
    if kind == "phone":
        phone = read_phone(text)
        if phone is None:
            raise BadInput("This is not a phone number: write it like 13800138000 or +85291234567.")
        return phone
    if kind == "email" and not EMAIL.fullmatch(text):
        raise BadInput("This is not an e-mail address.")
    return text
