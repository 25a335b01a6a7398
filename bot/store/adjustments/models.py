"""Table of corrections by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import AccountId, CustomerId, TransactionId
from bot.store.columns import one_of, primary_key, reference

AdjustmentState = Literal["proposed", "booked", "rejected"]


class Adjustment(Base):
    """A correction of one account by `amount` (negative takes). Above the limit a second person decides."""

    __tablename__ = "adjustment"
    __table_args__ = (
        one_of("state", get_args(AdjustmentState)),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="decided_by_another"),
        CheckConstraint(
            "state <> 'booked' OR NOT needs_second OR decided_by IS NOT NULL", name="large_ones_are_decided"
        ),
        CheckConstraint("(state = 'booked') = (transaction_id IS NOT NULL)", name="booked_has_transaction"),
        Index(
            "ix_adjustment_open",
            "proposed_at",
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id", index=True)
    account_id: Mapped[AccountId] = reference("ledger_account.id")
    amount: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(200))
    needs_second: Mapped[bool] = mapped_column(Boolean)
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    transaction_id: Mapped[TransactionId | None] = reference("ledger_transaction.id", unique=True)
