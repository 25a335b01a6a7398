"""Table of open prompts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.store.columns import one_of

Ask = Literal["message", "phone", "comment", "what", "which", "wish"]


class DeskPrompt(Base):
    """What the customer's next text answers: a message to leave, a phone to call, a word on the rating,
    or (while they wait) what it is about, which card or order, and what they wish for."""

    __tablename__ = "desk_prompt"
    __table_args__ = (one_of("ask", get_args(Ask)),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    ask: Mapped[str] = mapped_column(String(8))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    until: Mapped[datetime]
    heard_at: Mapped[datetime | None] = mapped_column(index=True)
    """Since when a text waits that may be the answer; empty while there is none."""
