"""Tables of webhooks and of what is to be delivered to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, Boolean, CheckConstraint, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.ids import WebhookId
from bot.kit.db import Base
from bot.store.columns import one_of, primary_key, reference

DeliveryState = Literal["pending", "delivered", "parked"]


class Webhook(Base):
    """An address that wants to be told. `secret` is encrypted, not hashed: signing needs it plain."""

    __tablename__ = "webhook"

    id: Mapped[WebhookId] = primary_key()
    url: Mapped[str] = mapped_column(String(500))
    events: Mapped[list[str]] = mapped_column(JSON)
    secret: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class WebhookDelivery(Base):
    """One event for one webhook. `id` is the idempotency id: it stays the same however often it is sent."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        one_of("state", get_args(DeliveryState)),
        CheckConstraint("(state = 'pending') = (next_attempt_at IS NOT NULL)", name="pending_has_time"),
        Index(
            "ix_webhook_delivery_due",
            "next_attempt_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(None, "webhook_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    webhook_id: Mapped[WebhookId] = reference("webhook.id")
    event: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(9))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None]
    status: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
