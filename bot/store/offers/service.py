"""Publish offers, give out coupons, use them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId, OrderId
from bot.store.customers.models import Customer
from bot.store.dates import end_of_day
from bot.store.offers.models import Coupon, Offer
from bot.store.requests.service import Note, already_done, done

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class CouponNotUsable(Conflict):
    """This coupon cannot be used: it is used up, cancelled or over, or the order is too small."""

    code = "coupon_not_usable"


@dataclass(frozen=True, slots=True)
class CouponView:
    """A coupon; `value` percent or fen off, from `minimum` fen on, to be used before `expires_at`."""

    code: str
    name: str
    terms: str
    kind: str
    value: int
    minimum: int
    expires_at: datetime


async def issue_coupon(
    session: WriteSession, customer_id: CustomerId, offer_code: str, occasion: str, note: Note
) -> str:
    """Give a customer a coupon; one for each occasion (`birthday:2026`), however often it is asked for."""
    known = await already_done(session, note, "issue_coupon", customer_id, offer_code, occasion)
    if known is not None:
        return (await session.get_one(Coupon, known)).code
    offer = await session.get(Offer, offer_code)
    if offer is None or not offer.since <= note.at < offer.until:
        raise NotFound("There is no such offer now.")
    before = select(Coupon).where(
        Coupon.customer_id == customer_id, Coupon.offer_code == offer_code, Coupon.occasion == occasion
    )
    coupon = (await session.execute(before)).scalar_one_or_none()
    if coupon is None:
        zone = (await session.get_one(Customer, customer_id)).time_zone
        last = local_date(note.at, zone) + timedelta(days=offer.coupon_days)
        coupon = Coupon(
            code="".join(secrets.choice(LETTERS) for _ in range(12)),
            customer_id=customer_id,
            offer_code=offer_code,
            occasion=occasion,
            state="issued",
            issued_at=note.at,
            expires_at=end_of_day(last, zone),
        )
        session.add(coupon)
        await session.flush()
    await done(session, note, coupon.id)
    return coupon.code


async def use_coupon(
    session: WriteSession,
    customer_id: CustomerId,
    code: str,
    amount: int,
    note: Note,
    order_id: OrderId | None = None,
) -> int:
    """Use the customer's own coupon for an order of `amount` fen; returns the fen taken off."""
    coupon, offer = await _coupon(session, customer_id, code)
    off = discount(offer, amount)
    if await already_done(session, note, "use_coupon", customer_id, code, amount) is not None:
        return off
    if coupon.state != "issued" or coupon.expires_at <= note.at or amount < offer.minimum:
        raise CouponNotUsable
    coupon.state, coupon.used_at, coupon.order_id = "used", note.at, order_id
    await session.flush()
    await done(session, note, coupon.id)
    return off


async def cancel_coupon(session: WriteSession, customer_id: CustomerId, code: str, note: Note) -> None:
    """Take an unused coupon back."""
    coupon, _ = await _coupon(session, customer_id, code)
    if await already_done(session, note, "cancel_coupon", customer_id, code) is not None:
        return
    if coupon.state != "issued":
        raise Conflict(f"A coupon that is {coupon.state} cannot be cancelled.")
    coupon.state = "cancelled"
    await session.flush()
    await done(session, note, coupon.id)


def discount(offer: Offer, amount: int) -> int:
    """What an offer takes off `amount` fen; never more than the amount, never depending on who buys."""
    if amount <= 0:
        raise BadInput("An order's amount is above zero.")
    off = amount * offer.value // 100 if offer.kind == "percent" else offer.value
    return min(off, amount)


async def own_coupons(session: AsyncSession, customer_id: CustomerId, now: datetime) -> list[CouponView]:
    """The customer's coupons that can be used now, soonest to end first."""
    statement = (
        select(Coupon, Offer)
        .join(Offer, Offer.code == Coupon.offer_code)
        .where(Coupon.customer_id == customer_id, Coupon.state == "issued", Coupon.expires_at > now)
        .order_by(Coupon.expires_at, Coupon.id)
    )
    rows = (await session.execute(statement)).all()
    return [CouponView(c.code, o.name, o.terms, o.kind, o.value, o.minimum, c.expires_at) for c, o in rows]


async def _coupon(session: WriteSession, customer_id: CustomerId, code: str) -> tuple[Coupon, Offer]:
    statement = (
        select(Coupon, Offer)
        .join(Offer, Offer.code == Coupon.offer_code)
        .where(Coupon.code == code.strip().upper(), Coupon.customer_id == customer_id)
        .with_for_update(of=Coupon)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("You have no such coupon.")
    return row[0], row[1]


async def current_offers(session: AsyncSession, now: datetime) -> list[Offer]:
    """The published offers of now, the same for everybody; the next to end first."""
    statement = select(Offer).where(Offer.since <= now, Offer.until > now).order_by(Offer.until, Offer.code)
    return list((await session.execute(statement)).scalars())
