"""Tables of webhooks, of what they want to hear, and of deliveries.

A delivery names what happened (`subject`) and holds no copy of it: the body is made when it is sent, so
that nothing a customer said outlives its own row. Triggers add deliveries (bot/desk/webhooks/triggers.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Boolean, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.store.columns import one_of, primary_key, reference

DeliveryState = Literal["pending", "delivered", "parked"]


class Webhook(Base):
    """An address that is told. Its secret comes from `salt` and the house's own; it is kept nowhere."""

    __tablename__ = "webhook"

    id: Mapped[int] = primary_key()
    url: Mapped[str] = mapped_column(String(500))
    salt: Mapped[str] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(Boolean)
    failing_since: Mapped[datetime | None]
    """Since when every attempt failed; empty while it works."""
    created_at: Mapped[datetime]


class WebhookEvent(Base):
    """An event a webhook wants: its name, `ticket.*`, or `*`."""

    __tablename__ = "webhook_event"

    webhook_id: Mapped[int] = reference("webhook.id", primary_key=True)
    event: Mapped[str] = mapped_column(String(40), primary_key=True)


class WebhookDelivery(Base):
    """One event for one webhook. `event_id` stays the same however often it is sent."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        one_of("state", get_args(DeliveryState)),
        Index(None, "webhook_id", "id"),
        Index(
            "ix_webhook_delivery_due",
            "next_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[int] = primary_key()
    event_id: Mapped[str] = mapped_column(String(40), unique=True)
    webhook_id: Mapped[int] = reference("webhook.id")
    event: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(9))
    attempts: Mapped[int] = mapped_column(Integer)
    next_at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
