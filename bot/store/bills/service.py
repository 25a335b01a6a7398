"""Issue bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict
from bot.kit.ids import CustomerId
from bot.store.bills.models import Bill, BillLine


@dataclass(frozen=True, slots=True)
class NewBillLine:
    """One line; `amount` in fen, negative for a credit."""

    name: str
    amount: int
    quantity: int = 1
    unit: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class NewBill:
    """A bill for a period, both days included."""

    number: str
    customer_id: CustomerId
    period_from: date
    period_to: date
    due_on: date | None
    lines: tuple[NewBillLine, ...]


async def issue_bill(session: WriteSession, new: NewBill, now: datetime) -> int:
    """Issue a bill; its number is its key: the same number for the same customer is the same bill."""
    known = select(Bill.id, Bill.customer_id).where(Bill.number == new.number)
    if existing := (await session.execute(known)).one_or_none():
        if existing.customer_id != new.customer_id:
            raise Conflict("This bill number belongs to another customer.")
        return existing.id
    if not new.lines or new.period_to < new.period_from:
        raise BadInput("A bill has at least one line and a period that does not end before it begins.")
    bill = Bill(
        number=new.number,
        customer_id=new.customer_id,
        period_from=new.period_from,
        period_to=new.period_to,
        total=sum(line.amount for line in new.lines),
        due_on=new.due_on,
        state="open",
        issued_at=now,
    )
    session.add(bill)
    await session.flush()
    session.add_all(
        BillLine(
            bill_id=bill.id,
            line=place,
            name=line.name,
            quantity=line.quantity,
            unit=line.unit,
            amount=line.amount,
            explanation=line.explanation,
        )
        for place, line in enumerate(new.lines, start=1)
    )
    await session.flush()
    return bill.id
