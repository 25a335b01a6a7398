"""Tables of concession rules and concessions."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import ComplaintId, CustomerId, TransactionId
from bot.store.columns import one_of, primary_key, reference

ConcessionUnit = Literal["points", "fen"]


class ConcessionRule(Base):
    """What may be given for a kind of trouble: at most `limit_each`, and `times` in 365 days per customer."""

    __tablename__ = "concession_rule"
    __table_args__ = (
        one_of("unit", get_args(ConcessionUnit)),
        CheckConstraint("limit_each > 0 AND times > 0", name="limits_positive"),
    )

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(String(300))
    unit: Mapped[str] = mapped_column(String(6))
    limit_each: Mapped[int] = mapped_column(BigInteger)
    times: Mapped[int] = mapped_column(Integer)
    offered: Mapped[bool] = mapped_column(Boolean, default=True)


class Concession(Base):
    """What one customer was given for one complaint. Beyond the rule `approved_by` is another person."""

    __tablename__ = "concession"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("within_rule OR approved_by IS NOT NULL", name="beyond_rule_is_approved"),
        CheckConstraint("approved_by IS NULL OR approved_by <> given_by", name="approved_by_another"),
        Index(None, "customer_id", "at"),
        Index(None, "complaint_id"),
    )

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id")
    complaint_id: Mapped[ComplaintId | None] = reference("complaint.id")
    rule_code: Mapped[str] = mapped_column(ForeignKey("concession_rule.code"))
    amount: Mapped[int] = mapped_column(BigInteger)
    within_rule: Mapped[bool] = mapped_column(Boolean)
    given_by: Mapped[str] = mapped_column(String(80))
    approved_by: Mapped[str | None] = mapped_column(String(80))
    transaction_id: Mapped[TransactionId] = reference("ledger_transaction.id", unique=True)
    at: Mapped[datetime]
