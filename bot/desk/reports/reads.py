"""Fetch what a report counts, and count it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message
from bot.desk.agents.models import Agent
from bot.desk.callbacks.models import Callback
from bot.desk.reports import measures
from bot.desk.reports.measures import TicketFacts, grouped, share
from bot.desk.rules.rules import Rules
from bot.desk.satisfaction.models import Rating
from bot.desk.satisfaction.service import METHOD
from bot.desk.teams.models import Team
from bot.desk.tickets.models import Ticket
from bot.desk.topics import TOPIC_NAMES
from bot.kit.clock import zone
from bot.store.complaints.models import Complaint

By = Literal["day", "hour", "agent", "team", "topic", "reason", "channel"]


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included, in the desk's zone."""

    first: date
    last: date
    zone_name: str

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(0), zone(self.zone_name))

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(0), zone(self.zone_name))


@dataclass(frozen=True, slots=True)
class Report:
    """Columns beside `key` and `name`, a row per key, and the row of all together."""

    columns: tuple[str, ...]
    rows: list[list[Any]]
    total: list[Any]


async def ticket_report(session: AsyncSession, period: Period, by: By, rules: Rules) -> Report:
    """Waiting, first reply, handling, abandonment."""
    rows = await _tickets(session, period, by)
    names = await _names(session, by)

    def numbers(found: list[TicketFacts]) -> list[Any]:
        return measures.ticket_numbers(found, rules.first_reply_seconds)

    return _report(measures.TICKETS, rows, lambda row: row.key, numbers, names)


async def satisfaction_report(session: AsyncSession, period: Period, by: By) -> Report:
    """CSAT of the ratings asked for in the period."""
    statement = (
        select(Rating.score, Rating.asked_at, *_key_columns())
        .join(Ticket, Ticket.id == Rating.ticket_id)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .where(Rating.asked_at >= period.start, Rating.asked_at < period.end)
    )
    rows = (await session.execute(statement)).all()
    return _report(
        measures.SATISFACTION,
        rows,
        lambda row: _key(row, by, row.asked_at, period.zone_name),
        lambda found: measures.rating_numbers([row.score for row in found], METHOD),
        await _names(session, by),
    )


async def containment_report(session: AsyncSession, period: Period) -> Report:
    """Per day: conversations in which the customer spoke, and those of them that needed a person."""
    spoken = (
        select(Message.conversation_id, Message.created_at)
        .where(
            Message.author == "customer",
            Message.created_at >= period.start,
            Message.created_at < period.end,
        )
        .order_by(Message.created_at)
    )
    opened = select(Ticket.conversation_id, Ticket.opened_at).where(
        Ticket.opened_at >= period.start, Ticket.opened_at < period.end
    )
    local = zone(period.zone_name)
    talks = {(row[1].astimezone(local).date().isoformat(), row[0]) for row in await session.execute(spoken)}
    over = {(row[1].astimezone(local).date().isoformat(), row[0]) for row in await session.execute(opened)}

    def numbers(found: list[tuple[str, str]]) -> list[Any]:
        handed = sum(1 for talk in found if talk in over)
        return [len(found), handed, share(len(found) - handed, len(found))]

    return _report(measures.CONTAINMENT, sorted(talks), lambda talk: talk[0], numbers, {})


async def promise_report(session: AsyncSession, period: Period, now: datetime) -> Report:
    """First replies and call backs that were due in the period."""
    replies = await session.execute(
        select(Complaint.first_reply_due, Complaint.first_reply_at).where(
            Complaint.first_reply_due >= period.start, Complaint.first_reply_due < period.end
        )
    )
    calls = await session.execute(
        select(Callback.window_to, Callback.settled_at).where(
            Callback.window_to >= period.start,
            Callback.window_to < period.end,
            Callback.state != "cancelled",
        )
    )
    rows: list[tuple[str, datetime, datetime | None]] = [
        *(("first_reply", due, done) for due, done in replies),
        *(("callback", due, done) for due, done in calls),
    ]
    passed = [row for row in rows if row[2] is not None or row[1] < now]

    def numbers(found: list[tuple[str, datetime, datetime | None]]) -> list[Any]:
        kept = sum(1 for _, due, done in found if done is not None and done <= due)
        return [len(found), kept, len(found) - kept]

    names = {"first_reply": "24 小时首次答复", "callback": "约定时间回电"}
    return _report(measures.PROMISES, passed, lambda row: row[0], numbers, names)


async def _tickets(session: AsyncSession, period: Period, by: By) -> list[TicketFacts]:
    statement = (
        select(
            Ticket.opened_at,
            Ticket.assigned_at,
            Ticket.first_reply_at,
            Ticket.closed_at,
            Ticket.close_reason,
            *_key_columns(),
        )
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .where(Ticket.opened_at >= period.start, Ticket.opened_at < period.end)
    )
    return [
        TicketFacts(
            _key(row, by, row.opened_at, period.zone_name),
            row.opened_at,
            row.assigned_at,
            row.first_reply_at,
            row.closed_at,
            row.close_reason,
        )
        for row in (await session.execute(statement)).all()
    ]


def _key_columns() -> tuple[Any, ...]:
    return (Ticket.last_agent_id, Ticket.team_id, Ticket.topic, Ticket.reason, Conversation.channel)


def _key(row: Any, by: By, at: datetime, zone_name: str) -> str:
    local = at.astimezone(zone(zone_name))
    found: Mapping[By, Any] = {
        "day": local.date().isoformat(),
        "hour": f"{local.hour:02d}",
        "agent": row.last_agent_id,
        "team": row.team_id,
        "topic": row.topic,
        "reason": row.reason,
        "channel": row.channel,
    }
    return str(found[by]) if found[by] is not None else "-"


async def _names(session: AsyncSession, by: By) -> dict[str, str]:
    if by == "agent":
        found = await session.execute(select(Agent.id, Agent.name))
    elif by == "team":
        found = await session.execute(select(Team.id, Team.name))
    else:
        return dict(TOPIC_NAMES) if by == "topic" else {}
    return {str(id_): name for id_, name in found}


def _report(
    columns: tuple[str, ...],
    rows: Any,
    key: Callable[[Any], str],
    numbers: Callable[[Any], list[Any]],
    names: Mapping[str, str],
) -> Report:
    found = list(rows)
    lines = [[each, names.get(each, each), *numbers(group)] for each, group in grouped(found, key).items()]
    return Report(("key", "name", *columns), lines, ["", "合计", *numbers(found)])


async def closed_since(session: AsyncSession, start: datetime) -> tuple[int, int]:
    """Tickets closed since `start`, and how many of them were left by the customer."""
    statement = select(func.count(), func.count().filter(Ticket.close_reason == "left")).where(
        Ticket.closed_at >= start
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1]
