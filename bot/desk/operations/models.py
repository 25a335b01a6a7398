"""Table of offered operations."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.ids import OperationId, TicketId
from bot.kit.db import Base
from bot.kit.ids import AgentId, CustomerId
from bot.store.columns import one_of, primary_key, reference

OperationState = Literal["offered", "done", "refused", "failed", "expired", "withdrawn"]


class Operation(Base):
    """One operation. It is booked under the key `desk-<id>`, so it can happen only once."""

    __tablename__ = "desk_operation"
    __table_args__ = (
        one_of("state", get_args(OperationState)),
        CheckConstraint("(state = 'offered') = (settled_at IS NULL)", name="settled_has_time"),
        Index(None, "ticket_id"),
        Index(None, "customer_id"),
    )

    id: Mapped[OperationId] = primary_key()
    key: Mapped[str] = mapped_column(String(100), unique=True)
    ticket_id: Mapped[TicketId] = reference("ticket.id")
    customer_id: Mapped[CustomerId] = reference("customer.id")
    agent_id: Mapped[AgentId] = reference("agent.id")
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(80))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    lines: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(9))
    result: Mapped[str | None] = mapped_column(Text)
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
