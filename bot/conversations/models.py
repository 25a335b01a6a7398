"""Tables: conversations, and the message log, which is also the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base

ID = String(40)

ERASED_USER = "erased-"
"""How the user of a conversation is called whose customer was erased."""


class Conversation(Base):
    """One customer on one channel. It has one owner at a time, and a version that every change raises."""

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("channel", "account", "channel_user"),
        CheckConstraint("owner IN ('bot', 'queue', 'agent')", name="owner_known"),
        CheckConstraint("(owner = 'agent') = (agent_id IS NOT NULL)", name="agent_owns_by_name"),
        CheckConstraint("last_seq >= 0 AND seen_seq >= 0", name="seq_positive"),
        Index("ix_conversation_owner", "owner", "last_message_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64))
    channel_user: Mapped[str] = mapped_column(String(128))
    identity_id: Mapped[int] = mapped_column(ForeignKey("channel_identity.id"), index=True)
    locale: Mapped[str] = mapped_column(String(16))
    time_zone: Mapped[str] = mapped_column(String(64))
    owner: Mapped[str] = mapped_column(String(8), default="bot")
    agent_id: Mapped[int | None]
    owner_version: Mapped[int] = mapped_column(default=1)
    agent_version: Mapped[int] = mapped_column(default=0)
    """The owner's version when an agent took or gave it last: what the bot began before that is too late."""
    desk_until: Mapped[datetime | None]
    """Until then the desk may care what the customer writes (bot.conversations.handoff)."""
    last_seq: Mapped[int] = mapped_column(default=0)
    seen_seq: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(64))
    """Which process takes this conversation's turns, until `worker_until`."""
    worker_until: Mapped[datetime | None]
    apologised_at: Mapped[datetime | None]
    """When the customer was told that an answer is late; cleared by the answer."""
    created_at: Mapped[datetime]
    last_message_at: Mapped[datetime]


class Message(Base):
    """One line of the log. The customer's lines wait for a turn; ours wait for delivery."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "channel_message_id"),
        CheckConstraint("author IN ('customer', 'bot', 'agent', 'system')", name="author_known"),
        CheckConstraint(
            "state IN ('waiting', 'done', 'failed',"
            " 'logged', 'queued', 'sending', 'held', 'sent', 'unknown', 'refused')",
            name="state_known",
        ),
        Index(
            "ix_message_waiting",
            "conversation_id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_message_open",
            "state",
            "next_attempt_at",
            sqlite_where=text("state IN ('waiting', 'queued', 'sending', 'held')"),
            postgresql_where=text("state IN ('waiting', 'queued', 'sending', 'held')"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    seq: Mapped[int]
    author: Mapped[str] = mapped_column(String(8))
    agent_id: Mapped[int | None]
    author_name: Mapped[str | None] = mapped_column(String(40))
    """How an agent is called in front of the customer."""
    channel_message_id: Mapped[str | None] = mapped_column(String(128))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8))
    """Customer's: waiting → done | failed. Ours: logged (the channel fetches), or
    queued → sending → sent | held | unknown | refused; held ones go out when the customer has written."""
    problem: Mapped[str | None] = mapped_column(String(200))
    """Why it has not arrived, for the agent."""
    merged_into: Mapped[str | None] = mapped_column(ID)
    """The message of ours with which this one goes out, where few may be sent."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    owner_version: Mapped[int]
    answers: Mapped[str | None] = mapped_column(ID)
    """The customer's message that this one answers."""
    parse: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the brain understood of a customer's message."""
    created_at: Mapped[datetime]
