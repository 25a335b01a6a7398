"""Tables of tickets and their entries.

The entries are the truth. A ticket's row holds what they add up to (bot/desk/tickets/standing.py), so that
lists of ten thousand stay fast; it is written in the transaction that adds the entry, and nowhere else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.ids import TeamId, TicketId
from bot.kit.db import Base
from bot.kit.ids import AgentId, CustomerId
from bot.store.columns import one_of, primary_key, reference

State = Literal["waiting", "assigned", "closed"]
Kind = Literal["live", "message", "callback"]
Reason = Literal[
    "requested",
    "not_understood",
    "anger",
    "green_channel",
    "person_only",
    "agent",
    "reopened",
    "api",
]
ActorKind = Literal["customer", "bot", "agent", "system", "api"]
EntryKind = Literal[
    "opened",
    "queued",
    "details",
    "offered",
    "accepted",
    "declined",
    "withdrawn",
    "assigned",
    "transferred",
    "released",
    "note",
    "listening",
    "operation",
    "callback",
    "message",
    "left",
    "handed_back",
    "closed",
    "reopened",
    "rated",
]

OPEN = "state <> 'closed'"


class Ticket(Base):
    """A ticket as its entries leave it. `n`: the house's number of its last change."""

    __tablename__ = "ticket"
    __table_args__ = (
        one_of("state", get_args(State)),
        one_of("kind", get_args(Kind)),
        one_of("reason", get_args(Reason)),
        CheckConstraint("(state = 'assigned') = (agent_id IS NOT NULL)", name="assigned_by_name"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint("(state = 'closed') = (close_reason IS NOT NULL)", name="closed_has_reason"),
        CheckConstraint("(offer_agent_id IS NULL) = (offer_by_id IS NULL)", name="offer_is_whole"),
        CheckConstraint("offer_agent_id IS NULL OR state = 'assigned'", name="offer_needs_owner"),
        CheckConstraint("rank_at <= queued_at", name="rank_never_late"),
        CheckConstraint("unread >= 0", name="unread_not_negative"),
        Index(
            "uq_ticket_open_conversation",
            "conversation_id",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        Index("ix_ticket_queue", "state", "rank_at", "id"),
        Index("ix_ticket_agent_state", "agent_id", "state"),
        Index("ix_ticket_offer", "offer_agent_id"),
        Index("ix_ticket_n", "n"),
        Index("ix_ticket_open_n", "n", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_ticket_closed_at", "closed_at", "id"),
        Index("ix_ticket_opened_at", "opened_at"),
        Index("ix_ticket_conversation", "conversation_id", "id"),
        Index("ix_ticket_customer", "customer_id", "id"),
    )

    id: Mapped[TicketId] = primary_key()
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    customer_id: Mapped[CustomerId | None] = reference("customer.id")
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(16))
    topic: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    agent_id: Mapped[AgentId | None] = reference("agent.id")
    last_agent_id: Mapped[AgentId | None] = reference("agent.id")
    team_id: Mapped[TeamId | None] = reference("team.id")
    offer_agent_id: Mapped[AgentId | None] = reference("agent.id")
    offer_by_id: Mapped[AgentId | None] = reference("agent.id")
    offer_note: Mapped[str | None] = mapped_column(Text)
    offer_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    opened_seq: Mapped[int] = mapped_column(Integer)
    queued_at: Mapped[datetime]
    rank_at: Mapped[datetime]
    promised_by: Mapped[datetime | None]
    """The later end of the waiting time that the customer was told last."""
    assigned_at: Mapped[datetime | None]
    first_reply_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None] = mapped_column(String(24))
    waits_since: Mapped[datetime | None]
    unread: Mapped[int] = mapped_column(Integer, default=0)
    emotion: Mapped[str | None] = mapped_column(String(8))
    last_number: Mapped[int] = mapped_column(Integer, default=0)
    n: Mapped[int] = mapped_column(BigInteger)
    moved_n: Mapped[int] = mapped_column(BigInteger)
    """The number of the last change of state, agent or team."""


class TicketEntry(Base):
    """One entry of a ticket's thread."""

    __tablename__ = "ticket_entry"
    __table_args__ = (
        UniqueConstraint("ticket_id", "number"),
        one_of("kind", get_args(EntryKind)),
        one_of("actor_kind", get_args(ActorKind)),
        CheckConstraint("(actor_kind = 'agent') = (agent_id IS NOT NULL)", name="agent_acts_by_name"),
        CheckConstraint("kind NOT IN ('note', 'message') OR length(text) > 0", name="note_has_text"),
        CheckConstraint(
            "kind NOT IN ('offered', 'assigned') OR to_agent_id IS NOT NULL", name="goes_to_agent"
        ),
        CheckConstraint("kind <> 'transferred' OR to_team_id IS NOT NULL", name="goes_to_team"),
        CheckConstraint(
            "kind NOT IN ('opened', 'assigned', 'released', 'closed', 'reopened') OR reason IS NOT NULL",
            name="has_reason",
        ),
        CheckConstraint(
            "kind NOT IN ('accepted', 'declined', 'handed_back') OR agent_id IS NOT NULL", name="by_agent"
        ),
        Index(None, "kind", "at"),
    )

    id: Mapped[int] = primary_key()
    ticket_id: Mapped[TicketId] = reference("ticket.id")
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(12))
    actor_kind: Mapped[str] = mapped_column(String(8))
    agent_id: Mapped[AgentId | None] = reference("agent.id")
    actor: Mapped[str] = mapped_column(String(80))
    to_agent_id: Mapped[AgentId | None] = reference("agent.id")
    to_team_id: Mapped[TeamId | None] = reference("team.id")
    reason: Mapped[str | None] = mapped_column(String(24))
    text: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str | None] = mapped_column(String(100), unique=True)
    """What makes adding it again harmless."""
