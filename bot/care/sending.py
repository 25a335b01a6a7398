"""Sending: decide for a few customers at a time and hand over, in one transaction.

What is decided, the text in the conversation's log, the event for the bot and the occurrence's new state are
committed together: a process that dies leaves all of it or nothing. While a customer is decided for, their
row in `care_customer` is locked, so two senders cannot both use the last place under a cap.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

import structlog
from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.care.deciding import Matter, Verdict, against, lines_for
from bot.care.handing import BRAIN_MOST, Handing, Hands
from bot.care.models import CareCustomer, DecisionMade, Occurrence
from bot.care.people import Person, people
from bot.care.planning import Planner
from bot.care.rules import Rules, Told
from bot.care.settings import Setting, TriggerBook, is_paused
from bot.care.trigger import Trigger
from bot.kit.clock import Clock
from bot.kit.db import Database, UtcTime, WriteSession, insert_into
from bot.kit.ids import ConversationId, CustomerId
from bot.store.care.service import AGAIN

log = structlog.get_logger(__name__)

AT_ONCE: Final = 50
"""Occurrences per transaction: on SQLite nobody else writes meanwhile."""
READY: Final = text("state IN ('planned', 'deferred', 'parked', 'sending') AND state <> 'sending'")
"""As the partial index has it, so that both databases use it."""

Fresh = dict[tuple[str, CustomerId], dict[str, dict[str, Any]]]


@dataclass(slots=True)
class Batch:
    """What one transaction did: how many were decided, by outcome."""

    taken: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)


class Sender:
    """Decides and sends for one process. Several may run one each."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        book: TriggerBook,
        planner: Planner,
        hands: Hands,
        rules: Rules,
        *,
        company: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._book = book
        self._planner = planner
        self._hands = hands
        self._rules = rules
        self._company = company

    async def send_due(self, most: int = 2_000) -> dict[str, int]:
        """Decide what is due, up to `most`; how many had which outcome."""
        total: dict[str, int] = {}
        left = most
        async with self._database.read() as session:
            if (await is_paused(session)).paused:
                return total
            settings = {each.trigger.name: each for each in await self._book.all(session) if each.enabled}
            waiting = await self._waiting(session, settings)
        if waiting and (await self._hands.pressure()).brain >= BRAIN_MOST:
            log.info("care_waits_for_the_brain")
            return total
        for name in waiting:
            while left > 0:
                batch = await self._batch(name, settings, min(AT_ONCE, left))
                for outcome, count in batch.outcomes.items():
                    total[outcome] = total.get(outcome, 0) + count
                left -= batch.taken
                if not batch.taken:
                    break
        return total

    async def _waiting(self, session: AsyncSession, settings: dict[str, Setting]) -> list[str]:
        """The triggers with something due, the most urgent first."""
        now = self._clock()
        found = [name for name in settings if await session.scalar(_any_due(), {"trigger": name, "now": now})]
        return sorted(found, key=lambda name: settings[name].trigger.priority)

    async def _batch(self, name: str, settings: dict[str, Setting], most: int) -> Batch:
        now = self._clock()
        batch = Batch()
        pressure = await self._hands.pressure()
        if pressure.brain >= BRAIN_MOST:
            return batch
        async with self._database.write() as session:
            rows = await self._take(session, name, settings, most, now)
            if not rows:
                return batch
            customers = sorted({row.customer_id for row in rows})
            fresh = await self._fresh(session, rows, settings, now)
            known = await people(session, customers, now)
            handing = self._hands.begin(session, now, pressure)
            cases = [_case(row, settings[row.trigger], known[row.customer_id], fresh, now) for row in rows]
            await handing.hold(self._reached(cases))
            decisions: list[dict[str, Any]] = []
            for case in cases:
                row, verdict = case.row, await self._decide(case, handing)
                if (row.state, row.reason) != (verdict.outcome, verdict.reason):
                    decisions.append(_decision(row.id, now, verdict))
                _apply(case, verdict)
                batch.outcomes[verdict.outcome] = batch.outcomes.get(verdict.outcome, 0) + 1
            await session.flush()
            if decisions:
                await session.execute(_decisions(), decisions)
            batch.taken = len(rows)
        self._hands.committed(handing)
        return batch

    async def _take(
        self, session: WriteSession, name: str, settings: dict[str, Setting], most: int, now: datetime
    ) -> list[Occurrence]:
        """Due occurrences of a trigger, and all else that is due for the same customers; rows and customers
        locked until the transaction ends."""
        due = select(Occurrence).where(READY, Occurrence.due_at <= now)
        first = due.where(Occurrence.trigger == name).order_by(Occurrence.due_at).limit(most)
        rows = list(await session.scalars(first.with_for_update(skip_locked=True)))
        if not rows:
            return []
        customers = sorted({row.customer_id for row in rows})
        lock = insert_into(session, CareCustomer).values(
            [{"customer_id": customer, "decided_at": now} for customer in customers]
        )
        await session.execute(
            lock.on_conflict_do_update(index_elements=["customer_id"], set_={"decided_at": now})
        )
        more = due.where(Occurrence.customer_id.in_(customers), Occurrence.trigger.in_(settings))
        also = await session.scalars(more.with_for_update(skip_locked=True))
        every = {row.id: row for row in (*rows, *also)}
        return sorted(every.values(), key=lambda row: (row.customer_id, row.priority, row.due_at, row.id))

    async def _fresh(
        self, session: WriteSession, rows: Iterable[Occurrence], settings: dict[str, Setting], now: datetime
    ) -> Fresh:
        """What is true now of each customer, by trigger: the condition again, for these customers only."""
        await self._planner.zones(session)
        wanted: dict[str, set[CustomerId]] = {}
        for row in rows:
            wanted.setdefault(row.trigger, set()).add(row.customer_id)
        fresh: Fresh = {}
        for name, customers in wanted.items():
            found = await self._planner.find(session, settings[name].trigger, sorted(customers), now)
            for customer, key, facts in found:
                fresh.setdefault((name, customer), {})[key] = facts
        return fresh

    def _reached(self, cases: Iterable[Case]) -> set[ConversationId]:
        """The conversations over which something may go out: what speaks against it now still does later."""
        return {
            line.conversation
            for case in cases
            if case.matter is not None and against(case.matter, case.person, self._rules, case.now) is None
            for line in lines_for(case.matter, case.person)
        }

    async def _decide(self, case: Case, handing: Handing) -> Verdict:
        if case.matter is None:
            return Verdict("lapsed", "not_true")
        verdict = against(case.matter, case.person, self._rules, case.now)
        if verdict is None:
            verdict = await handing.hand_over(case.row, case.setting, case.matter, case.person, self._company)
        return verdict


