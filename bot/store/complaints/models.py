"""Tables of complaints and their timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import ComplaintId, CustomerId
from bot.store.columns import one_of, primary_key, reference

State = Literal[
    "received", "acknowledged", "assessed", "investigating", "waiting_customer", "responded", "closed"
]
ActorKind = Literal["customer", "bot", "agent", "system"]


class Complaint(Base):
    """A complaint. Its first-reply clock is calendar time, never pauses, and ends with `first_reply_at`."""

    __tablename__ = "complaint"
    __table_args__ = (
        one_of("state", get_args(State)),
        CheckConstraint("first_reply_due > received_at", name="due_after_receipt"),
        CheckConstraint(
            "first_reply_at IS NULL OR first_reply_at >= received_at", name="reply_after_receipt"
        ),
        CheckConstraint(
            "state NOT IN ('responded', 'closed') OR first_reply_at IS NOT NULL", name="an_end_needs_a_reply"
        ),
        CheckConstraint("escalation >= 0", name="escalation_not_negative"),
        Index(None, "customer_id", "received_at"),
        Index(
            "ix_complaint_unanswered",
            "first_reply_due",
            sqlite_where=text("first_reply_at IS NULL"),
            postgresql_where=text("first_reply_at IS NULL"),
        ),
        Index(
            "ix_complaint_open",
            "appeal_from",
            sqlite_where=text("state NOT IN ('responded', 'closed')"),
            postgresql_where=text("state NOT IN ('responded', 'closed')"),
        ),
    )

    id: Mapped[ComplaintId] = primary_key()
    number: Mapped[str] = mapped_column(String(15), unique=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    customer_id: Mapped[CustomerId] = reference("customer.id")
    channel: Mapped[str] = mapped_column(String(16))
    category: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default="received")
    green_channel: Mapped[bool] = mapped_column(Boolean, default=False)
    owner: Mapped[str | None] = mapped_column(String(80), index=True)
    escalation: Mapped[int] = mapped_column(Integer, default=0)
    received_at: Mapped[datetime]
    first_reply_due: Mapped[datetime]
    first_reply_at: Mapped[datetime | None]
    appeal_from: Mapped[datetime]
    responded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class ComplaintEvent(Base):
    """One step in a complaint's life. Rows are only added; those not `public` are for agents."""

    __tablename__ = "complaint_event"
    __table_args__ = (
        one_of("actor_kind", get_args(ActorKind)),
        Index(None, "complaint_id", "id"),
    )

    id: Mapped[int] = primary_key()
    complaint_id: Mapped[ComplaintId] = reference("complaint.id")
    key: Mapped[str] = mapped_column(String(80), unique=True)
    at: Mapped[datetime]
    step: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(16))
    actor_kind: Mapped[str] = mapped_column(String(8))
    actor: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    public: Mapped[bool] = mapped_column(Boolean)
