"""Table of canned replies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.ids import CannedId
from bot.kit.db import Base
from bot.kit.ids import AgentId
from bot.store.columns import primary_key, reference


class CannedReply(Base):
    """A reply to use again. Without `agent_id` it is everybody's."""

    __tablename__ = "canned_reply"
    __table_args__ = (Index(None, "agent_id"),)

    id: Mapped[CannedId] = primary_key()
    agent_id: Mapped[AgentId | None] = reference("agent.id")
    shortcut: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    topic: Mapped[str | None] = mapped_column(String(16))
    intents: Mapped[list[str]] = mapped_column(JSON)
    changed_at: Mapped[datetime]
