"""Tables of WeCom's customer service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base


class WxKfCursor(Base):
    """How far a customer-service account's messages were pulled, and who pulls now.

    `due_at` is set by a callback and cleared when there is nothing more; `token` came with the callback.
    """

    __tablename__ = "wx_kf_cursor"
    __table_args__ = (Index(None, "due_at"),)

    corp_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    open_kfid: Mapped[str] = mapped_column(String(64), primary_key=True)
    cursor: Mapped[str] = mapped_column(String(128))
    token: Mapped[str] = mapped_column(String(256))
    token_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    due_n: Mapped[int]
    """Raised by every callback: what came while a pull was under way is not taken for pulled."""
    lease: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    pulled_at: Mapped[datetime | None]


class WxKfSession(Base):
    """A customer's session as WeCom has it: its service state, and the code for a welcome."""

    __tablename__ = "wx_kf_session"

    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel_user: Mapped[str] = mapped_column(String(128), primary_key=True)
    state: Mapped[int | None]
    welcome_code: Mapped[str | None] = mapped_column(String(128))
    welcome_until: Mapped[datetime | None]
    scene: Mapped[str] = mapped_column(String(160))
    changed_at: Mapped[datetime]
