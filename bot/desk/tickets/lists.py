"""The lists of the desk: queue, mine, all, closed, and what the bot has; page by page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message
from bot.desk.ids import TeamId
from bot.desk.rules.rules import Rules
from bot.desk.tickets.lines import customer_json, last_json, with_customer, with_lines
from bot.desk.tickets.models import Ticket
from bot.desk.work import COUNTER
from bot.kit.clock import iso
from bot.kit.cursors import moment_of, number_of, read_cursor, write_cursor
from bot.kit.ids import AgentId, CustomerId
from bot.store.counters.models import Counter

View = Literal["queue", "mine", "all", "closed"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets to list."""

    view: View
    me: AgentId
    topic: str | None = None
    team: TeamId | None = None
    agent: AgentId | None = None
    kind: str | None = None
    reason: str | None = None
    ticket: int | None = None
    conversation: str | None = None
    customer: CustomerId | None = None
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `next` is the cursor of the one after it."""

    tickets: list[dict[str, Any]]
    next: str | None


async def page(session: AsyncSession, wanted: Wanted, rules: Rules, now: datetime) -> Page:
    """A page of lines."""
    statement = _ordered(_filtered(select(Ticket), wanted), wanted).limit(wanted.limit + 1)
    found = await with_lines(session, statement, rules, now)
    shown = found[: wanted.limit]
    more = len(found) > wanted.limit
    return Page([line for _, line in shown], _cursor_after(shown[-1][0], wanted.view) if more else None)


async def counts(session: AsyncSession, me: AgentId) -> dict[str, int]:
    """How many wait, how many are mine, and how many messages of mine are unread."""
    return (await counts_of(session, [me]))[me]


async def counts_of(session: AsyncSession, agents: Collection[AgentId]) -> dict[AgentId, dict[str, int]]:
    """The counts of several agents at once."""
    given = {"agents": list(agents)}
    queue = await session.scalar(_waiting()) or 0
    mine = {row[0]: row[1:] for row in (await session.execute(_assigned(), given)).all()}
    offered = dict((await session.execute(_offered(), given)).all())
    counted: dict[AgentId, dict[str, int]] = {}
    for agent in agents:
        have, unread = mine.get(agent, (0, 0))
        counted[agent] = {"queue": queue, "mine": have + offered.get(agent, 0), "unread": int(unread or 0)}
    return counted


async def last_n(session: AsyncSession) -> int:
    """The number of the house's last change."""
    return await session.scalar(_last_n()) or 0


@cache  # these are asked all the time: building a statement costs more than running it
def _waiting() -> Select[int]:
    return select(func.count()).where(Ticket.state == "waiting")


@cache
def _assigned() -> Select[AgentId | None, int, int]:
    return (
        select(Ticket.agent_id, func.count(), func.sum(Ticket.unread))
        .where(Ticket.agent_id.in_(bindparam("agents", expanding=True)), Ticket.state == "assigned")
        .group_by(Ticket.agent_id)
    )


@cache
def _offered() -> Select[AgentId | None, int]:
    return (
        select(Ticket.offer_agent_id, func.count())
        .where(Ticket.offer_agent_id.in_(bindparam("agents", expanding=True)))
        .group_by(Ticket.offer_agent_id)
    )


@cache
def _last_n() -> Select[int]:
    return select(Counter.value).where(Counter.name == COUNTER)


async def bot_page(
    session: AsyncSession, now: datetime, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """The conversations that the bot has, newest first."""
    wanted = select(Conversation.id, Conversation.channel, Conversation.last_message_at).select_from(
        Conversation
    )
    statement = (
        with_customer(wanted)
        .where(Conversation.owner == "bot", Message.seq.is_not(None))
        .order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        at, id_ = read_cursor(cursor, 2)
        key = tuple_(Conversation.last_message_at, Conversation.id)
        statement = statement.where(key < (moment_of(at), id_))
    rows = (await session.execute(statement)).all()
    shown = rows[:limit]
    listed = [
        {
            "conversation": row.id,
            "channel": row.channel,
            "customer": customer_json(row, now),
            "last": last_json(row),
            "at": iso(row.last_message_at),
        }
        for row in shown
    ]
    more = len(rows) > limit
    return listed, write_cursor(shown[-1].last_message_at, shown[-1].id) if more else None


def _filtered(statement: Select[Ticket], wanted: Wanted) -> Select[Ticket]:
    statement = statement.where(_in_view(wanted))
    for column, value in (
        (Ticket.topic, wanted.topic),
        (Ticket.team_id, wanted.team),
        (Ticket.agent_id, wanted.agent),
        (Ticket.kind, wanted.kind),
        (Ticket.reason, wanted.reason),
        (Ticket.id, wanted.ticket),
        (Ticket.conversation_id, wanted.conversation),
        (Ticket.customer_id, wanted.customer),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return statement


def _in_view(wanted: Wanted) -> ColumnElement[bool]:
    if wanted.view == "queue":
        return Ticket.state == "waiting"
    if wanted.view == "closed":
        return Ticket.closed_at.is_not(None)
    if wanted.view == "all":
        return Ticket.state != "closed"
    mine = and_(Ticket.agent_id == wanted.me, Ticket.state == "assigned")
    return or_(mine, Ticket.offer_agent_id == wanted.me)


def _ordered(statement: Select[Ticket], wanted: Wanted) -> Select[Ticket]:
    """In the view's order, from the cursor on."""
    if wanted.view == "queue":
        if wanted.cursor:
            key = tuple_(Ticket.rank_at, Ticket.id)
            statement = statement.where(key > _position(wanted.cursor))
        return statement.order_by(Ticket.rank_at, Ticket.id)
    if wanted.view == "closed":
        if wanted.cursor:
            key = tuple_(Ticket.closed_at, Ticket.id)
            statement = statement.where(key < _position(wanted.cursor))
        return statement.order_by(Ticket.closed_at.desc(), Ticket.id.desc())
    if wanted.cursor:
        (n,) = read_cursor(wanted.cursor, 1)
        statement = statement.where(Ticket.n < number_of(n))
    return statement.order_by(Ticket.n.desc())


def _position(cursor: str) -> tuple[datetime, int]:
    at, id_ = read_cursor(cursor, 2)
    return moment_of(at), number_of(id_)


def _cursor_after(ticket: Ticket, view: View) -> str:
    if view == "queue":
        return write_cursor(ticket.rank_at, ticket.id)
    if view == "closed" and ticket.closed_at is not None:
        return write_cursor(ticket.closed_at, ticket.id)
    return write_cursor(ticket.n)
