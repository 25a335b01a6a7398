"""Find and add customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, bindparam, false, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import DEFAULT_ZONE
from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.counters.service import take
from bot.store.customers.models import Customer, Tier
from bot.store.customers.numbers import Number, member_number, read_number, read_phone

Key = Literal["id", "phone", "member_number"]
"""What a customer is found by."""


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """Who a customer is, for those who may know it. `tier` is the tier's name, as in 金卡."""

    customer_id: CustomerId
    member_number: str
    name: str
    phone: str | None
    tier: str | None
    key_account: bool
    manager_name: str | None
    manager_phone: str | None
    birthday: date | None
    time_zone: str
    locale: str
    external_id: str | None


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to add. Without `member_number` the next one is given."""

    name: str
    phone: str | None = None
    tier_code: str | None = None
    member_number: str | None = None
    external_id: str | None = None
    manager_name: str | None = None
    manager_phone: str | None = None
    birthday: date | None = None
    time_zone: str = DEFAULT_ZONE
    locale: str = "zh-CN"


async def find_customer(session: AsyncSession, text: str) -> CustomerCard | None:
    """The customer whose phone or member number `text` is; None when there is none (or it is no number)."""
    number = read_number(text)
    return await customer_by_number(session, number) if number else None


async def customer_by_number(session: AsyncSession, number: Number) -> CustomerCard | None:
    """The customer with exactly this number."""
    return await _card(session, number.kind, number.value)


async def by_member_number(session: AsyncSession, text: str) -> CustomerCard | None:
    """The customer with this member number; None when there is none, or `text` is no member number."""
    number = read_number(text)
    if number is None or number.kind != "member_number":
        return None
    return await customer_by_number(session, number)


async def access_customer_by_id(session: AsyncSession, customer_id: CustomerId) -> CustomerCard:
    """The customer with this id; NotFound when there is none or it was erased."""
    card = await _card(session, "id", customer_id)
    if card is None:
        raise NotFound("There is no such customer.")
    return card


async def add_customer(session: WriteSession, new: NewCustomer, now: datetime) -> CustomerId:
    """Add a customer; Conflict when the phone, member number or external id is taken."""
    if not new.name.strip():
        raise BadInput("A customer needs a name.")
    phone = _phone(new.phone)
    number = new.member_number or member_number(await take(session, "member_number"))
    customer = Customer(
        member_number=number,
        external_id=new.external_id,
        name=new.name.strip(),
        phone=phone,
        tier_code=new.tier_code,
        manager_name=new.manager_name,
        manager_phone=new.manager_phone,
        birthday=new.birthday,
        time_zone=new.time_zone,
        locale=new.locale,
        created_at=now,
    )
    session.add(customer)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict("This phone, member number or external id already belongs to a customer.") from error
    return customer.id


async def change_phone(session: WriteSession, customer_id: CustomerId, phone: str) -> None:
    """Correct a customer's phone."""
    customer = await session.get(Customer, customer_id, with_for_update=True)
    if customer is None or customer.erased_at is not None:
        raise NotFound("There is no such customer.")
    customer.phone = _phone(phone)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict("This phone already belongs to a customer.") from error


def _phone(text: str | None) -> str | None:
    if text is None:
        return None
    phone = read_phone(text)
    if phone is None:
        raise BadInput("This is not a phone number: write it like 13800138000 or +85291234567.")
    return phone


async def _card(session: AsyncSession, by: Key, value: object) -> CustomerCard | None:
    row = (await session.execute(_found(by), {"value": value})).one_or_none()
    return CustomerCard(*row) if row else None


@cache  # building a statement costs as much as running it
def _found(by: Key) -> Select[*tuple[Any, ...]]:
    """The columns of a CustomerCard, in its order."""
    columns = {"id": Customer.id, "phone": Customer.phone, "member_number": Customer.member_number}
    return (
        select(
            Customer.id,
            Customer.member_number,
            Customer.name,
            Customer.phone,
            Tier.name,
            func.coalesce(Tier.key_account, false()),
            Customer.manager_name,
            Customer.manager_phone,
            Customer.birthday,
            Customer.time_zone,
            Customer.locale,
            Customer.external_id,
        )
        .outerjoin(Tier, Tier.code == Customer.tier_code)
        .where(columns[by] == bindparam("value"), Customer.erased_at.is_(None))
    )
