"""Tables of care: occurrences and the decisions about them, settings of triggers, marks, and the audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import one_of, primary_key, reference

State = Literal[
    "planned", "deferred", "parked", "sending", "sent", "unknown",
    "to_agent", "held_out", "suppressed", "lapsed",
]  # fmt: skip
"""planned → deferred, parked (both come up again at `due_at`) → sent, or one of the ends.

`sending`: a template message is under way; `unknown`: the platform did not say whether it took it;
`to_agent`: an agent had the conversation and was told; `held_out`: the group that results are compared with;
`lapsed`: it was no longer true when its turn came.
"""

OPEN = "state IN ('planned', 'deferred', 'parked', 'sending')"
OUT = "sent_at IS NOT NULL"


class Occurrence(Base):
    """One thing that one customer may be told, once: unique by customer, trigger and key.

    `sent_at` is also set for who is held out: the moment at which the message would have gone out.
    """

    __tablename__ = "care_occurrence"
    __table_args__ = (
        UniqueConstraint("customer_id", "trigger", "key"),
        one_of("state", get_args(State)),
        CheckConstraint("state NOT IN ('sent', 'held_out') OR sent_at IS NOT NULL", name="sent_has_time"),
        CheckConstraint("expires_at > planned_at", name="expires_after_planned"),
        Index(
            "ix_care_occurrence_open",
            "trigger",
            "due_at",
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        Index(
            "ix_care_occurrence_out", "trigger", "sent_at", sqlite_where=text(OUT), postgresql_where=text(OUT)
        ),
    )

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id")
    trigger: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(120))
    """What happened, within the trigger: `lot:12:30`."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(24))
    """Of the last decision (bot/care/deciding.py)."""
    problem: Mapped[str | None] = mapped_column(String(200))
    priority: Mapped[int] = mapped_column(Integer)
    marketing: Mapped[bool | None] = mapped_column(Boolean)
    """Whether it went out as marketing; set with `sent_at`."""
    planned_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    channel: Mapped[str | None] = mapped_column(String(16))
    conversation_id: Mapped[str | None] = mapped_column(String(40))
    seq: Mapped[int | None] = mapped_column(Integer)
    text: Mapped[str | None] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    goal_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]


class DecisionMade(Base):
    """One decision about an occurrence. Rows are only added."""

    __tablename__ = "care_decision"
    __table_args__ = (Index(None, "occurrence_id", "id"),)

    id: Mapped[int] = primary_key()
    occurrence_id: Mapped[int] = reference("care_occurrence.id")
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(24))
    until: Mapped[datetime | None]


class CareCustomer(Base):
    """Locked while something is decided for a customer: two senders cannot both use the last place."""

    __tablename__ = "care_customer"

    customer_id: Mapped[CustomerId] = reference("customer.id", primary_key=True, autoincrement=False)
    decided_at: Mapped[datetime]


class TriggerSetting(Base):
    """What an operator set for a trigger; without a row the trigger's own file counts."""

    __tablename__ = "care_trigger"
    __table_args__ = (CheckConstraint("hold_out BETWEEN 0 AND 50", name="hold_out_share"),)

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    enabled: Mapped[bool] = mapped_column(Boolean)
    hold_out: Mapped[int] = mapped_column(Integer)
    """Percent of customers who are not told, to compare with."""
    text: Mapped[str | None] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime]


class CareMark(Base):
    """How far planning has come. `safe`: what was there before `safe_at`; rows commit out of order."""

    __tablename__ = "care_mark"

    name: Mapped[str] = mapped_column(String(48), primary_key=True)
    at: Mapped[datetime]
    upto: Mapped[int] = mapped_column(BigInteger, default=0)
    safe: Mapped[int] = mapped_column(BigInteger, default=0)
    safe_at: Mapped[datetime]


class CareAudit(Base):
    """What operators did. Rows are only added. `trigger` is empty for what concerns all."""

    __tablename__ = "care_audit"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = primary_key()
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(16))
    trigger: Mapped[str] = mapped_column(String(32))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)


class CareSwitch(Base):
    """Everything that care sends, stopped or running: one row."""

    __tablename__ = "care_switch"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    paused: Mapped[bool] = mapped_column(Boolean)
    why: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