@dataclass(frozen=True, slots=True)
class Case:
    """An occurrence, how its trigger is set, and whom it is about. No `matter`: it is not true any more."""

    row: Occurrence
    setting: Setting
    person: Person
    now: datetime
    matter: Matter | None

    @property
    def trigger(self) -> Trigger:
        return self.setting.trigger


def _case(row: Occurrence, setting: Setting, person: Person, fresh: Fresh, now: datetime) -> Case:
    """The occurrence with its facts as they are now."""
    trigger = setting.trigger
    facts = _still_true(row.key, fresh.get((trigger.name, row.customer_id), {}))
    if facts is None:
        return Case(row, setting, person, now, None)
    if trigger.more is not None:
        facts = {**facts, **trigger.more(facts, now, person.time_zone)}
    row.facts = facts
    matter = Matter(trigger, row.key, facts, row.expires_at, again=AGAIN in row.key)
    return Case(row, setting, person, now, matter)


def _still_true(key: str, found: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """The facts as they are now; None when the condition no longer holds.

    After a snooze the same subject counts, though its key may say another day by now.
    """
    base, again, _ = key.partition(AGAIN)
    if base in found:
        return found[base]
    if not again:
        return None
    subject = base.split(":")[:2]
    return next((facts for other, facts in found.items() if other.split(":")[:2] == subject), None)


def _apply(case: Case, verdict: Verdict) -> None:
    row, now = case.row, case.now
    row.state, row.reason = verdict.outcome, verdict.reason
    if verdict.until is not None:
        row.due_at = verdict.until
    if verdict.outcome in ("sent", "sending", "held_out"):
        marketing = case.trigger.audience_for(row.facts) == "marketing"
        row.sent_at, row.marketing = now, marketing
        told = Told(row.trigger, now, marketing, counts=verdict.outcome != "held_out")
        case.person.told.append(told)


def _decision(occurrence: int, now: datetime, verdict: Verdict) -> dict[str, Any]:
    return {
        "occurrence_id": occurrence,
        "at": now,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "until": verdict.until,
    }


@cache  # built once: building a statement costs more than running it
def _any_due() -> Any:
    """Is anything of `trigger` due at `now`? One look into the index, however much waits."""
    due = Occurrence.due_at <= bindparam("now", type_=UtcTime())
    return select(Occurrence.id).where(READY, due, Occurrence.trigger == bindparam("trigger")).limit(1)


def _decisions() -> Any:
    return DecisionMade.metadata.tables[DecisionMade.__tablename__].insert()
