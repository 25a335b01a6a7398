"""What triggers achieved: counts by what became of the messages, and the effect against who was held out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.care.models import Occurrence
from bot.care.triggers import all_triggers

Z: Final = 1.959963984540054
"""95 %."""

COUNTS: Final = (
    "planned", "sent", "delivered", "read", "answered", "goal", "refused",
    "to_agent", "held_out", "held_out_goal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """Share of who reached the goal, told and held out, and the difference with its 95 % interval."""

    told: float
    held_out: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Results:
    """One trigger within a time. `suppressed`: how many by reason, ends and still waiting apart."""

    trigger: str
    planned: int
    waiting: Mapping[str, int]
    suppressed: Mapping[str, int]
    sent: int
    delivered: int
    read: int
    answered: int
    goal: int
    refused: int
    to_agent: int
    held_out: int
    held_out_goal: int
    effect: Effect | None


async def results(session: AsyncSession, since: datetime, until: datetime) -> list[Results]:
    """The results of what was planned within `since` … `until`, of every trigger, in two queries."""

    out = Occurrence.state.in_(("sent", "unknown"))
    held = Occurrence.state == "held_out"
    within = (Occurrence.planned_at >= since, Occurrence.planned_at < until)
    counts = (
        select(
            Occurrence.trigger,
            func.count().label("planned"),
            _count(out).label("sent"),
            _count(out, Occurrence.delivered_at.is_not(None)).label("delivered"),
            _count(out, Occurrence.read_at.is_not(None)).label("read"),
            _count(out, Occurrence.answered_at.is_not(None)).label("answered"),
            _count(out, Occurrence.goal_at.is_not(None)).label("goal"),
            _count(out, Occurrence.refused_at.is_not(None)).label("refused"),
            _count(Occurrence.state == "to_agent").label("to_agent"),
            _count(held).label("held_out"),
            _count(held, Occurrence.goal_at.is_not(None)).label("held_out_goal"),
        )
        .where(*within)
        .group_by(Occurrence.trigger)
    )
    found = {row.trigger: row for row in (await session.execute(counts)).mappings()}
    reasons = await _reasons(session, within)
    return [_results(trigger.name, dict(found.get(trigger.name, {})), reasons) for trigger in all_triggers()]


async def _reasons(
    session: AsyncSession, within: tuple[ColumnElement[bool], ...]
) -> dict[tuple[str, bool], dict[str, int]]:
    """By trigger and whether it is still to come: how many for which reason."""
    waits = Occurrence.state.in_(("planned", "deferred", "parked", "sending"))
    ended = Occurrence.state.in_(("suppressed", "lapsed"))
    rows = await session.execute(
        select(
            Occurrence.trigger,
            case((waits, 1), else_=0).label("waits"),
            func.coalesce(Occurrence.reason, "planned").label("why"),
            func.count().label("many"),
        )
        .where(*within, waits | ended)
        .group_by(Occurrence.trigger, "waits", "why")
    )
    reasons: dict[tuple[str, bool], dict[str, int]] = {}
    for row in rows:
        reasons.setdefault((row.trigger, bool(row.waits)), {})[row.why] = row.many
    return reasons


def _results(
    name: str, row: Mapping[str, Any], reasons: Mapping[tuple[str, bool], Mapping[str, int]]
) -> Results:
    numbers = {each: int(row.get(each) or 0) for each in COUNTS}
    effect = None
    if numbers["sent"] and numbers["held_out"]:
        effect = effect_of(numbers["goal"], numbers["sent"], numbers["held_out_goal"], numbers["held_out"])
    return Results(
        trigger=name,
        waiting=reasons.get((name, True), {}),
        suppressed=reasons.get((name, False), {}),
        effect=effect,
        **numbers,
    )


def effect_of(reached: int, told: int, reached_anyway: int, held_out: int) -> Effect:
    """The difference of two shares with Newcombe's hybrid score interval (Newcombe 1998, method 10)."""
    first, second = reached / told, reached_anyway / held_out
    low_1, high_1 = wilson(reached, told)
    low_2, high_2 = wilson(reached_anyway, held_out)
    difference = first - second
    return Effect(
        first,
        second,
        difference,
        difference - sqrt((first - low_1) ** 2 + (high_2 - second) ** 2),
        difference + sqrt((high_1 - first) ** 2 + (second - low_2) ** 2),
    )


def wilson(reached: int, of: int) -> tuple[float, float]:
    """Wilson's score interval of a share, 95 %."""
    share, square = reached / of, Z * Z
    centre = share + square / (2 * of)
    spread = Z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    below, above = (centre - spread) / (1 + square / of), (centre + spread) / (1 + square / of)
    return max(0.0, below), min(1.0, above)


def _count(*conditions: ColumnElement[bool]) -> Any:
    return func.sum(case((and_(*conditions), 1), else_=0))
