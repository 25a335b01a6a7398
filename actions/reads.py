"""Small public reads that the conversations need: services, offers, earning rules, tiers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.bookings.models import Booking, ServiceOffered, Slot
from bot.store.customers.models import Tier
from bot.store.offers.models import Offer
from bot.store.points.models import EarningRule


async def services_offered(session: AsyncSession) -> list[ServiceOffered]:
    """What can be booked."""
    statement = select(ServiceOffered).where(ServiceOffered.offered).order_by(ServiceOffered.code)
    return list((await session.execute(statement)).scalars())


async def service_of(session: AsyncSession, booking_id: int) -> str:
    """The code of the service that is booked."""
    statement = (
        select(Slot.service_code).join(Booking, Booking.slot_id == Slot.id).where(Booking.id == booking_id)
    )
    return (await session.execute(statement)).scalar_one()


async def current_offers(session: AsyncSession, now: datetime) -> list[Offer]:
    """The published offers of now, the same for everybody; the next to end first."""
    statement = select(Offer).where(Offer.since <= now, Offer.until > now).order_by(Offer.until, Offer.code)
    return list((await session.execute(statement)).scalars())


async def earning_rules(session: AsyncSession, now: datetime) -> list[EarningRule]:
    """How money spent becomes points now."""
    rule = EarningRule
    current = or_(rule.until.is_(None), rule.until > now)
    return list(
        (await session.execute(select(rule).where(rule.since <= now, current).order_by(rule.code))).scalars()
    )


async def tiers(session: AsyncSession) -> list[Tier]:
    """All tiers, lowest first."""
    return list((await session.execute(select(Tier).order_by(Tier.rank))).scalars())
