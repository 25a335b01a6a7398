"""Show what care would do, without doing it: for one customer, or for one trigger on real customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.care.deciding import Matter, against, lines_for
from bot.care.models import DecisionMade, Occurrence
from bot.care.people import Person, people
from bot.care.planning import Planner
from bot.care.rules import Rules, held_out
from bot.care.settings import Setting
from bot.care.texts import masked, render
from bot.kit.errors import NotFound
from bot.kit.ids import CustomerId
from bot.store.customers.models import Customer


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would be done now about one thing. `outcome`: "send", "off" or a verdict's."""

    trigger: str
    title: str
    key: str
    outcome: str
    reason: str
    until: datetime | None
    channel: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Past:
    """What was decided about one thing, newest decision last."""

    trigger: str
    key: str
    state: str
    reason: str | None
    problem: str | None
    planned_at: datetime
    due_at: datetime
    sent_at: datetime | None
    text: str | None
    decisions: tuple[tuple[datetime, str, str, datetime | None], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A real customer who is due, and what they would read."""

    customer: CustomerId
    member_number: str
    name: str
    foreseen: Foreseen


class Seer:
    """Looks ahead."""

    def __init__(self, planner: Planner, rules: Rules, *, company: str) -> None:
        self._planner = planner
        self._rules = rules
        self._company = company

    async def foresee(
        self,
        session: AsyncSession,
        settings: Sequence[Setting],
        customers: Sequence[CustomerId],
        now: datetime,
    ) -> dict[CustomerId, list[Foreseen]]:
        """What would be done for each customer about all that is true of them now."""
        await self._planner.zones(session)
        known = await people(session, customers, now)
        told = await self._already(session, customers)
        seen: dict[CustomerId, list[Foreseen]] = {customer: [] for customer in known}
        for setting in settings:
            found = await self._planner.find(session, setting.trigger, list(known), now)
            for customer, key, facts in found:
                state = told.get((customer, setting.trigger.name, key))
                seen[customer].append(self._one(setting, known[customer], key, facts, state, now))
        return seen

    async def _already(
        self, session: AsyncSession, customers: Sequence[CustomerId]
    ) -> dict[tuple[CustomerId, str, str], tuple[str, str | None]]:
        """Occurrences that have come to an end: they are not taken up again."""
        ended = ("sent", "unknown", "to_agent", "held_out", "suppressed")
        rows = await session.execute(
            select(
                Occurrence.customer_id,
                Occurrence.trigger,
                Occurrence.key,
                Occurrence.state,
                Occurrence.reason,
            ).where(Occurrence.customer_id.in_(customers), Occurrence.state.in_(ended))
        )
        return {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}

    def _one(
        self,
        setting: Setting,
        person: Person,
        key: str,
        facts: dict[str, Any],
        state: tuple[str, str | None] | None,
        now: datetime,
    ) -> Foreseen:
        trigger = setting.trigger
        more = trigger.more(facts, now, person.time_zone) if trigger.more is not None else {}
        matter = Matter(trigger, key, {**facts, **more}, now + trigger.lasting)
        text = render(
            trigger,
            setting.text,
            matter.facts,
            customer=masked(person.name),
            company=self._company,
            time_zone=person.time_zone,
            audience=matter.audience,
        )
        lines = lines_for(matter, person)
        channel = lines[0].channel if lines else None
        outcome, reason, until = self._weigh(setting, matter, person, state, now, has_line=bool(lines))
        return Foreseen(trigger.name, trigger.title, key, outcome, reason, until, channel, text)

    def _weigh(
        self,
        setting: Setting,
        matter: Matter,
        person: Person,
        state: tuple[str, str | None] | None,
        now: datetime,
        *,
        has_line: bool,
    ) -> tuple[str, str, datetime | None]:
        if state is not None:
            return state[0], state[1] or "", None
        verdict = against(matter, person, self._rules, now)
        if verdict is not None:
            return verdict.outcome, verdict.reason, verdict.until
        if not has_line:
            return "deferred", "no_channel", None
        if held_out(setting.trigger.name, person.id, setting.hold_out):
            return "held_out", "hold_out", None
        if not setting.enabled:
            return "off", "off", None
        return "send", "sent", None

    async def preview(
        self, session: AsyncSession, setting: Setting, now: datetime, most: int = 20
    ) -> tuple[int, list[Sample]]:
        """How many reachable customers the trigger finds now, and what the first of them would read."""
        await self._planner.zones(session)
        count, first = await self._planner.count(session, setting.trigger, now, most)
        seen = await self.foresee(session, [setting], first, now)
        rows = await session.execute(
            select(Customer.id, Customer.member_number, Customer.name).where(Customer.id.in_(first))
        )
        named = {row.id: (row.member_number, row.name) for row in rows}
        return count, [
            Sample(customer, *named[customer], foreseen)
            for customer in first
            for foreseen in seen.get(customer, [])
        ]


async def past(session: AsyncSession, customer: CustomerId, limit: int = 50) -> list[Past]:
    """What was decided about a customer, newest occurrence first."""
    rows = list(
        await session.scalars(
            select(Occurrence)
            .where(Occurrence.customer_id == customer)
            .order_by(Occurrence.id.desc())
            .limit(limit)
        )
    )
    made: dict[int, list[tuple[datetime, str, str, datetime | None]]] = {}
    decisions = select(DecisionMade).where(DecisionMade.occurrence_id.in_([row.id for row in rows]))
    for each in await session.scalars(decisions.order_by(DecisionMade.id)):
        made.setdefault(each.occurrence_id, []).append((each.at, each.outcome, each.reason, each.until))
    return [
        Past(
            row.trigger, row.key, row.state, row.reason, row.problem, row.planned_at, row.due_at,
            row.sent_at, row.text, tuple(made.get(row.id, [])),
        )
        for row in rows
    ]  # fmt: skip


async def customer_of(session: AsyncSession, said: str) -> CustomerId:
    """A customer by id, member number, external id or phone. Raises NotFound."""
    text = said.strip()
    ways = [Customer.member_number == text, Customer.external_id == text, Customer.phone == text]
    if text.isdigit() and len(text) < 11:
        ways.append(Customer.id == int(text))
    if text.isdigit() and len(text) == 11:
        ways.append(Customer.phone == f"+86{text}")
    for way in ways:
        found = await session.scalar(select(Customer.id).where(way))
        if found is not None:
            return found
    raise NotFound(f"没有找到客户 {text}：可以用会员号、手机号或编号。")
