"""Tickets as lists show them: a page of lines costs a handful of queries, however many tickets there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.conversations.models import Conversation, Message
from bot.desk.agents.models import Agent
from bot.desk.callbacks.models import Callback
from bot.desk.callbacks.service import told
from bot.desk.ids import TicketId
from bot.desk.masks import mask_name
from bot.desk.rules.rules import Rules
from bot.desk.satisfaction.models import Rating
from bot.desk.teams.models import Team
from bot.desk.tickets.models import Ticket
from bot.kit.clock import iso
from bot.kit.ids import AgentId, CustomerId
from bot.store.complaints.models import Complaint
from bot.store.customers.models import Customer, Tier
from bot.store.identities.models import ChannelIdentity

PREVIEW = 80


@dataclass(frozen=True, slots=True)
class _Beside:
    """What belongs to a page of tickets and is asked for all of them at once."""

    agents: Mapping[AgentId, str]
    teams: Mapping[int, str]
    callbacks: Mapping[TicketId, Callback]
    ratings: Mapping[TicketId, int | None]
    due: Mapping[CustomerId, datetime]


async def lines(
    session: AsyncSession, statement: Select[Ticket], rules: Rules, now: datetime
) -> list[dict[str, Any]]:
    """`Line`s of docs/protocols/desk.md for the tickets that `statement` selects, in its order."""
    return [shown for _, shown in await with_lines(session, statement, rules, now)]


async def with_lines(
    session: AsyncSession, statement: Select[Ticket], rules: Rules, now: datetime
) -> list[tuple[Ticket, dict[str, Any]]]:
    """The tickets that `statement` selects, each with its line."""
    return await lines_of(session, joined(statement), rules, now)


async def lines_of(
    session: AsyncSession,
    statement: Select[*tuple[Any, ...]],
    rules: Rules,
    now: datetime,
    given: Mapping[str, Any] | None = None,
) -> list[tuple[Ticket, dict[str, Any]]]:
    """As `with_lines`, of a statement that is `joined` already and asked with what is `given`."""
    rows = (await session.execute(statement, given)).all()
    beside = await _beside(session, rows)
    return [(row[0], _line(row, beside, rules, now)) for row in rows]


async def line(session: AsyncSession, ticket: TicketId, rules: Rules, now: datetime) -> dict[str, Any] | None:
    """One ticket's line."""
    found = await lines(session, select(Ticket).where(Ticket.id == ticket), rules, now)
    return found[0] if found else None


def joined(statement: Select[Ticket]) -> Select[*tuple[Any, ...]]:
    """`statement` with what lines tell beside each ticket."""
    beside = statement.join(Conversation, Conversation.id == Ticket.conversation_id).add_columns(
        Conversation.channel, Conversation.owner, Conversation.owner_version
    )
    return with_customer(beside).execution_options(populate_existing=True)


