"""Planning: find who is due and write each occurrence down once. Set-based, incremental, safe to run twice.

A trigger looks at everybody when a day has begun in one of the customers' zones (or every time, where hours
count and an index makes it cheap), and in between only at the customers of new rows.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import structlog
from sqlalchemy import Select, bindparam, func, literal, select, text, true, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.care.due import Due, Scope
from bot.care.models import CareMark, Occurrence
from bot.care.settings import TriggerBook, is_paused
from bot.care.sources import SOURCES, sources_of
from bot.care.sql import joined
from bot.care.trigger import Trigger
from bot.care.triggers import trigger_named
from bot.kit.clock import Clock, local_date
from bot.kit.db import Database, UtcTime, WriteSession, insert_into
from bot.kit.ids import CustomerId
from bot.store.care.models import CareSnooze
from bot.store.care.service import AGAIN
from bot.store.customers.models import Customer

log = structlog.get_logger(__name__)

LAG: Final = timedelta(minutes=5)
"""Rows are committed out of order: what is new is looked at again until it is so old."""
ZONES_LAST: Final = timedelta(minutes=10)

COLUMNS: Final = (
    "customer_id", "trigger", "key", "facts", "state", "priority",
    "planned_at", "due_at", "expires_at", "tries",
)  # fmt: skip

UNIQUE: Final = ("customer_id", "trigger", "key")

_ALONE: Final = text(
    "SELECT pg_try_advisory_xact_lock(:number) AS alone,"
    " set_config('jit', 'off', true), set_config('work_mem', '64MB', true)"
)
"""Until the transaction ends: nobody else plans this; nothing is compiled, which would take longer than
running it; and the customers of a big company are joined and sorted in memory."""

Statement = tuple[Due, Any]


class Planner:
    """Plans for one process. Several may run one each."""

    def __init__(self, database: Database, clock: Clock, book: TriggerBook) -> None:
        self._database = database
        self._clock = clock
        self._book = book
        self._zones: tuple[str, ...] = ()
        self._zones_at: datetime | None = None
        self._statements: dict[tuple[str, Scope, tuple[str, ...]], Statement] = {}

    async def plan(self, *, full: bool = False) -> dict[str, int]:
        """Plan what is due now; new occurrences per trigger. `full` looks at everybody."""
        now = self._clock()
        async with self._database.read() as session:
            if (await is_paused(session)).paused:
                return {}
            triggers = [each.trigger for each in await self._book.all(session) if each.enabled]
            marks = {row.name: row for row in await session.scalars(select(CareMark))}
            newest = await self._newest(session)
            await self._learn_zones(session, now)
            snoozed = await session.scalar(_waking(now).limit(1)) is not None
        planned: dict[str, int] = {}
        for group in self._groups(triggers):
            scopes: dict[str, Scope | None] = {
                each.name: "all" if full else self._scope(each, marks, newest, now) for each in group
            }
            if not any(scopes.values()):
                continue
            async with self._database.write() as session:
                for trigger in group:
                    scope = scopes[trigger.name]
                    if scope is not None:
                        since = {
                            f"since_{name}": self._since(marks, name) for name in sources_of(trigger.watches)
                        }
                        planned[trigger.name] = await self._insert(session, trigger, scope, since, now)
        moved = self._moved(marks, newest, now)
        if snoozed or moved:
            async with self._database.write() as session:
                planned["snoozed"] = await self._come_back(session, now)
                if moved:
                    statement = _marking(sqlite=self._database.is_sqlite)
                    await (await session.connection()).execute(statement, moved)
        return {name: count for name, count in planned.items() if count}

    def _groups(self, triggers: Sequence[Trigger]) -> list[list[Trigger]]:
        """What is planned in one transaction: those that count hours are quick, the others go one by one."""
        quick = [each for each in triggers if each.every == "hour"]
        return [*([quick] if quick else []), *([each] for each in triggers if each.every == "day")]

    async def find(
        self, session: AsyncSession, trigger: Trigger, customers: Sequence[int], now: datetime
    ) -> list[tuple[CustomerId, str, dict[str, Any]]]:
        """What of this trigger is true now of `customers`: customer, key and facts."""
        at, statement = self._made(trigger, "some")
        rows = await session.execute(statement, {**at.values(now), "customers": list(customers)})
        return [(row.customer_id, row.key, row.facts) for row in rows]

    async def zones(self, session: AsyncSession) -> tuple[str, ...]:
        """The zones that customers live in."""
        await self._learn_zones(session, self._clock())
        return self._zones

    async def count(
        self, session: AsyncSession, trigger: Trigger, now: datetime, first: int
    ) -> tuple[int, list[CustomerId]]:
        """How many occurrences the trigger finds now among who can be reached, and the first customers."""
        at = Due(trigger, self._zones, "all")
        found = trigger.due(at).subquery()
        values = at.values(now)
        many = await session.scalar(select(func.count()).select_from(found), values)
        some = select(found.c.customer_id).distinct().order_by(found.c.customer_id).limit(first)
        return many or 0, list(await session.scalars(some, values))

    def _scope(
        self, trigger: Trigger, marks: Mapping[str, CareMark], newest: Mapping[str, int], now: datetime
    ) -> Scope | None:
        if trigger.every == "hour":
            return "all"
        mark = marks.get(f"trigger:{trigger.name}")
        if mark is None:
            return "all"
        if any(local_date(mark.at, zone) != local_date(now, zone) for zone in self._zones):
            return "all"
        if any(newest[name] > self._since(marks, name) for name in sources_of(trigger.watches)):
            return "touched"
        return None

    def _since(self, marks: Mapping[str, CareMark], name: str) -> int:
        mark = marks.get(f"table:{name}")
        return mark.safe if mark is not None else 0

    async def _newest(self, session: AsyncSession) -> dict[str, int]:
        return dict((await session.execute(_newest_ids())).mappings().one())

    async def _learn_zones(self, session: AsyncSession, now: datetime) -> None:
        known = self._zones_at
        if known is not None and timedelta() <= now - known < ZONES_LAST:
            return
        found = await session.scalars(select(Customer.time_zone).distinct())
        zones = tuple(sorted(found))
        if zones != self._zones:
            self._zones = zones
            self._statements.clear()
        self._zones_at = now

    async def _insert(
        self, session: WriteSession, trigger: Trigger, scope: Scope, since: dict[str, int], now: datetime
    ) -> int:
        """One statement per trigger. Another process that plans the same one just now does it for us."""
        if not self._database.is_sqlite:
            number = zlib.crc32(f"care:{trigger.name}".encode())
            if not (await session.execute(_ALONE, {"number": number})).one().alone:
                return 0
        at, statement = self._made(trigger, scope)
        used = since if scope == "touched" else {}
        made = {"planned": now, "expires": now + trigger.lasting}
        connection = await session.connection()
        values = {**at.values(now), **used, **made}
        result = await connection.execute(statement, values, execution_options={"preserve_rowcount": True})
        if scope == "all" and trigger.every == "day":
            mark = {"name": f"trigger:{trigger.name}", "at": now, "safe_at": now, "upto": 0, "safe": 0}
            marked = insert_into(session, CareMark).values(**mark)
            await session.execute(
                marked.on_conflict_do_update(index_elements=["name"], set_={"at": now, "safe_at": now})
            )
        return max(result.rowcount, 0)

    def _made(self, trigger: Trigger, scope: Scope) -> Statement:
        key = (trigger.name, scope, self._zones)
        if key not in self._statements:
            at = Due(trigger, self._zones, scope)
            found = trigger.due(at)
            self._statements[key] = (at, found if scope == "some" else self._inserting(trigger, found))
        return self._statements[key]

    def _inserting(self, trigger: Trigger, found: Select[Any]) -> Any:
        due = found.subquery()
        planned = bindparam("planned", type_=UtcTime())
        rows = select(
            due.c.customer_id,
            literal(trigger.name),
            due.c.key,
            due.c.facts,
            literal("planned"),
            literal(trigger.priority),
            planned,
            planned,
            bindparam("expires", type_=UtcTime()),
            literal(0),
        ).where(true())  # SQLite would read ON CONFLICT as a join's ON
        make = insert_sqlite if self._database.is_sqlite else insert_postgresql
        return make(Occurrence).from_select(COLUMNS, rows).on_conflict_do_nothing(index_elements=UNIQUE)

    async def _come_back(self, session: WriteSession, now: datetime) -> int:
        """What customers wanted to hear of again, and whose time has come."""
        waiting = select(CareSnooze.id, CareSnooze.trigger).where(
            CareSnooze.taken_at.is_(None), CareSnooze.until <= now
        )
        found: dict[str, list[int]] = {}
        for number, name in await session.execute(waiting.limit(1_000).with_for_update(skip_locked=True)):
            found.setdefault(name, []).append(number)
        for name, numbers in found.items():
            trigger = trigger_named(name)
            again = select(
                CareSnooze.customer_id,
                CareSnooze.trigger,
                joined(CareSnooze.occurrence, AGAIN, CareSnooze.id),
                Occurrence.facts,
                literal("planned"),
                literal(trigger.priority),
                literal(now, UtcTime()),
                CareSnooze.until,
                literal(now + trigger.lasting, UtcTime()),
                literal(0),
            ).join(
                Occurrence,
                (Occurrence.customer_id == CareSnooze.customer_id)
                & (Occurrence.trigger == CareSnooze.trigger)
                & (Occurrence.key == CareSnooze.occurrence),
            )
            chosen = again.where(CareSnooze.id.in_(numbers))
            made = insert_into(session, Occurrence).from_select(COLUMNS, chosen)
            await session.execute(made.on_conflict_do_nothing(index_elements=UNIQUE))
            taken = update(CareSnooze).where(CareSnooze.id.in_(numbers)).values(taken_at=now)
            await session.execute(taken.execution_options(synchronize_session=False))
        return sum(map(len, found.values()))

    def _moved(
        self, marks: Mapping[str, CareMark], newest: Mapping[str, int], now: datetime
    ) -> list[dict[str, Any]]:
        """The marks of tables that have to move on."""
        rows: list[dict[str, Any]] = []
        for name, upto in newest.items():
            mark = marks.get(f"table:{name}")
            if mark is not None and (now - mark.safe_at < LAG or mark.safe == mark.upto == upto):
                continue
            safe = mark.upto if mark is not None else upto
            rows.append({"name": f"table:{name}", "at": now, "upto": upto, "safe": safe, "safe_at": now})
        return rows


def _waking(now: datetime) -> Select[Any]:
    """Snoozes whose time has come."""
    return select(CareSnooze.id).where(CareSnooze.taken_at.is_(None), CareSnooze.until <= now)


@cache
def _newest_ids() -> Any:
    columns = [
        select(func.coalesce(func.max(number), 0)).scalar_subquery().label(name)
        for name, (number, _) in SOURCES.items()
    ]
    return select(*columns)


@cache
def _marking(*, sqlite: bool) -> Any:
    """Move marks forward; another process may have come further."""
    made = (insert_sqlite if sqlite else insert_postgresql)(CareMark)
    new = {name: made.excluded[name] for name in ("at", "upto", "safe", "safe_at")}
    further = CareMark.safe <= made.excluded.safe
    return made.on_conflict_do_update(index_elements=["name"], set_=new, where=further)
