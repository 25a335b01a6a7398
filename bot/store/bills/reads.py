"""What a customer may ask about their bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
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
    statement = (
        select(Bill)
        .where(Bill.customer_id == customer_id, Bill.state != "cancelled")
        .order_by(Bill.period_to.desc(), Bill.id.desc())
    )
    if number is None:
        statement = statement.limit(2)
    bills = (await session.execute(statement)).scalars().all()
    place = next((at for at, bill in enumerate(bills) if number in (None, bill.number)), None)
    if place is None:
        return None
    bill = bills[place]
    lines = select(BillLine).where(BillLine.bill_id == bill.id).order_by(BillLine.line)
    items = [
        BillItem(line.name, line.quantity, line.unit, line.amount, line.explanation)
        for line in (await session.execute(lines)).scalars()
    ]
    return BillView(
        number=bill.number,
        period_from=bill.period_from,
        period_to=bill.period_to,
        total=bill.total,
        due_on=bill.due_on,
        state=bill.state,  # pyright: ignore[reportArgumentType] - a CHECK holds it
        items=tuple(items),
        previous_total=bills[place + 1].total if place + 1 < len(bills) else None,
    )
