"""What became of the messages: delivered, read, answered, refused, and whether their goal was reached.

Set-based, like planning: each statement fills one column for all messages young enough to change. Who was
held out is followed for the goal and the refusal too: that is what the results are compared with.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select, update

from bot.care.models import Occurrence
from bot.care.sql import table
from bot.care.trigger import Goal, Trigger
from bot.care.triggers import all_triggers
from bot.conversations.models import Conversation, Message
from bot.kit.clock import Clock
from bot.kit.db import Base, Database, WriteSession
from bot.store.care.service import own_purpose
from bot.store.consents.models import Consent

ANSWER_WITHIN: Final = timedelta(hours=72)
REFUSE_WITHIN: Final = timedelta(days=7)
READ_WITHIN: Final = timedelta(days=14)
REFUSALS: Final = ("marketing", "survey", "birthday", "service_notice")


class Tracker:
    """Follows messages for one process; two at once write the same."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def follow(self) -> None:
        """Bring all columns up to date."""
        now = self._clock()
        for step in (self._delivered, self._read, self._answered, self._refused):
            async with self._database.write() as session:
                await step(session, now)
        for trigger in all_triggers():
            if trigger.goal is not None:
                async with self._database.write() as session:
                    await self._reached(session, trigger, trigger.goal, now)

    async def _delivered(self, session: WriteSession, now: datetime) -> None:
        """Accepted by a channel that pushes; what was refused there is kept with its reason."""
        own = and_(Message.conversation_id == Occurrence.conversation_id, Message.seq == Occurrence.seq)
        young = (*_sent(), Occurrence.sent_at > now - READ_WITHIN, Occurrence.delivered_at.is_(None))
        arrived = select(Message.id).where(own, Message.state == "sent").correlate(Occurrence).exists()
        await session.execute(_fill(Occurrence.delivered_at, now).where(*young, arrived))
        problem = select(Message.problem).where(own).correlate(Occurrence).scalar_subquery()
        stuck = (
            select(Message.id)
            .where(own, Message.problem.is_not(None), Message.state != "sent")
            .correlate(Occurrence)
            .exists()
        )
        await session.execute(
            update(Occurrence)
            .where(*young, stuck)
            .values(problem=problem)
            .execution_options(synchronize_session=False)
        )

    async def _read(self, session: WriteSession, now: datetime) -> None:
        """The customer's page has shown it (web); with that it is delivered, too."""
        seen = (
            select(Conversation.id)
            .where(Conversation.id == Occurrence.conversation_id, Conversation.seen_seq >= Occurrence.seq)
            .correlate(Occurrence)
            .exists()
        )
        young = (*_sent(), Occurrence.sent_at > now - READ_WITHIN, Occurrence.read_at.is_(None))
        await session.execute(
            _fill(Occurrence.read_at, now)
            .values(delivered_at=func.coalesce(Occurrence.delivered_at, Occurrence.sent_at))
            .where(*young, seen)
        )

    async def _answered(self, session: WriteSession, now: datetime) -> None:
        """The customer wrote in that conversation within three days, after this and not after a later one."""
        first = (
            select(func.min(Message.created_at))
            .where(
                Message.conversation_id == Occurrence.conversation_id,
                Message.author == "customer",
                Message.seq > Occurrence.seq,
            )
            .correlate(Occurrence)
            .scalar_subquery()
        )
        open_ = (*_sent(), Occurrence.sent_at > now - ANSWER_WITHIN, Occurrence.answered_at.is_(None))
        await session.execute(_fill(Occurrence.answered_at, first).where(*open_, first.is_not(None)))

    async def _refused(self, session: WriteSession, now: datetime) -> None:
        """The customer withdrew a consent that this message needed, or refused this trigger."""
        for trigger in all_triggers():
            ended = (
                select(func.min(Consent.at))
                .where(
                    Consent.customer_id == Occurrence.customer_id,
                    Consent.purpose.in_((own_purpose(trigger.name), *_needed(trigger))),
                    Consent.decision.in_(("refused", "withdrawn")),
                    Consent.at >= Occurrence.sent_at,
                )
                .correlate(Occurrence)
                .scalar_subquery()
            )
            await session.execute(
                _fill(Occurrence.refused_at, ended).where(
                    Occurrence.trigger == trigger.name,
                    Occurrence.sent_at > now - REFUSE_WITHIN,
                    Occurrence.refused_at.is_(None),
                    ended.is_not(None),
                )
            )

    async def _reached(self, session: WriteSession, trigger: Trigger, goal: Goal, now: datetime) -> None:
        within = timedelta(days=goal.days)
        first = reached_first(goal)
        await session.execute(
            _fill(Occurrence.goal_at, first).where(
                Occurrence.trigger == trigger.name,
                Occurrence.sent_at > now - within,
                Occurrence.goal_at.is_(None),
                first.is_not(None),
            )
        )


def reached_first(goal: Goal) -> ColumnElement[Any]:
    """When the goal was reached first after an occurrence was sent."""
    source = goal.rows() if goal.rows is not None else table(_model(goal))
    found: Select[Any] = (
        select(func.min(goal.at))
        .select_from(source)
        .where(goal.customer == Occurrence.customer_id, goal.at >= Occurrence.sent_at)
    )
    if goal.where is not None:
        found = found.where(goal.where())
    return found.correlate(table(Occurrence)).scalar_subquery()


def _model(goal: Goal) -> type[Base]:
    return goal.at.class_


def _needed(trigger: Trigger) -> tuple[str, ...]:
    if trigger.audience == "service":
        return ("service_notice",)
    return ("marketing", "birthday") if trigger.audience == "marketing" else ("survey",)


def _sent() -> tuple[ColumnElement[bool], ...]:
    return (Occurrence.state.in_(("sent", "unknown")), Occurrence.seq.is_not(None))


def _fill(column: Any, value: Any) -> Any:
    return update(Occurrence).values({column: value}).execution_options(synchronize_session=False)
