"""Reports that need more than tickets: containment, promises, tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message
from bot.desk.agents.models import Agent
from bot.desk.callbacks.models import Callback
from bot.desk.reports import measures
from bot.desk.reports.measures import share
from bot.desk.reports.reads import By, Period, Report, key_columns, key_of, made, names_of
from bot.desk.satisfaction.models import Rating
from bot.desk.teams.models import Team, TeamMember
from bot.desk.tickets.models import Ticket
from bot.kit.clock import zone
from bot.store.complaints.models import Complaint, ComplaintEvent

PROMISES = {"first_reply": "24 小时首次答复", "callback": "约定时间回电"}


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise that was due. `agent`: who kept it, or had to."""

    kind: str
    due: datetime
    done: datetime | None
    agent: str | None
    team: int | None

    @property
    def kept(self) -> bool:
        return self.done is not None and self.done <= self.due


async def containment_report(session: AsyncSession, period: Period, by: By) -> Report:
    """Conversations in which the customer spoke, and those of them that needed a person.

    Per day, per hour of the day, or per channel; a conversation counts once in each day it was used.
    """
    local = zone(period.zone_name)

    def key(at: datetime, channel: str) -> str:
        there = at.astimezone(local)
        return {"day": there.date().isoformat(), "hour": f"{there.hour:02d}"}.get(by, channel)

    spoken = (
        select(Message.conversation_id, Message.created_at, Conversation.channel)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.author == "customer",
            Message.created_at >= period.start,
            Message.created_at < period.end,
        )
    )
    opened = (
        select(Ticket.conversation_id, Ticket.opened_at, Conversation.channel)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .where(Ticket.opened_at >= period.start, Ticket.opened_at < period.end)
    )
    talks = {
        (key(at, channel), at.astimezone(local).date(), conversation)
        for conversation, at, channel in await session.execute(spoken)
    }
    over = {
        (key(at, channel), at.astimezone(local).date(), conversation)
        for conversation, at, channel in await session.execute(opened)
    }

    def numbers(found: list[tuple[str, object, str]]) -> list[object]:
        handed = sum(1 for talk in found if talk in over)
        return [len(found), handed, share(len(found) - handed, len(found))]

    return made(measures.CONTAINMENT, sorted(talks, key=str), lambda talk: talk[0], numbers, {})


async def promise_report(session: AsyncSession, period: Period, by: By, now: datetime) -> Report:
    """First replies and call backs that were due in the period: kept or broken, and whose they were."""
    promises = [
        *await _first_replies(session, period),
        *await _calls(session, period),
    ]
    passed = [each for each in promises if each.done is not None or each.due < now]
    local = zone(period.zone_name)

    def key(each: Promise) -> str:
        there = each.due.astimezone(local)
        found = {
            "kind": each.kind,
            "day": there.date().isoformat(),
            "hour": f"{there.hour:02d}",
            "agent": each.agent,
            "team": str(each.team) if each.team is not None else None,
        }
        return found.get(by) or "-"

    def numbers(found: list[Promise]) -> list[object]:
        kept = sum(1 for each in found if each.kept)
        return [len(found), kept, len(found) - kept]

    names = PROMISES if by == "kind" else await names_of(session, by) if by == "team" else {}
    return made(measures.PROMISES, passed, key, numbers, names)


async def tag_report(session: AsyncSession, period: Period, by: By) -> Report:
    """How often each tag was given, or (by something else) how many tags there were; mean score beside."""
    statement = (
        select(Rating.tags, Rating.score, Rating.asked_at, *key_columns())
        .join(Ticket, Ticket.id == Rating.ticket_id)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .where(Rating.asked_at >= period.start, Rating.asked_at < period.end, Rating.score.is_not(None))
    )
    rows = (await session.execute(statement)).all()
    answered = len(rows)
    given = [
        (tag if by == "tag" else key_of(row, by, row.asked_at, period.zone_name), row.score)
        for row in rows
        for tag in row.tags
    ]

    def numbers(found: Sequence[tuple[str, int]]) -> list[object]:
        mean = round(sum(score for _, score in found) / len(found), 2) if found else None
        return [len(found), share(len(found), answered), mean]

    return made(measures.TAGS, given, lambda each: each[0], numbers, await names_of(session, by))


async def _first_replies(session: AsyncSession, period: Period) -> list[Promise]:
    first = (
        select(ComplaintEvent.complaint_id, func.min(ComplaintEvent.id).label("id"))
        .where(ComplaintEvent.step.in_(("reply", "resolve")))
        .group_by(ComplaintEvent.complaint_id)
        .subquery()
    )
    rows = await session.execute(
        select(Complaint.first_reply_due, Complaint.first_reply_at, Complaint.owner, ComplaintEvent.actor)
        .outerjoin(first, first.c.complaint_id == Complaint.id)
        .outerjoin(ComplaintEvent, ComplaintEvent.id == first.c.id)
        .where(Complaint.first_reply_due >= period.start, Complaint.first_reply_due < period.end)
    )
    teams = await _teams_by_name(session)
    return [
        Promise("first_reply", due, done, actor or owner, teams.get(actor or owner or ""))
        for due, done, owner, actor in rows
    ]


async def _calls(session: AsyncSession, period: Period) -> list[Promise]:
    holder = func.coalesce(Callback.agent_id, Ticket.agent_id, Ticket.last_agent_id)
    rows = await session.execute(
        select(Callback.window_to, Callback.settled_at, Agent.name, Ticket.team_id)
        .join(Ticket, Ticket.id == Callback.ticket_id)
        .outerjoin(Agent, Agent.id == holder)
        .where(
            Callback.window_to >= period.start,
            Callback.window_to < period.end,
            Callback.state != "cancelled",
        )
    )
    teams = await _teams_by_name(session)
    return [
        Promise("callback", due, done, name, team if team is not None else teams.get(name or ""))
        for due, done, name, team in rows
    ]


async def _teams_by_name(session: AsyncSession) -> dict[str, int]:
    """Each agent's first team by their name: a complaint knows who answered by name."""
    rows = await session.execute(
        select(Agent.name, Team.id)
        .join(TeamMember, TeamMember.agent_id == Agent.id)
        .join(Team, Team.id == TeamMember.team_id)
        .order_by(Team.name.desc())
    )
    return dict(rows.all())
