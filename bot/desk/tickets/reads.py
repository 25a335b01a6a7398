"""One ticket, as the agent who opens it sees it: entries and messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.content import from_json
from bot.conversations.models import Conversation, Message
from bot.desk.agents.models import Agent
from bot.desk.ids import TicketId
from bot.desk.parses import intent_of
from bot.desk.teams.models import Team
from bot.desk.tickets.models import TicketEntry
from bot.desk.topics import INTENT_NAMES
from bot.kit.clock import iso
from bot.kit.ids import AgentId, ConversationId
from bot.messages import Content, LoggedMessage

SECRET_ENTITIES = frozenset({"code"})


async def entries_after(session: AsyncSession, ticket: TicketId, number: int) -> list[dict[str, Any]]:
    """`Entry`s of docs/protocols/desk.md after `number`, in order."""
    rows = await session.execute(
        select(TicketEntry, Agent.name, Team.name)
        .outerjoin(Agent, Agent.id == TicketEntry.to_agent_id)
        .outerjoin(Team, Team.id == TicketEntry.to_team_id)
        .where(TicketEntry.ticket_id == ticket, TicketEntry.number > number)
        .order_by(TicketEntry.number)
    )
    return [_entry(row, agent, team) for row, agent, team in rows]


async def messages(
    session: AsyncSession,
    conversation: Conversation,
    *,
    since: int = 0,
    before: int | None = None,
    limit: int = 100,
    only: Sequence[int] | None = None,
) -> list[dict[str, Any]]:
    """`Message`s of docs/protocols/desk.md, oldest first: after `since`, or the last ones before `before`."""
    statement = select(Message).where(Message.conversation_id == conversation.id)
    if only is not None:
        statement = statement.where(Message.seq.in_(only)).order_by(Message.seq)
    elif before is not None:
        statement = statement.where(Message.seq < before).order_by(Message.seq.desc()).limit(limit)
    else:
        statement = statement.where(Message.seq > since).order_by(Message.seq).limit(limit)
    rows = list(await session.scalars(statement.execution_options(populate_existing=True)))
    if before is not None:
        rows.reverse()
    return [_message(row, conversation) for row in rows]


async def conversation_row(session: AsyncSession, conversation: ConversationId) -> Conversation | None:
    return await session.get(Conversation, conversation, populate_existing=True)


def _entry(row: TicketEntry, agent: str | None, team: str | None) -> dict[str, Any]:
    to: dict[str, Any] = {}
    if row.to_agent_id is not None:
        to["agent"] = {"id": row.to_agent_id, "name": agent}
    if row.to_team_id is not None:
        to["team"] = {"id": row.to_team_id, "name": team}
    return {
        "number": row.number,
        "at": iso(row.at),
        "kind": row.kind,
        "by": {"kind": row.actor_kind, "id": row.agent_id, "name": row.actor},
        "to": to or None,
        "text": row.text,
        "reason": row.reason,
        "data": row.data,
    }


def customer_message(logged: LoggedMessage, parse: Mapping[str, Any] | None) -> dict[str, Any]:
    """A `Message` of the customer's, as it was stored or read just now."""
    return _said(logged.seq, logged.author, logged.at, logged.content) | {"parse": _parse(parse)}


def _message(row: Message, conversation: Conversation) -> dict[str, Any]:
    told = _said(row.seq, row.author, row.created_at, from_json(row.content))
    if row.author == "customer":
        told["parse"] = _parse(row.parse)
        return told
    told["state"] = _state(row, conversation.seen_seq)
    if row.problem:
        told["problem"] = row.problem
    if row.author == "agent":
        told |= {"name": row.author_name, "agent": AgentId(row.agent_id or 0)}
        told["client_id"] = (row.channel_message_id or "").partition(":")[2] or None
    return told


def _said(seq: int, author: str, at: datetime, content: Content) -> dict[str, Any]:
    told: dict[str, Any] = {
        "seq": seq,
        "author": author,
        "at": iso(at),
        "type": "card" if content.card else "text",
        "text": content.text,
        "quick_replies": [{"title": reply.title} for reply in content.quick_replies],
    }
    if content.card:
        told |= {"card": content.card, "data": dict(content.data)}
    return told


def _state(row: Message, seen: int) -> Literal["seen"] | str:
    if row.seq <= seen:
        return "seen"
    return {"logged": "sent", "waiting": "sent", "done": "sent", "queued": "sending"}.get(
        row.state, row.state
    )


def _parse(parse: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not parse:
        return None
    intent, confidence = intent_of(parse)
    return {
        "intent": intent,
        "name": INTENT_NAMES.get(intent or "", intent),
        "confidence": round(confidence, 3),
        "entities": [
            {"entity": entity.get("entity"), "text": entity.get("text")}
            for entity in parse.get("entities") or ()
            if entity.get("entity") not in SECRET_ENTITIES
        ],
        "emotion": parse.get("emotion"),
    }
