"""Tables of bills and their lines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import one_of, primary_key, reference

BillState = Literal["open", "paid", "disputed", "cancelled"]


class Bill(Base):
    """What a customer owes for a period; `total` in fen is the sum of the lines."""

    __tablename__ = "bill"
    __table_args__ = (
        one_of("state", get_args(BillState)),
        CheckConstraint("period_to >= period_from", name="period_in_order"),
        Index(None, "customer_id", "period_to"),
    )

    id: Mapped[int] = primary_key()
    number: Mapped[str] = mapped_column(String(40), unique=True)
    customer_id: Mapped[CustomerId] = reference("customer.id")
    period_from: Mapped[date] = mapped_column(Date)
    period_to: Mapped[date] = mapped_column(Date)
    total: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(9))
    issued_at: Mapped[datetime]


class BillLine(Base):
    """One thing charged, credited (negative) or included (0), with a sentence that explains it."""

    __tablename__ = "bill_line"
    __table_args__ = (UniqueConstraint("bill_id", "line"),)

    id: Mapped[int] = primary_key()
    bill_id: Mapped[int] = reference("bill.id")
    line: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(120))
    quantity: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str] = mapped_column(String(16), default="")
    amount: Mapped[int] = mapped_column(BigInteger)
    explanation: Mapped[str] = mapped_column(String(300), default="")
