"""Tables that both platforms' channels share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base


class WxToken(Base):
    """The access token of an app, sealed with its secret, and who is fetching a new one."""

    __tablename__ = "wx_token"

    app: Mapped[str] = mapped_column(String(80), primary_key=True)
    sealed: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None]
    forced_at: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]


class WxNonce(Base):
    """A callback's nonce, and what came with it: the same again is a repetition, another body a forgery."""

    __tablename__ = "wx_nonce"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(index=True)


class WxAllowance(Base):
    """What a customer's last message (or last action) allows us to send to them, and what was sent of it."""

    __tablename__ = "wx_allowance"
    __table_args__ = (
        CheckConstraint("kind IN ('message', 'action')", name="kind_known"),
        CheckConstraint("used >= 0 AND used <= allowed", name="used_within"),
    )

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel_user: Mapped[str] = mapped_column(String(128), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    allowed: Mapped[int]
    used: Mapped[int]
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(128))
    """The id of the message or event that granted it: its repetition grants nothing."""


class WxPart(Base):
    """One call that sends a message or a part of it. `sending` for long: nobody knows whether it arrived."""

    __tablename__ = "wx_part"
    __table_args__ = (
        CheckConstraint("state IN ('sending', 'sent', 'unknown')", name="state_known"),
        Index(None, "platform_id"),
    )

    message_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    """The allowance that it was taken from."""
    platform_id: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]


class WxOffer(Base):
    """The numbered choices that a customer saw last: a bare number answers them."""

    __tablename__ = "wx_offer"

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel_user: Mapped[str] = mapped_column(String(128), primary_key=True)
    seq: Mapped[int]
    choices: Mapped[int]
    at: Mapped[datetime]


class WxFetch(Base):
    """A picture, voice or video that a customer sent and that is still to be fetched from the platform."""

    __tablename__ = "wx_fetch"

    file_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64))
    media_id: Mapped[str] = mapped_column(String(256))
    attempts: Mapped[int]
    next_at: Mapped[datetime] = mapped_column(index=True)
