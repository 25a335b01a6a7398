"""Table of call backs."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.ids import TicketId
from bot.kit.db import Base
from bot.kit.ids import AgentId
from bot.store.columns import one_of, primary_key, reference

CallbackState = Literal["open", "done", "failed", "cancelled"]


class Callback(Base):
    """One wish to be called. A ticket has at most one that is open."""

    __tablename__ = "callback"
    __table_args__ = (
        one_of("state", get_args(CallbackState)),
        CheckConstraint("window_from < window_to", name="window_has_length"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_has_time"),
        Index(
            "uq_callback_open_ticket",
            "ticket_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "ticket_id"),
        Index(None, "state", "window_to"),
    )

    id: Mapped[int] = primary_key()
    ticket_id: Mapped[TicketId] = reference("ticket.id")
    phone: Mapped[str] = mapped_column(String(16))
    window_from: Mapped[datetime]
    window_to: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(9))
    agent_id: Mapped[AgentId | None] = reference("agent.id")
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
