"""Table of offered operations."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.ids import TicketId
from bot.kit.db import Base
from bot.kit.ids import AgentId, CustomerId
from bot.store.columns import one_of, primary_key, reference

OperationKind = Literal["redeem", "transfer", "complaint_open", "complaint_step", "hand_out"]
OperationState = Literal["offered", "done", "refused", "failed", "expired", "withdrawn"]


class Operation(Base):
    """What an agent offers to do for a customer; where money or points move, the customer confirms it."""

    __tablename__ = "desk_operation"
    __table_args__ = (
        one_of("kind", get_args(OperationKind)),
        one_of("state", get_args(OperationState)),
        CheckConstraint("(state = 'offered') = (settled_at IS NULL)", name="settled_has_time"),
        CheckConstraint("state <> 'offered' OR until IS NOT NULL", name="offer_has_end"),
        Index(None, "conversation_id", "id"),
        Index(None, "ticket_id"),
        Index(None, "customer_id"),
        Index(
            "ix_desk_operation_offered",
            "until",
            sqlite_where=text("state = 'offered'"),
            postgresql_where=text("state = 'offered'"),
        ),
    )

    id: Mapped[int] = primary_key()
    ticket_id: Mapped[TicketId] = reference("ticket.id")
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    customer_id: Mapped[CustomerId] = reference("customer.id")
    agent_id: Mapped[AgentId] = reference("agent.id")
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    needs_customer: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(10))
    result: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    """What makes offering it again harmless."""
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
