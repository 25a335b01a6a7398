"""Table of ratings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.ids import TicketId
from bot.kit.db import Base
from bot.kit.ids import AgentId, CustomerId
from bot.store.columns import reference


class Rating(Base):
    """A ticket's rating; the row exists once it was asked for. `method` says what the score means."""

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("score BETWEEN 1 AND 5", name="score_in_range"),
        CheckConstraint("(score IS NULL) = (answered_at IS NULL)", name="answer_has_time"),
        Index(None, "asked_at"),
        Index(None, "customer_id", "asked_at"),
    )

    ticket_id: Mapped[TicketId] = reference("ticket.id", primary_key=True)
    customer_id: Mapped[CustomerId | None] = reference("customer.id")
    agent_id: Mapped[AgentId | None] = reference("agent.id")
    method: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    score: Mapped[int | None] = mapped_column(Integer)
    tags: Mapped[list[str]] = mapped_column(JSON)
    comment: Mapped[str | None] = mapped_column(Text)
