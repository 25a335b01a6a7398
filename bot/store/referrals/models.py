"""Tables of referral codes and of those who came with one."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId, TransactionId
from bot.store.columns import one_of, primary_key, reference

ReferralState = Literal["joined", "qualified", "rewarded"]


class ReferralCode(Base):
    """A customer's own code."""

    __tablename__ = "referral_code"

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id", unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    made_at: Mapped[datetime]


class Referral(Base):
    """One person who came with a code; everybody comes once, and nobody with their own."""

    __tablename__ = "referral"
    __table_args__ = (
        one_of("state", get_args(ReferralState)),
        CheckConstraint("referrer_id <> customer_id", name="not_oneself"),
        CheckConstraint("(state = 'rewarded') = (transaction_id IS NOT NULL)", name="reward_is_booked"),
        Index(None, "referrer_id"),
    )

    id: Mapped[int] = primary_key()
    referrer_id: Mapped[CustomerId] = reference("customer.id")
    customer_id: Mapped[CustomerId] = reference("customer.id", unique=True)
    state: Mapped[str] = mapped_column(String(9))
    joined_at: Mapped[datetime]
    transaction_id: Mapped[TransactionId | None] = reference("ledger_transaction.id")