def with_customer(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Beside each conversation that `statement` selects its last words and whose it is.

    What `last_json` and `customer_json` read.
    """
    return (
        statement.outerjoin(
            Message, and_(Message.conversation_id == Conversation.id, Message.seq == last_words())
        )
        .join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)
        .outerjoin(Customer, and_(Customer.id == ChannelIdentity.customer_id, Customer.erased_at.is_(None)))
        .outerjoin(Tier, Tier.code == Customer.tier_code)
        .add_columns(
            Message.seq.label("last_seq"),
            Message.author.label("last_author"),
            Message.content.label("last_content"),
            Message.created_at.label("last_at"),
            ChannelIdentity.level,
            ChannelIdentity.verified_until,
            Customer.id.label("customer"),
            Customer.name.label("customer_name"),
            Tier.name.label("tier"),
            Tier.key_account,
        )
    )


def last_words() -> ScalarSelect[int]:
    """The newest message of a conversation that is more than the house saying how it stands."""
    said = aliased(Message)
    return (
        select(said.seq)
        .where(said.conversation_id == Conversation.id, said.author != "system")
        .order_by(said.seq.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )


async def _beside(session: AsyncSession, rows: Sequence[Row[*tuple[Any, ...]]]) -> _Beside:
    tickets: list[Ticket] = [row[0] for row in rows]
    if not tickets:
        return _Beside({}, {}, {}, {}, {})
    of_tickets = {"tickets": [ticket.id for ticket in tickets]}
    of_customers = {"customers": [row.customer for row in rows if row.customer is not None]}
    calls = await session.scalars(_calls(), of_tickets)
    due = await session.execute(_due(), of_customers) if of_customers["customers"] else None
    return _Beside(
        agents=dict((await session.execute(_agents())).all()),
        teams=dict((await session.execute(_teams())).all()),
        callbacks={call.ticket_id: call for call in calls},
        ratings=dict((await session.execute(_ratings(), of_tickets)).all()),
        due=dict(due.all()) if due is not None else {},
    )


@cache  # asked for every page and several times a second: building a statement costs more than running it
def _calls() -> Select[Callback]:
    return (
        select(Callback)
        .where(Callback.ticket_id.in_(bindparam("tickets", expanding=True)), Callback.state != "cancelled")
        .order_by(Callback.id)
    )


@cache
def _due() -> Select[CustomerId, datetime]:
    return (
        select(Complaint.customer_id, func.min(Complaint.first_reply_due))
        .where(
            Complaint.customer_id.in_(bindparam("customers", expanding=True)),
            Complaint.first_reply_at.is_(None),
        )
        .group_by(Complaint.customer_id)
    )


@cache
def _ratings() -> Select[TicketId, int | None]:
    return select(Rating.ticket_id, Rating.score).where(
        Rating.ticket_id.in_(bindparam("tickets", expanding=True))
    )


@cache
def _agents() -> Select[AgentId, str]:
    return select(Agent.id, Agent.name)


@cache
def _teams() -> Select[int, str]:
    return select(Team.id, Team.name)


def _line(row: Row[*tuple[Any, ...]], beside: _Beside, rules: Rules, now: datetime) -> dict[str, Any]:
    ticket: Ticket = row[0]
    callback = beside.callbacks.get(ticket.id)
    reply_due = (
        ticket.waits_since + timedelta(seconds=rules.first_reply_seconds)
        if ticket.waits_since and ticket.state == "assigned"
        else None
    )
    return {
        "id": ticket.id,
        "n": ticket.n,
        "conversation": ticket.conversation_id,
        "kind": ticket.kind,
        "state": ticket.state,
        "reason": ticket.reason,
        "topic": ticket.topic,
        "channel": row.channel,
        "language": ticket.language,
        "customer": customer_json(row, now),
        "owner": row.owner,
        "owner_version": row.owner_version,
        "agent": _who(beside, ticket.agent_id),
        "last_agent": _who(beside, ticket.last_agent_id),
        "team": {"id": ticket.team_id, "name": beside.teams.get(ticket.team_id)} if ticket.team_id else None,
        "offer": _offer(ticket, beside),
        "opened_at": iso(ticket.opened_at),
        "queued_at": iso(ticket.queued_at),
        "rank_at": iso(ticket.rank_at),
        "assigned_at": _iso(ticket.assigned_at),
        "first_reply_at": _iso(ticket.first_reply_at),
        "closed_at": _iso(ticket.closed_at),
        "close_reason": ticket.close_reason,
        "unread": ticket.unread,
        "emotion": ticket.emotion,
        "last": last_json(row),
        "waits_since": _iso(ticket.waits_since),
        "reply_due": _iso(reply_due),
        "complaint_due": _iso(beside.due.get(row.customer)) if row.customer else None,
        "callback": told(callback) if callback else None,
        "rating": beside.ratings.get(ticket.id),
    }


def customer_json(row: Row[*tuple[Any, ...]], now: datetime) -> dict[str, Any]:
    """Who a conversation is with, as far as lists may say."""
    verified = row.level == "verified" and row.verified_until is not None and now < row.verified_until
    return {
        "known": row.customer is not None,
        "verified": bool(verified and row.customer is not None),
        "name": mask_name(row.customer_name),
        "tier": row.tier,
        "key_account": bool(row.key_account),
    }


def last_json(row: Row[*tuple[Any, ...]]) -> dict[str, Any] | None:
    """The newest message of a conversation, cut to a preview."""
    if row.last_seq is None:
        return None
    text = str((row.last_content or {}).get("text") or "")
    return {
        "seq": row.last_seq,
        "author": row.last_author,
        "text": text[:PREVIEW],
        "at": _iso(row.last_at),
    }


def _offer(ticket: Ticket, beside: _Beside) -> dict[str, Any] | None:
    if ticket.offer_agent_id is None:
        return None
    return {
        "to": {"agent": _who(beside, ticket.offer_agent_id)},
        "from": _who(beside, ticket.offer_by_id),
        "note": ticket.offer_note,
        "at": _iso(ticket.offer_at),
    }


def _who(beside: _Beside, agent: AgentId | None) -> dict[str, Any] | None:
    return {"id": agent, "name": beside.agents.get(agent)} if agent is not None else None


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment is not None else None
