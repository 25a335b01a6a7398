"""What every loader works with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any, Protocol

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.store.bulk import Attribute, one_of_many, table_of
from bot.store.customers.models import Customer
from bot.store.dates import end_of_day
from bot.store.exchange.reading import FileReader, Line

CUSTOMERS = table_of(Customer).c


@dataclass(slots=True)
class Known:
    """What earlier files of the same folder bring. In a dry run it is not in the database yet."""

    customers: set[str] = field(default_factory=set)
    tiers: set[str] = field(default_factory=set)
    card_types: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Counts:
    """How many things a file brought: new, changed, and already there as they are."""

    new: int = 0
    changed: int = 0
    same: int = 0


@dataclass(slots=True)
class Work:
    """Groups of lines (one order, one bill, or one line alone) to add."""

    groups: list[list[Line]] = field(default_factory=list)
    ids: dict[str, int | None] = field(default_factory=dict)


class Loader(Protocol):
    """Takes the lines of one kind of file: first checks a chunk, then writes what was good."""

    async def check(self, session: AsyncSession, reader: FileReader, known: Known, chunk: list[Line]) -> Any:
        """What there is to write; problems are told to `reader`. Nothing is written."""
        ...

    async def write(self, session: WriteSession, work: Any, now: datetime) -> None:
        """Write what `check` returned."""
        ...

    def counts(self) -> Counts:
        """What was checked so far."""
        ...


async def lookup(
    session: AsyncSession, key: Attribute, keys: Collection[Any], *columns: Attribute
) -> dict[Any, Any]:
    """`key` → row with `columns`, for those of `keys` that exist."""
    return await looked_up(session, key, keys, select(key, *columns))


async def looked_up(
    session: AsyncSession, key: Attribute, keys: Collection[Any], statement: Select[*tuple[Any, ...]]
) -> dict[Any, Any]:
    """`key` → row of `statement`, whose first column is `key`, for those of `keys` that exist."""
    wanted = [each for each in keys if each is not None]
    if not wanted:
        return {}
    connection = await session.connection()
    rows = (await connection.execute(statement.where(one_of_many(session, key, wanted)))).all()
    return {row[0]: row for row in rows}


def end(last: date | None, zone_name: str) -> datetime | None:
    """When a last day is over in the customer's zone; None: never."""
    return end_of_day(last, zone_name) if last else None


async def customer_ids(
    session: AsyncSession, reader: FileReader, known: Known, lines: Iterable[Line]
) -> dict[str, int | None]:
    """External id → customer id (None: comes with this folder). Lines of nobody we know are told."""
    found = await lookup(session, CUSTOMERS.external_id, {line["customer"] for line in lines}, CUSTOMERS.id)
    tell_unknown(reader, known, lines, found)
    ids: dict[str, int | None] = {line["customer"]: None for line in lines}
    return ids | {external: row.id for external, row in found.items()}


def tell_unknown(reader: FileReader, known: Known, lines: Iterable[Line], found: Collection[str]) -> None:
    """Tell the lines whose customer is neither found nor known from this folder."""
    for line in lines:
        external = line["customer"]
        if external not in found and external not in known.customers:
            reason = "no customer has this external_id: put them into customers.csv"
            reader.problem(line.number, "customer", external, reason)


def grouped(reader: FileReader, chunks: Iterator[list[Line]], key: str) -> Iterator[list[list[Line]]]:
    """Lines that stand together, group by group; a group that begins twice is told."""
    seen: set[str] = set()
    rest: list[Line] = []
    for chunk in chunks:
        groups = [list(group) for _, group in groupby([*rest, *chunk], key=lambda line: line[key])]
        rest = groups.pop()
        yield _first_time(reader, groups, key, seen)
    if rest:
        yield _first_time(reader, [rest], key, seen)


def _first_time(reader: FileReader, groups: list[list[Line]], key: str, seen: set[str]) -> list[list[Line]]:
    good: list[list[Line]] = []
    for group in groups:
        name = group[0][key]
        if name in seen:
            reader.problem(group[0].number, key, name, "its lines have to stand together")
        else:
            seen.add(name)
            good.append(group)
    return good


def same_on_every_line(reader: FileReader, group: list[Line], columns: tuple[str, ...]) -> bool:
    """Whether the lines of a group agree on what is said once; what differs is told."""
    good = True
    for line in group[1:]:
        for column in columns:
            if line[column] != group[0][column]:
                reader.problem(line.number, column, line[column], f"differs from line {group[0].number}")
                good = False
    return good
