"""Table of notices."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import AgentId
from bot.store.columns import one_of, primary_key, reference

NoticeKind = Literal[
    "assigned",
    "offered",
    "mention",
    "declined",
    "accepted",
    "released",
    "taken_over",
    "whisper",
    "reply_due",
    "complaint_due",
    "callback_due",
    "customer_back",
    "operation",
    "complaint_overdue",
    "care",
]


class Notice(Base):
    """One notice for one agent. `n` is from the house's one count of changes."""

    __tablename__ = "notice"
    __table_args__ = (one_of("kind", get_args(NoticeKind)), Index(None, "agent_id", "n"))

    id: Mapped[int] = primary_key()
    n: Mapped[int] = mapped_column(BigInteger, unique=True)
    agent_id: Mapped[AgentId] = reference("agent.id")
    kind: Mapped[str] = mapped_column(String(20))
    ticket_id: Mapped[int | None] = reference("ticket.id")
    complaint: Mapped[str | None] = mapped_column(String(24))
    """The number of the complaint that it is about."""
    text: Mapped[str] = mapped_column(String(200))
    key: Mapped[str | None] = mapped_column(String(80), unique=True)
    """Set where the same thing must not be told twice."""
    at: Mapped[datetime]
