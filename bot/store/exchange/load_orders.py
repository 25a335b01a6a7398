"""orders.csv and bills.csv: groups of lines."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.store.bills.models import Bill, BillLine
from bot.store.bulk import Row, insert_rows, reserve_ids
from bot.store.exchange.loading import Counts, Known, Work, customer_ids, lookup, same_on_every_line
from bot.store.exchange.reading import FileReader, Line
from bot.store.orders.models import Order, OrderLine


class GroupsLoader(ABC):
    """Things with lines, known by their number: what is there already is skipped, whatever its lines say."""

    whole: ClassVar[type[Order | Bill]]
    part: ClassVar[type[OrderLine | BillLine]]
    parent: ClassVar[str]
    """The column of a line that names the whole."""
    same: ClassVar[tuple[str, ...]]
    """What every line of a group says alike."""
    columns: ClassVar[tuple[str, ...]]
    """Of the whole, after its id, number and customer."""
    line_columns: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        self._counts = Counts()

    async def check(
        self, session: AsyncSession, reader: FileReader, known: Known, groups: list[list[Line]]
    ) -> Work:
        """See Loader."""
        ids = await customer_ids(session, reader, known, [line for group in groups for line in group])
        there = await lookup(session, self.whole.number, {group[0]["number"] for group in groups})
        work = Work(ids=ids)
        for group in groups:
            if group[0]["number"] in there:
                self._counts.same += 1
            elif same_on_every_line(reader, group, self.same) and self.fits(reader, group):
                self._counts.new += 1
                work.groups.append(group)
        return work

    async def write(self, session: WriteSession, work: Work, now: datetime) -> None:
        """See Loader."""
        ids = await reserve_ids(session, self.whole, len(work.groups))
        numbered = list(zip(ids, work.groups, strict=True))
        wholes = [
            (id_, group[0]["number"], work.ids[group[0]["customer"]], *self.values(group, now))
            for id_, group in numbered
        ]
        await insert_rows(session, self.whole, ("id", "number", "customer_id", *self.columns), wholes)
        parts = [(id_, *self.line_values(line)) for id_, group in numbered for line in group]
        await insert_rows(session, self.part, (self.parent, *self.line_columns), parts)

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts

    @abstractmethod
    def fits(self, reader: FileReader, group: list[Line]) -> bool:
        """Whether the whole makes sense; what does not is told."""

    @abstractmethod
    def values(self, group: list[Line], now: datetime) -> Row:
        """The values of `columns`."""

    def line_values(self, line: Line) -> Row:
        """The values of `line_columns`."""
        return tuple(line[name] for name in self.line_columns)


class OrdersLoader(GroupsLoader):
    """Orders with their lines."""

    whole, part, parent = Order, OrderLine, "order_id"
    same = ("customer", "placed_at", "state", "completed_at", "discount")
    columns = ("state", "total", "discount", "placed_at", "completed_at")
    line_columns = ("line", "sku", "name", "quantity", "unit_price", "amount")

    def fits(self, reader: FileReader, group: list[Line]) -> bool:
        """See GroupsLoader."""
        first = group[0]
        if _goods(group) >= first["discount"]:
            return True
        reader.problem(first.number, "discount", first["discount"] / 100, "is more than the order's lines")
        return False

    def values(self, group: list[Line], now: datetime) -> Row:
        """See GroupsLoader."""
        first: Any = group[0]
        total = _goods(group) - first["discount"]
        return first["state"], total, first["discount"], first["placed_at"], first["completed_at"]

    def line_values(self, line: Line) -> Row:
        """See GroupsLoader."""
        given = tuple(line[name] for name in self.line_columns[:-1])
        return *given, line["quantity"] * line["unit_price"]


class BillsLoader(GroupsLoader):
    """Bills with their lines."""

    whole, part, parent = Bill, BillLine, "bill_id"
    same = ("customer", "period_from", "period_to", "due_on", "state")
    columns = ("period_from", "period_to", "total", "due_on", "state", "issued_at")
    line_columns = ("line", "name", "quantity", "unit", "amount", "explanation")

    def fits(self, reader: FileReader, group: list[Line]) -> bool:
        """See GroupsLoader."""
        first = group[0]
        if first["period_to"] >= first["period_from"]:
            return True
        reader.problem(first.number, "period_to", first["period_to"], "is before the first day")
        return False

    def values(self, group: list[Line], now: datetime) -> Row:
        """See GroupsLoader."""
        first: Any = group[0]
        total = sum(line["amount"] for line in group)
        return first["period_from"], first["period_to"], total, first["due_on"], first["state"], now


def _goods(group: list[Line]) -> int:
    return sum(line["quantity"] * line["unit_price"] for line in group)
