"""Tables of tokens, and of what their idempotency keys were used for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.store.columns import primary_key, reference


class ApiToken(Base):
    """Another system's way in. Of the secret only the hash is kept, and its beginning, to tell them apart."""

    __tablename__ = "api_token"

    id: Mapped[int] = primary_key()
    name: Mapped[str] = mapped_column(String(60))
    prefix: Mapped[str] = mapped_column(String(12))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class ApiRequest(Base):
    """What an idempotency key of a token was used for: the same key is the same request."""

    __tablename__ = "api_request"

    id: Mapped[int] = primary_key()
    token_id: Mapped[int] = reference("api_token.id")
    key: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("token_id", "key"), Index(None, "made_at"))
