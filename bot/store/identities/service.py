"""Identities: make sure one exists, say what it may see, bind it to a customer, take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession, insert_into
from bot.kit.errors import NotFound
from bot.kit.ids import CustomerId, IdentityId
from bot.store.customers.models import Customer, Tier
from bot.store.customers.numbers import read_number
from bot.store.customers.service import customer_by_number
from bot.store.identities.models import ChannelIdentity, IdentityBinding, Level, Proof


@dataclass(frozen=True, slots=True)
class Access:
    """What an identity is and may see. Personal facts need `verified`; the rest is for the tone."""

    identity_id: IdentityId
    level: Level
    customer_id: CustomerId | None
    verified: bool
    verified_until: datetime | None
    name: str | None
    tier: str | None
    key_account: bool
    time_zone: str | None
    locale: str | None


@dataclass(frozen=True, slots=True)
class Verified:
    """The proof was good: the identity acts for this customer until `until`."""

    customer_id: CustomerId
    name: str
    until: datetime


async def ensure_identity(
    session: WriteSession, channel: str, account: str, channel_user: str, now: datetime
) -> IdentityId:
    """The identity of a channel's user; made, anonymous, when it is new."""
    statement = (
        insert_into(session, ChannelIdentity)
        .values(
            channel=channel, account=account, channel_user=channel_user, level="anonymous", created_at=now
        )
        .on_conflict_do_nothing(index_elements=["channel", "account", "channel_user"])
    )
    await session.execute(statement)
    found = select(ChannelIdentity.id).where(
        ChannelIdentity.channel == channel,
        ChannelIdentity.account == account,
        ChannelIdentity.channel_user == channel_user,
    )
    return (await session.execute(found)).scalar_one()


async def access(session: AsyncSession, identity_id: IdentityId, now: datetime) -> Access:
    """What `identity_id` may see at `now`; NotFound when there is no such identity."""
    row = (await session.execute(_access(), {"identity": identity_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such identity.")
    if row.id is None:
        return Access(identity_id, "anonymous", None, False, None, None, None, False, None, None)
    until = row.verified_until
    verified = row.level == "verified" and until is not None and now < until
    return Access(
        identity_id=identity_id,
        level="verified" if verified else "known",
        customer_id=row.id,
        verified=verified,
        verified_until=until if verified else None,
        name=row.name,
        tier=row.tier,
        key_account=bool(row.key_account),
        time_zone=row.time_zone,
        locale=row.locale,
    )


@cache  # asked in every turn; building a statement costs as much as running it
def _access() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ChannelIdentity.level,
            ChannelIdentity.verified_until,
            Customer.id,
            Customer.name,
            Customer.time_zone,
            Customer.locale,
            Tier.name.label("tier"),
            Tier.key_account,
        )
        .select_from(ChannelIdentity)
        .outerjoin(Customer, (Customer.id == ChannelIdentity.customer_id) & Customer.erased_at.is_(None))
        .outerjoin(Tier, Tier.code == Customer.tier_code)
        .where(ChannelIdentity.id == bindparam("identity"))
    )


async def bind(
    session: WriteSession,
    identity_id: IdentityId,
    customer_id: CustomerId,
    proof: Proof,
    now: datetime,
    valid: timedelta,
) -> Verified:
    """Bind an identity to the customer it has just proved to be; whoever it was before, it no longer is."""
    name = (await session.execute(select(Customer.name).where(Customer.id == customer_id))).scalar_one()
    until = now + valid
    await session.execute(
        update(ChannelIdentity)
        .where(ChannelIdentity.id == identity_id)
        .values(
            customer_id=customer_id,
            level="verified",
            verified_at=now,
            verified_until=until,
            revoked_at=None,
        )
    )
    session.add(
        IdentityBinding(identity_id=identity_id, customer_id=customer_id, proof=proof, at=now, until=until)
    )
    await session.flush()
    return Verified(customer_id, name, until)


async def verify_by_merchant(
    session: WriteSession,
    identity_id: IdentityId,
    member_number: str,
    now: datetime,
    valid: timedelta = timedelta(hours=12),
) -> Verified:
    """Bind an identity on the word of the merchant's site, whose signature the caller has checked.

    NotFound when no customer has this member number (or phone).
    """
    number = read_number(member_number)
    customer = await customer_by_number(session, number) if number else None
    if customer is None:
        raise NotFound("The signed token names a customer we do not have.")
    return await bind(session, identity_id, customer.customer_id, "merchant", now, valid)


async def verify_by_external_id(
    session: WriteSession,
    identity_id: IdentityId,
    external_id: str,
    now: datetime,
    valid: timedelta = timedelta(hours=12),
) -> Verified:
    """The same on the company's own id of the customer, exactly as imported. NotFound when it is unknown."""
    statement = select(Customer.id).where(Customer.external_id == external_id, Customer.erased_at.is_(None))
    customer = (await session.execute(statement)).scalar_one_or_none()
    if customer is None:
        raise NotFound("The signed token names a customer we do not have.")
    return await bind(session, identity_id, customer, "merchant", now, valid)


async def revoke(session: WriteSession, identity_id: IdentityId, now: datetime) -> None:
    """Take an identity away from its customer; only a new proof binds it again."""
    await session.execute(
        update(ChannelIdentity)
        .where(ChannelIdentity.id == identity_id)
        .values(customer_id=None, level="anonymous", verified_at=None, verified_until=None, revoked_at=now)
    )
