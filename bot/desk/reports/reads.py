"""Fetch what a report counts, and count it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation
from bot.desk.agents.models import Agent
from bot.desk.reports import measures
from bot.desk.reports.measures import TicketFacts, grouped
from bot.desk.rules.rules import Rules
from bot.desk.satisfaction.models import Rating
from bot.desk.satisfaction.service import METHOD
from bot.desk.teams.models import Team
from bot.desk.tickets.models import Ticket
from bot.desk.topics import TOPIC_NAMES
from bot.kit.clock import zone

By = Literal["day", "hour", "agent", "team", "topic", "reason", "channel", "kind", "tag"]


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
    names = await names_of(session, by)

    def numbers(found: list[TicketFacts]) -> list[Any]:
        return measures.ticket_numbers(found, rules.first_reply_seconds)

    return made(measures.TICKETS, rows, lambda row: row.key, numbers, names)


async def satisfaction_report(session: AsyncSession, period: Period, by: By) -> Report:
    """CSAT of the ratings asked for in the period."""
    statement = (
        select(Rating.score, Rating.asked_at, *key_columns())
        .join(Ticket, Ticket.id == Rating.ticket_id)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .where(Rating.asked_at >= period.start, Rating.asked_at < period.end)
    )
    rows = (await session.execute(statement)).all()
    return made(
        measures.SATISFACTION,
        rows,
        lambda row: key_of(row, by, row.asked_at, period.zone_name),
        lambda found: measures.rating_numbers([row.score for row in found], METHOD),
        await names_of(session, by),
    )


async def _tickets(session: AsyncSession, period: Period, by: By) -> list[TicketFacts]:
    statement = (
        select(
            Ticket.opened_at,
            Ticket.assigned_at,
            Ticket.first_reply_at,
            Ticket.closed_at,
            Ticket.close_reason,
            *key_columns(),
        )
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .where(Ticket.opened_at >= period.start, Ticket.opened_at < period.end)
    )
    return [
        TicketFacts(
            key_of(row, by, row.opened_at, period.zone_name),
            row.opened_at,
            row.assigned_at,
            row.first_reply_at,
            row.closed_at,
            row.close_reason,
        )
        for row in (await session.execute(statement)).all()
    ]


def key_columns() -> tuple[Any, ...]:
    return (Ticket.last_agent_id, Ticket.team_id, Ticket.topic, Ticket.reason, Conversation.channel)


def key_of(row: Any, by: By, at: datetime, zone_name: str) -> str:
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


async def names_of(session: AsyncSession, by: By) -> dict[str, str]:
    if by == "agent":
        found = await session.execute(select(Agent.id, Agent.name))
    elif by == "team":
        found = await session.execute(select(Team.id, Team.name))
    else:
        return dict(TOPIC_NAMES) if by == "topic" else {}
    return {str(id_): name for id_, name in found}


def made(
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
