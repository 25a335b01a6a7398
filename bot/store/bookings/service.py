"""Book, move and cancel appointments. A slot never holds more than its capacity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.kit.errors import Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.bookings.models import Booking, BookingState, ServiceOffered, Slot
from bot.store.counters.service import daily_number
from bot.store.requests.service import Note, already_done, done


class SlotFull(Conflict):
    """This time is taken, over, or not offered: choose another one."""

    code = "slot_full"


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A time that can be booked."""

    slot_id: int
    service: str
    place: str
    starts_at: datetime
    ends_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class BookingView:
    """A customer's appointment."""

    booking_id: int
    number: str
    service: str
    place: str
    starts_at: datetime
    ends_at: datetime
    state: BookingState
    wish: str


async def free_slots(
    session: AsyncSession, service_code: str, since: datetime, until: datetime, limit: int = 20
) -> list[FreeSlot]:
    """Times for a service that begin in `since` … `until` and have room, soonest first."""
    statement = (
        select(Slot, ServiceOffered.name)
        .join(ServiceOffered, ServiceOffered.code == Slot.service_code)
        .where(
            Slot.service_code == service_code,
            ServiceOffered.offered,
            Slot.starts_at >= since,
            Slot.starts_at < until,
            Slot.taken < Slot.capacity,
        )
        .order_by(Slot.starts_at, Slot.id)
        .limit(limit)
    )
    rows = (await session.execute(statement)).all()
    return [
        FreeSlot(slot.id, name, slot.place, slot.starts_at, slot.ends_at, slot.capacity - slot.taken)
        for slot, name in rows
    ]


async def book(
    session: WriteSession,
    customer_id: CustomerId,
    slot_id: int,
    note: Note,
    *,
    asset_id: int | None = None,
    wish: str = "",
) -> Booking:
    """Take a place in a slot; SlotFull when there is none, or when the customer already has one in it."""
    known = await already_done(session, note, "book", customer_id, slot_id, asset_id)
    if known is not None:
        return await session.get_one(Booking, known)
    await _take_place(session, slot_id, note.at)
    booking = Booking(
        number=await daily_number(session, "YY", note.at),
        customer_id=customer_id,
        asset_id=asset_id,
        slot_id=slot_id,
        wish=wish[:300],
        state="booked",
        created_at=note.at,
        changed_at=note.at,
    )
    session.add(booking)
    await _flush(session)
    await done(session, note, booking.id)
    return booking


async def move_booking(session: WriteSession, booking_id: int, slot_id: int, note: Note) -> Booking:
    """Move an appointment to another slot; the old place is free again only when the new one is taken."""
    booking = await _locked(session, booking_id)
    if await already_done(session, note, "move_booking", booking_id, slot_id) is not None:
        return booking
    _require_booked(booking)
    if slot_id != booking.slot_id:
        # Both slots in order of id, so that two customers who swap do not wait for each other for ever.
        for each in sorted((booking.slot_id, slot_id)):
            await (_take_place(session, each, note.at) if each == slot_id else _free_place(session, each))
        booking.slot_id, booking.moves, booking.changed_at = slot_id, booking.moves + 1, note.at
        await _flush(session)
    await done(session, note, booking_id)
    return booking


async def cancel_booking(session: WriteSession, booking_id: int, note: Note) -> Booking:
    """Give an appointment up; its place is free again."""
    booking = await _locked(session, booking_id)
    if await already_done(session, note, "cancel_booking", booking_id) is not None:
        return booking
    _require_booked(booking)
    await _free_place(session, booking.slot_id)
    booking.state, booking.changed_at = "cancelled", note.at
    await session.flush()
    await done(session, note, booking_id)
    return booking


async def own_bookings(session: AsyncSession, customer_id: CustomerId, now: datetime) -> list[BookingView]:
    """The customer's appointments that are still to come, soonest first."""
    statement = (
        select(Booking, Slot, ServiceOffered.name)
        .join(Slot, Slot.id == Booking.slot_id)
        .join(ServiceOffered, ServiceOffered.code == Slot.service_code)
        .where(Booking.customer_id == customer_id, Booking.state == "booked", Slot.ends_at > now)
        .order_by(Slot.starts_at)
    )
    rows = (await session.execute(statement)).all()
    return [
        BookingView(
            booking.id,
            booking.number,
            name,
            slot.place,
            slot.starts_at,
            slot.ends_at,
            booking.state,  # pyright: ignore[reportArgumentType] - a CHECK holds it
            booking.wish,
        )
        for booking, slot, name in rows
    ]


async def _take_place(session: WriteSession, slot_id: int, now: datetime) -> None:
    offered = select(ServiceOffered.code).where(ServiceOffered.offered)
    statement = (
        update(Slot)
        .where(
            Slot.id == slot_id,
            Slot.taken < Slot.capacity,
            Slot.starts_at > now,
            Slot.service_code.in_(offered),
        )
        .values(taken=Slot.taken + 1)
        .returning(Slot.id)
    )
    if (await session.execute(statement)).scalar_one_or_none() is None:
        raise SlotFull


async def _free_place(session: WriteSession, slot_id: int) -> None:
    await session.execute(update(Slot).where(Slot.id == slot_id).values(taken=Slot.taken - 1))


async def _locked(session: WriteSession, booking_id: int) -> Booking:
    booking = await session.get(Booking, booking_id, with_for_update=True, populate_existing=True)
    if booking is None:
        raise NotFound("There is no such booking.")
    return booking


def _require_booked(booking: Booking) -> None:
    if booking.state != "booked":
        raise Conflict(f"A booking that is {booking.state} cannot change.")


async def _flush(session: WriteSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise SlotFull("You already have a place at this time.") from error
