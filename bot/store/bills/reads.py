"""What a customer may ask about their bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.ids import CustomerId
from bot.store.bills.models import Bill, BillLine, BillState


@dataclass(frozen=True, slots=True)
class BillItem:
    """One line; `amount` in fen."""

    name: str
    quantity: int
    unit: str
    amount: int
    explanation: str


@dataclass(frozen=True, slots=True)
class BillView:
    """A bill line by line; `previous_total` is that of the bill before it, to compare with."""

    number: str
    period_from: date
    period_to: date
    total: int
    due_on: date | None
    state: BillState
    items: tuple[BillItem, ...]
    previous_total: int | None


async def explain_bill(
    session: AsyncSession, customer_id: CustomerId, number: str | None = None
) -> BillView | None:
    """The customer's bill with this number, or the newest; None when there is none."""
    most = {} if number else {"most": 2}
    bills = (await session.execute(_newest(all_=number is not None), {"customer": customer_id, **most})).all()
    place = next((at for at, bill in enumerate(bills) if number in (None, bill.number)), None)
    if place is None:
        return None
    bill = bills[place]
    lines = (await session.execute(_lines(), {"bill": bill.id})).all()
    items = [BillItem(line.name, line.quantity, line.unit, line.amount, line.explanation) for line in lines]
    return BillView(
        number=bill.number,
        period_from=bill.period_from,
        period_to=bill.period_to,
        total=bill.total,
        due_on=bill.due_on,
        state=bill.state,
        items=tuple(items),
        previous_total=bills[place + 1].total if place + 1 < len(bills) else None,
    )


@cache  # building a statement costs as much as running it
def _newest(*, all_: bool) -> Select[*tuple[Any, ...]]:
    columns = (Bill.id, Bill.number, Bill.period_from, Bill.period_to, Bill.total, Bill.due_on, Bill.state)
    statement = (
        select(*columns)
        .where(Bill.customer_id == bindparam("customer"), Bill.state != "cancelled")
        .order_by(Bill.period_to.desc(), Bill.id.desc())
    )
    return statement if all_ else statement.limit(bindparam("most"))


@cache
def _lines() -> Select[str, int, str, int, str]:
    line = BillLine
    columns = (line.name, line.quantity, line.unit, line.amount, line.explanation)
    return select(*columns).where(line.bill_id == bindparam("bill")).order_by(line.line)
