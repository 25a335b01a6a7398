"""Open tickets, and open them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from bot.conversations.models import Conversation
from bot.desk.ids import TeamId
from bot.desk.queue.rank import Standing as Rank
from bot.desk.queue.rank import rank_at
from bot.desk.teams.models import Team
from bot.desk.tickets.models import Kind, Reason, Ticket
from bot.desk.tickets.standing import SYSTEM, Actor, NewEntry
from bot.desk.tickets.thread import add
from bot.desk.topics import Topic
from bot.desk.work import Matter, Work
from bot.kit.ids import AgentId, IdentityId
from bot.store.identities.service import Access, access

KNOWN_FOR: Final = timedelta(days=30)
"""Who served a customer within this time is the agent they know."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Why a ticket is opened. `details`: what is known of the matter, by name."""

    kind: Kind
    reason: Reason
    by: Actor
    topic: Topic | None = None
    emotion: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    team: TeamId | None = None
    key: str | None = None


async def open_ticket(work: Work, row: Conversation, opening: Opening) -> Matter:
    """A new ticket for a conversation held locked, which must have none that is open."""
    who = await access(work.session, IdentityId(row.identity_id), work.now)
    team = opening.team or await _team_for(work, opening.topic)
    last_agent = await _last_agent(work, row, who)
    ticket = Ticket(
        conversation_id=row.id,
        customer_id=who.customer_id,
        kind=opening.kind,
        state="waiting",
        reason=opening.reason,
        topic=opening.topic,
        language=row.locale.partition("-")[0].lower(),
        last_agent_id=last_agent,
        team_id=team,
        opened_at=work.now,
        opened_seq=row.last_seq,
        queued_at=work.now,
        rank_at=rank_at(work.rules, rank_of(who, opening.emotion, opening.topic), work.now),
        waits_since=work.now,
        unread=0,
        emotion=opening.emotion,
        last_number=0,
        n=0,
        moved_n=0,
    )
    work.session.add(ticket)
    await work.session.flush()
    matter = Matter(row, ticket)
    data = {"kind": opening.kind, "topic": opening.topic, "last_agent": last_agent}
    entry = NewEntry("opened", opening.by, to_team=team, reason=opening.reason, data=data, key=opening.key)
    await add(work, matter, entry)
    if opening.details:
        await add_details(work, matter, opening.details, opening.by)
    return matter


async def add_details(work: Work, matter: Matter, details: Mapping[str, Any], by: Actor) -> None:
    """Add what was told about the matter; nothing when there is nothing in it."""
    told = {str(name)[:40]: str(value)[:500] for name, value in details.items() if value}
    if told:
        await add(work, matter, NewEntry("details", by, data=told))


async def enqueue(work: Work, matter: Matter, told: Mapping[str, Any] | None = None) -> None:
    """The customer waits for a person from now on. A message left before gives no place in the queue."""
    if matter.ticket.kind != "live":
        await _rank_from_now(work, matter)
    await add(work, matter, NewEntry("queued", SYSTEM, data=dict(told or {})))


async def reopen(work: Work, matter: Matter, by: Actor, reason: str) -> None:
    """Take a closed ticket up again; who comes back waits from now, with the head start they have."""
    await _rank_from_now(work, matter)
    matter.ticket.waits_since = work.now
    await add(work, matter, NewEntry("reopened", by, reason=reason))


async def _rank_from_now(work: Work, matter: Matter) -> None:
    ticket = matter.ticket
    who = await access(work.session, IdentityId(matter.row.identity_id), work.now)
    ticket.queued_at = work.now
    ticket.rank_at = rank_at(work.rules, rank_of(who, ticket.emotion, ticket.topic), work.now)


def rank_of(who: Access, emotion: str | None, topic: str | None) -> Rank:
    """What a customer's head start comes from."""
    return Rank(
        tier=who.tier,
        key_account=who.key_account,
        angry=emotion == "angry",
        complains=topic == "complaints",
    )


async def _team_for(work: Work, topic: Topic | None) -> TeamId | None:
    if topic is None:
        return None
    for id_, topics in await work.session.execute(select(Team.id, Team.topics).order_by(Team.id)):
        if topic in topics:
            return id_
    return None


async def _last_agent(work: Work, row: Conversation, who: Access) -> AgentId | None:
    """Who served this customer last, on whatever channel."""
    same = Ticket.conversation_id == row.id
    if who.customer_id is not None:
        same = same | (Ticket.customer_id == who.customer_id)
    statement = (
        select(Ticket.last_agent_id)
        .where(same, Ticket.last_agent_id.is_not(None), Ticket.closed_at > work.now - KNOWN_FOR)
        .order_by(Ticket.id.desc())
        .limit(1)
    )
    return await work.session.scalar(statement)
