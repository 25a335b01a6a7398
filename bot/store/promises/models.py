"""Tables of published commitments and of the promises made to customers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import primary_key, reference


class Commitment(Base):
    """A published commitment, such as a first answer within 24 hours. `hours` None: no time limit."""

    __tablename__ = "commitment"
    __table_args__ = (CheckConstraint("hours IS NULL OR hours > 0", name="hours_positive"),)

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    hours: Mapped[int | None] = mapped_column(Integer)
    published_on: Mapped[date] = mapped_column(Date)
    withdrawn_on: Mapped[date | None] = mapped_column(Date)


class Promise(Base):
    """A promise to one customer, with the moment it is due; open until it is kept or released."""

    __tablename__ = "promise"
    __table_args__ = (
        CheckConstraint("due_at > made_at", name="due_after_made"),
        CheckConstraint("kept_at IS NULL OR released_at IS NULL", name="kept_or_released"),
        Index(None, "customer_id", "due_at"),
        Index(
            "ix_promise_open",
            "due_at",
            sqlite_where=text("kept_at IS NULL AND released_at IS NULL"),
            postgresql_where=text("kept_at IS NULL AND released_at IS NULL"),
        ),
    )

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id")
    commitment_code: Mapped[str | None] = mapped_column(ForeignKey("commitment.code"))
    about: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
