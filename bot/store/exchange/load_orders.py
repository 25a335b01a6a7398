"""orders.csv and bills.csv: groups of lines."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.store.bills.models import Bill, BillLine
from bot.store.bulk import insert_rows, reserve_ids
from bot.store.exchange.loading import Counts, Known, Work, customer_ids, lookup, same_on_every_line
from bot.store.exchange.reading import FileReader, Line
from bot.store.orders.models import Order, OrderLine


class OrdersLoader:
    """Orders with their lines."""

    SAME = ("customer", "placed_at", "state", "completed_at", "discount")

    def __init__(self) -> None:
        self._counts = Counts()

    async def check(
        self, session: AsyncSession, reader: FileReader, known: Known, groups: list[list[Line]]
    ) -> Work:
        """See Loader."""
        ids = await customer_ids(session, reader, known, [line for group in groups for line in group])
        numbers = {group[0]["number"] for group in groups}
        there = await lookup(session, Order.number, numbers)
        work = Work(ids=ids)
        for group in groups:
            if group[0]["number"] in there:
                self._counts.same += 1
            elif same_on_every_line(reader, group, self.SAME):
                if _goods(group) < group[0]["discount"]:
                    shown = group[0]["discount"] / 100
                    reader.problem(group[0].number, "discount", shown, "is more than the order's lines")
                    continue
                self._counts.new += 1
                work.groups.append(group)
        return work

    async def write(self, session: WriteSession, work: Work, now: datetime) -> None:
        """See Loader."""
        ids = await reserve_ids(session, Order, len(work.groups))
        orders = list(zip(ids, work.groups, strict=True))
        await insert_rows(
            session,
            Order,
            ("id", "number", "customer_id", "state", "total", "discount", "placed_at", "completed_at"),
            [
                (
                    id_,
                    group[0]["number"],
                    work.ids[group[0]["customer"]],
                    group[0]["state"],
                    _goods(group) - group[0]["discount"],
                    group[0]["discount"],
                    group[0]["placed_at"],
                    group[0]["completed_at"],
                )
                for id_, group in orders
            ],
        )
        await insert_rows(
            session,
            OrderLine,
            ("order_id", "line", "sku", "name", "quantity", "unit_price", "amount"),
            [
                (
                    id_,
                    line["line"],
                    line["sku"],
                    line["name"],
                    line["quantity"],
                    line["unit_price"],
                    line["quantity"] * line["unit_price"],
                )
                for id_, group in orders
                for line in group
            ],
        )

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts


class BillsLoader:
    """Bills with their lines."""

    SAME = ("customer", "period_from", "period_to", "due_on", "state")

    def __init__(self) -> None:
        self._counts = Counts()

    async def check(
        self, session: AsyncSession, reader: FileReader, known: Known, groups: list[list[Line]]
    ) -> Work:
        """See Loader."""
        ids = await customer_ids(session, reader, known, [line for group in groups for line in group])
        there = await lookup(session, Bill.number, {group[0]["number"] for group in groups})
        work = Work(ids=ids)
        for group in groups:
            first = group[0]
            if first["number"] in there:
                self._counts.same += 1
            elif first["period_to"] < first["period_from"]:
                reader.problem(first.number, "period_to", first["period_to"], "is before the first day")
            elif same_on_every_line(reader, group, self.SAME):
                self._counts.new += 1
                work.groups.append(group)
        return work

    async def write(self, session: WriteSession, work: Work, now: datetime) -> None:
        """See Loader."""
        ids = await reserve_ids(session, Bill, len(work.groups))
        bills = list(zip(ids, work.groups, strict=True))
        await insert_rows(
            session,
            Bill,
            (
                "id",
                "number",
                "customer_id",
                "period_from",
                "period_to",
                "total",
                "due_on",
                "state",
                "issued_at",
            ),
            [
                (
                    id_,
                    group[0]["number"],
                    work.ids[group[0]["customer"]],
                    group[0]["period_from"],
                    group[0]["period_to"],
                    sum(line["amount"] for line in group),
                    group[0]["due_on"],
                    group[0]["state"],
                    now,
                )
                for id_, group in bills
            ],
        )
        columns = ("line", "name", "quantity", "unit", "amount", "explanation")
        await insert_rows(
            session,
            BillLine,
            ("bill_id", *columns),
            [(id_, *(line[name] for name in columns)) for id_, group in bills for line in group],
        )

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts


def _goods(group: list[Line]) -> int:
    return sum(line["quantity"] * line["unit_price"] for line in group)
