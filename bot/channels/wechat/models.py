"""Tables of the official account's channel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base


class WxFollower(Base):
    """Somebody who follows an account, or did; `scene` is of the QR code by which they came last."""

    __tablename__ = "wx_follower"

    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel_user: Mapped[str] = mapped_column(String(128), primary_key=True)
    follows: Mapped[bool]
    scene: Mapped[str] = mapped_column(String(64))
    first_scene: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime]
    changed_at: Mapped[datetime]


class WxPassiveReply(Base):
    """What a callback was answered with: its repetition gets the same. Empty while it is being made."""

    __tablename__ = "wx_passive_reply"

    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    arrival: Mapped[str] = mapped_column(String(128), primary_key=True)
    channel_user: Mapped[str] = mapped_column(String(128))
    reply: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)


class WxConsent(Base):
    """How many subscription messages of a template somebody has agreed to and not received yet."""

    __tablename__ = "wx_consent"
    __table_args__ = (CheckConstraint("left_over >= 0", name="left_positive"),)

    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel_user: Mapped[str] = mapped_column(String(128), primary_key=True)
    template_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    left_over: Mapped[int]
    refused: Mapped[bool]
    source: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime]


class WxNotice(Base):
    """A template or subscription message that we sent, under the sender's own key."""

    __tablename__ = "wx_notice"
    __table_args__ = (
        CheckConstraint("state IN ('sending', 'sent', 'arrived', 'unknown', 'refused')", name="state_known"),
    )

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    channel_user: Mapped[str] = mapped_column(String(128))
    template: Mapped[str] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(8))
    platform_id: Mapped[str | None] = mapped_column(String(64), index=True)
    problem: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
