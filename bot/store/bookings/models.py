"""Tables of services, slots and bookings."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import one_of, primary_key, reference

BookingState = Literal["booked", "cancelled", "done", "missed"]


class ServiceOffered(Base):
    """Work the company can do. What is not `offered` is not promised to anybody."""

    __tablename__ = "service_offered"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    minutes: Mapped[int] = mapped_column(Integer)
    offered: Mapped[bool] = mapped_column(Boolean, default=True)


class Slot(Base):
    """A time at a place with room for `capacity` bookings."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("service_code", "place", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="period_in_order"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="taken_within_capacity"),
        Index(None, "starts_at"),
    )

    id: Mapped[int] = primary_key()
    service_code: Mapped[str] = mapped_column(ForeignKey("service_offered.code"))
    place: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)


class Booking(Base):
    """A customer's place in a slot; a customer has each slot once."""

    __tablename__ = "booking"
    __table_args__ = (
        one_of("state", get_args(BookingState)),
        Index(None, "customer_id"),
        Index(
            "uq_booking_customer_slot",
            "customer_id",
            "slot_id",
            unique=True,
            sqlite_where=text("state = 'booked'"),
            postgresql_where=text("state = 'booked'"),
        ),
    )

    id: Mapped[int] = primary_key()
    number: Mapped[str] = mapped_column(String(20), unique=True)
    customer_id: Mapped[CustomerId] = reference("customer.id")
    asset_id: Mapped[int | None] = reference("asset.id")
    slot_id: Mapped[int] = reference("slot.id", index=True)
    wish: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(9))
    moves: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
