"""What can be booked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.bookings.models import Booking, ServiceOffered, Slot


async def services_offered(session: AsyncSession) -> list[ServiceOffered]:
    """Every service that is offered now."""
    statement = select(ServiceOffered).where(ServiceOffered.offered).order_by(ServiceOffered.code)
    return list((await session.execute(statement)).scalars())


async def service_of(session: AsyncSession, booking_id: int) -> str:
    """The code of the service that is booked."""
    statement = (
        select(Slot.service_code).join(Booking, Booking.slot_id == Slot.id).where(Booking.id == booking_id)
    )
    return (await session.execute(statement)).scalar_one()
