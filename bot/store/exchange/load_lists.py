"""tiers.csv, card_types.csv, catalogue.csv and dealers.csv: short lists, brought up to date line by line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import Base, WriteSession, insert_into
from bot.kit.errors import BadInput
from bot.store.bulk import table_of
from bot.store.cards.models import CardType
from bot.store.customers.models import Tier
from bot.store.dealers.models import DealerRegister
from bot.store.dealers.service import NewDealer, publish_register
from bot.store.exchange.loading import Counts, Known, lookup
from bot.store.exchange.reading import FileReader, Line
from bot.store.points.models import CatalogueItem, EarningRule


class ListLoader:
    """A list whose lines are known by `code`. `remember` names where other files look the codes up."""

    def __init__(self, model: type[Base], remember: str | None = None) -> None:
        self._model = model
        self._table = table_of(model)
        self._remember = remember
        self._counts = Counts()

    async def check(
        self, session: AsyncSession, reader: FileReader, known: Known, chunk: list[Line]
    ) -> list[Line]:
        """See Loader."""
        names = list(reader.spec.by_name)
        codes = {line["code"] for line in chunk}
        there = await lookup(session, self._table.c.code, codes, *(self._table.c[name] for name in names))
        work: list[Line] = []
        for line in chunk:
            if self._remember:
                getattr(known, self._remember).add(line["code"])
            before = there.get(line["code"])
            if before is None:
                self._counts.new += 1
            elif all(getattr(before, name) == line[name] for name in names):
                self._counts.same += 1
                continue
            else:
                self._counts.changed += 1
            work.append(line)
        return work

    async def write(self, session: WriteSession, work: list[Line], now: datetime) -> None:
        """See Loader."""
        for line in work:
            changed = {name: value for name, value in line.items() if name != "code"}
            statement = insert_into(session, self._model).values(**line)
            await session.execute(
                statement.on_conflict_do_update(index_elements=[self._table.c.code], set_=changed)
            )

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts


class DealersLoader:
    """The register as a whole."""

    def __init__(self) -> None:
        self._counts = Counts()
        self._all: list[Line] = []

    async def check(
        self, session: AsyncSession, reader: FileReader, known: Known, chunk: list[Line]
    ) -> list[Line]:
        """See Loader."""
        newest = select(DealerRegister.as_of).order_by(DealerRegister.id.desc()).limit(1)
        present = (await session.execute(newest)).scalar_one_or_none()
        first = (self._all or chunk)[0]
        for line in chunk:
            if line["as_of"] != first["as_of"]:
                reader.problem(line.number, "as_of", line["as_of"], "a register has one day")
            if line["valid_until"] < line["valid_from"]:
                reader.problem(line.number, "valid_until", line["valid_until"], "is before the first day")
        if present is not None and first["as_of"] < present:
            reader.problem(first.number, "as_of", first["as_of"], f"the present register is of {present}")
        self._all += chunk
        self._counts.new += len(chunk)
        return []

    async def write(self, session: WriteSession, work: list[Line], now: datetime) -> None:
        """Nothing yet: a register is replaced as a whole, in `finish`."""

    async def finish(self, session: WriteSession, now: datetime) -> None:
        """Publish everything that was checked."""
        if not self._all:
            raise BadInput("A register has agents.")
        fields: list[dict[str, Any]] = [
            {name: value for name, value in line.items() if name != "as_of"} for line in self._all
        ]
        dealers = [NewDealer(**each) for each in fields]
        await publish_register(session, self._all[0]["as_of"], "dealers.csv", dealers, now)

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts


def tiers() -> ListLoader:
    return ListLoader(Tier, "tiers")


def earning_rules() -> ListLoader:
    return ListLoader(EarningRule)


def card_types() -> ListLoader:
    return ListLoader(CardType, "card_types")


def catalogue() -> ListLoader:
    return ListLoader(CatalogueItem)
