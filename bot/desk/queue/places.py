"""Everybody's place in the queue, in a few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.agents.reads import AgentView, agent_views
from bot.desk.ids import TicketId
from bot.desk.queue.choice import Candidate, Wanted, may_serve
from bot.desk.queue.estimate import Service, Wait, estimate
from bot.desk.rules.rules import Rules
from bot.desk.tickets.models import Ticket
from bot.kit.ids import AgentId, ConversationId

MOST: Final = 2_000
"""Places beyond this are not counted one by one."""
SAMPLES: Final = 200
LATELY: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A live ticket in the queue."""

    ticket: TicketId
    conversation: ConversationId
    rank_at: datetime
    promised_by: datetime | None
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Place:
    """Position (1 is next) and the range of the wait; None: not known."""

    position: int
    wait: Wait | None


async def waiting_line(session: AsyncSession, limit: int = MOST) -> list[Waiting]:
    """The live queue in its order."""
    statement = (
        select(
            Ticket.id,
            Ticket.conversation_id,
            Ticket.rank_at,
            Ticket.promised_by,
            Ticket.topic,
            Ticket.language,
            Ticket.team_id,
            Ticket.queued_at,
            Ticket.last_agent_id,
        )
        .where(Ticket.state == "waiting", Ticket.kind == "live")
        .order_by(Ticket.rank_at, Ticket.id)
        .limit(limit)
    )
    return [
        Waiting(
            row.id,
            ConversationId(row.conversation_id),
            row.rank_at,
            row.promised_by,
            Wanted(row.topic, row.language, row.team_id, row.queued_at, row.last_agent_id),
        )
        for row in (await session.execute(statement)).all()
    ]


async def candidates(session: AsyncSession, now: datetime) -> list[Candidate]:
    """The agents on duty who are there."""
    return [_candidate(view) for view in await present(session, now)]


async def present(session: AsyncSession, now: datetime) -> list[AgentView]:
    """Agents who are on duty and have the desk open."""
    views = await agent_views(session, now, disabled=False)
    return [view for view in views if view.duty == "on" and view.online]


async def handling_times(session: AsyncSession, now: datetime) -> Sequence[float]:
    """How many seconds the latest finished talks took, from taking to closing."""
    statement = (
        select(Ticket.assigned_at, Ticket.closed_at)
        .where(
            Ticket.kind == "live",
            Ticket.assigned_at.is_not(None),
            Ticket.closed_at > now - LATELY,
            Ticket.close_reason != "left",
        )
        .order_by(Ticket.closed_at.desc(), Ticket.id.desc())
        .limit(SAMPLES)
    )
    rows = (await session.execute(statement)).all()
    return [
        (row.closed_at - row.assigned_at).total_seconds() for row in rows if row.closed_at and row.assigned_at
    ]


async def places(
    session: AsyncSession, line: Sequence[Waiting], rules: Rules, now: datetime
) -> dict[TicketId, Place]:
    """The place of everybody in `line`."""
    agents = await candidates(session, now)
    handling = await handling_times(session, now)
    services: dict[tuple[object, ...], Service] = {}
    found: dict[TicketId, Place] = {}
    for position, waiting in enumerate(line, start=1):
        wanted = waiting.wanted
        anybody = now - wanted.queued_at >= timedelta(minutes=rules.any_skill_after_minutes)
        # Who may serve depends on nothing else: a long line asks for few combinations.
        key = (wanted.topic, wanted.language, wanted.team, anybody)
        if key not in services:
            services[key] = _service(agents, waiting, handling, rules, now)
        found[waiting.ticket] = Place(position, estimate(position, services[key]))
    return found


async def place_of(session: AsyncSession, ticket: Ticket, rules: Rules, now: datetime) -> Place:
    """One ticket's place."""
    ahead = (
        await session.execute(
            select(func.count()).where(
                Ticket.state == "waiting",
                Ticket.kind == "live",
                (Ticket.rank_at < ticket.rank_at)
                | ((Ticket.rank_at == ticket.rank_at) & (Ticket.id < ticket.id)),
            )
        )
    ).scalar_one()
    waiting = Waiting(
        ticket.id,
        ConversationId(ticket.conversation_id),
        ticket.rank_at,
        ticket.promised_by,
        Wanted(ticket.topic, ticket.language, ticket.team_id, ticket.queued_at, ticket.last_agent_id),
    )
    agents = await candidates(session, now)
    service = _service(agents, waiting, await handling_times(session, now), rules, now)
    return Place(ahead + 1, estimate(ahead + 1, service))


def _service(
    agents: Sequence[Candidate], waiting: Waiting, handling: Sequence[float], rules: Rules, now: datetime
) -> Service:
    fitting = [agent for agent in agents if may_serve(agent, waiting.wanted, rules, now)]
    return Service(sum(agent.free for agent in fitting), sum(agent.load for agent in fitting), handling)


def _candidate(view: AgentView) -> Candidate:
    return Candidate(
        id=AgentId(view.id),
        load=view.load,
        capacity=view.capacity,
        skills=frozenset(view.skills),
        languages=frozenset(view.languages),
        teams=frozenset(id_ for id_, _ in view.teams),
        last_assigned_at=view.last_assigned_at,
    )
