"""Table of tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.ids import TokenId
from bot.kit.db import Base
from bot.store.columns import primary_key


class ApiToken(Base):
    """A token of another system. Only its hash is kept; `hint` is its beginning, to tell tokens apart."""

    __tablename__ = "api_token"

    id: Mapped[TokenId] = primary_key()
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(12))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
