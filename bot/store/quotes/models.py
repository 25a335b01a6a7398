"""Tables of quotes, their versions, lines and consents."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId, TransactionId
from bot.store.columns import one_of, primary_key, reference

QuoteState = Literal["open", "charged", "cancelled"]
LineDecision = Literal["approved", "refused"]


class Quote(Base):
    """Work offered to a customer. Only the newest version counts."""

    __tablename__ = "quote"
    __table_args__ = (
        one_of("state", get_args(QuoteState)),
        CheckConstraint("version > 0", name="version_positive"),
        Index(None, "customer_id", "created_at"),
    )

    id: Mapped[int] = primary_key()
    number: Mapped[str] = mapped_column(String(20), unique=True)
    customer_id: Mapped[CustomerId] = reference("customer.id")
    subject: Mapped[str] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(9))
    created_at: Mapped[datetime]


class QuoteVersion(Base):
    """One price and time. `insurance` in fen is what an insurer pays of it; the customer pays the rest."""

    __tablename__ = "quote_version"
    __table_args__ = (
        UniqueConstraint("quote_id", "version"),
        CheckConstraint("insurance >= 0", name="insurance_not_negative"),
    )

    id: Mapped[int] = primary_key()
    quote_id: Mapped[int] = reference("quote.id")
    version: Mapped[int] = mapped_column(Integer)
    insurance: Mapped[int] = mapped_column(BigInteger, default=0)
    ready_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class QuoteLine(Base):
    """One piece of work at one price, in fen. `decision` None: the customer has not said yet."""

    __tablename__ = "quote_line"
    __table_args__ = (
        UniqueConstraint("version_id", "line"),
        one_of("decision", get_args(LineDecision)),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decision_has_time"),
        CheckConstraint(
            "charged_at IS NULL OR coalesce(decision, '') = 'approved'", name="only_approved_is_charged"
        ),
    )

    id: Mapped[int] = primary_key()
    version_id: Mapped[int] = reference("quote_version.id")
    line: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column(BigInteger)
    decision: Mapped[str | None] = mapped_column(String(8))
    decided_at: Mapped[datetime | None]
    evidence: Mapped[str | None] = mapped_column(String(200))
    charged_at: Mapped[datetime | None]
    transaction_id: Mapped[TransactionId | None] = reference("ledger_transaction.id")
