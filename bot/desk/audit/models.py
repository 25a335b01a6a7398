"""Table of the audit log; rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.store.columns import primary_key, reference


class AuditEntry(Base):
    """One deed. `agent_id` is empty when no agent did it (the command line, another system)."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "at"), Index(None, "agent_id", "at"), Index(None, "kind", "at"))

    id: Mapped[int] = primary_key()
    at: Mapped[datetime]
    agent_id: Mapped[int | None] = reference("agent.id")
    actor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    address: Mapped[str] = mapped_column(String(64))
