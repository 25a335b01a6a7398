"""customers.csv."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import DEFAULT_ZONE
from bot.kit.db import WriteSession
from bot.store.bulk import reserve_ids, table_of
from bot.store.counters.service import take
from bot.store.customers.models import Customer
from bot.store.customers.numbers import member_number
from bot.store.exchange.loading import Counts, Known, lookup
from bot.store.exchange.reading import FileReader, Line
from bot.store.references import insert_proved

TABLE = table_of(Customer)
KEPT = ("name", "phone", "member_number", "manager_name", "manager_phone", "birthday", "time_zone", "locale")


@dataclass(slots=True)
class Work:
    """New customers, and for those already there what has changed."""

    new: list[Line] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)


class CustomersLoader:
    """New customers are added, known ones brought up to date."""

    def __init__(self) -> None:
        self._counts = Counts()
        self._owners: dict[str, str] = {}

    async def check(self, session: AsyncSession, reader: FileReader, known: Known, chunk: list[Line]) -> Work:
        """See Loader."""
        columns = [TABLE.c[name] for name in ("id", "tier_code", *KEPT)]
        externals = [line["external_id"] for line in chunk]
        there = await lookup(session, TABLE.c.external_id, externals, *columns)
        owners: dict[str, dict[str, str | None]] = {}
        for name in ("phone", "member_number"):
            values = {line[name] for line in chunk if line[name]}
            rows = await lookup(session, TABLE.c[name], values, TABLE.c.external_id)
            owners[name] = {value: row.external_id for value, row in rows.items()}
        work = Work()
        for line in chunk:
            known.customers.add(line["external_id"])
            if self._good(reader, known, line, owners):
                self._sort(line, there.get(line["external_id"]), work)
        return work

    async def write(self, session: WriteSession, work: Work, now: datetime) -> None:
        """See Loader."""
        numbers = iter(await self._member_numbers(session, work.new))
        new = work.new
        columns = {
            "id": await reserve_ids(session, Customer, len(new)),
            "external_id": [line["external_id"] for line in new],
            "tier_code": [line["tier"] for line in new],
            "created_at": [line["created_at"] or now for line in new],
            **{name: [line[name] for line in new] for name in KEPT},
            "member_number": [line["member_number"] or next(numbers) for line in new],
            "time_zone": [line["time_zone"] or DEFAULT_ZONE for line in new],
            "locale": [line["locale"] or "zh-CN" for line in new],
        }
        await insert_proved(session, Customer, columns)
        if work.changed:
            names = ("tier_code", *KEPT)
            statement = update(TABLE).where(TABLE.c.id == bindparam("row_id"))
            statement = statement.values({TABLE.c[name]: bindparam(f"new_{name}") for name in names})
            await (await session.connection()).execute(statement, work.changed)

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts

    def _good(
        self, reader: FileReader, known: Known, line: Line, owners: dict[str, dict[str, str | None]]
    ) -> bool:
        good = True
        for name in ("phone", "member_number"):
            value = line[name]
            if not value:
                continue
            mine = line["external_id"]
            if self._owners.setdefault(value, mine) != mine:
                reader.problem(line.number, name, value, "belongs to another line of this file")
                good = False
            elif owners[name].get(value, mine) != mine:
                reader.problem(line.number, name, value, "belongs to another customer already")
                good = False
        if line["tier"] and line["tier"] not in known.tiers:
            reader.problem(line.number, "tier", line["tier"], "no such tier: put it into tiers.csv")
            good = False
        return good

    def _sort(self, line: Line, there: Any, work: Work) -> None:
        if there is None:
            self._counts.new += 1
            work.new.append(line)
            return
        now = {"tier_code": line["tier"], **{name: line[name] for name in KEPT}}
        merged = {name: getattr(there, name) if value is None else value for name, value in now.items()}
        if all(getattr(there, name) == value for name, value in merged.items()):
            self._counts.same += 1
            return
        self._counts.changed += 1
        work.changed.append({"row_id": there.id, **{f"new_{name}": value for name, value in merged.items()}})

    async def _member_numbers(self, session: WriteSession, lines: list[Line]) -> list[str]:
        """Free member numbers for the lines that bring none."""
        missing = sum(1 for line in lines if not line["member_number"])
        taken = {line["member_number"] for line in lines}
        free: list[str] = []
        while len(free) < missing:
            count = missing - len(free)
            first = await take(session, "member_number", count)
            made = [member_number(place) for place in range(first, first + count)]
            used = await lookup(session, TABLE.c.member_number, made)
            free += [number for number in made if number not in used and number not in taken]
        return free
