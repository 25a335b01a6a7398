"""Tables of the ledger: accounts, transactions, entries, lots and what was consumed of them.

What holds at every commit (checked by `audit.py`): the entries of a transaction sum to 0 in each unit; the
balance of a customer's account = sum of its entries = sum of its lots' remaining; a lot's remaining = granted
minus the sum of its consumptions.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Literal, get_args

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, String, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import AccountId, CardId, CustomerId, LotId, TransactionId
from bot.store.columns import one_of, primary_key, reference

AccountKind = Literal["points", "principal", "bonus", "held", "company"]
Unit = Literal["points", "fen"]
TransactionKind = Literal[
    "earn",
    "redeem",
    "expire",
    "adjust",
    "reverse",
    "top_up",
    "spend",
    "transfer",
    "hold",
    "release",
    "import",
]


class Company(IntEnum):
    """The company's own side of every transaction: account ids that the first migration creates.

    Their balance is the sum of entries and in no column: every transaction would wait for that one row.
    """

    POINTS_ISSUED = 1
    POINTS_REDEEMED = 2
    POINTS_EXPIRED = 3
    POINTS_ADJUSTED = 4
    MONEY_RECEIVED = 11
    BONUS_GRANTED = 12
    SALES = 13
    MONEY_FORFEITED = 14
    MONEY_ADJUSTED = 15
    MONEY_HELD = 16

    @property
    def unit(self) -> Unit:
        return "points" if self < Company.MONEY_RECEIVED else "fen"


FIRST_CUSTOMER_ACCOUNT = 101


class Account(Base):
    """One pot of points or money. Points and customer-wide held money have no card."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        one_of("kind", get_args(AccountKind)),
        CheckConstraint("balance >= 0", name="balance_not_negative"),
        CheckConstraint("(kind = 'company') = (customer_id IS NULL)", name="company_has_no_customer"),
        CheckConstraint("(balance IS NULL) = (customer_id IS NULL)", name="balance_is_kept_for_customers"),
        CheckConstraint("kind = 'company' OR unit = 'points' OR kind <> 'points'", name="points_in_points"),
        CheckConstraint(
            "kind NOT IN ('principal', 'bonus') OR card_id IS NOT NULL", name="card_money_has_card"
        ),
        CheckConstraint("kind <> 'points' OR card_id IS NULL", name="points_have_no_card"),
        one_of("unit", get_args(Unit)),
        # The unique indexes below are partial: they serve only queries that say which half they mean.
        Index(None, "customer_id", "kind"),
        Index(
            "uq_ledger_account_customer_kind",
            "customer_id",
            "kind",
            unique=True,
            sqlite_where=text("card_id IS NULL"),
            postgresql_where=text("card_id IS NULL"),
        ),
        Index(
            "uq_ledger_account_card_kind",
            "card_id",
            "kind",
            unique=True,
            sqlite_where=text("card_id IS NOT NULL"),
            postgresql_where=text("card_id IS NOT NULL"),
        ),
    )

    id: Mapped[AccountId] = primary_key()
    kind: Mapped[str] = mapped_column(String(12))
    unit: Mapped[str] = mapped_column(String(6))
    customer_id: Mapped[CustomerId | None] = reference("customer.id")
    card_id: Mapped[CardId | None] = reference("card.id")
    balance: Mapped[int | None] = mapped_column(BigInteger)


class Transaction(Base):
    """One complete movement. The same key with the same content is the same transaction, sent again."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (one_of("kind", get_args(TransactionKind)),)

    id: Mapped[TransactionId] = primary_key()
    key: Mapped[str] = mapped_column(String(80), unique=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(16))
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(80))
    approved_by: Mapped[str | None] = mapped_column(String(80))
    reverses_id: Mapped[TransactionId | None] = reference("ledger_transaction.id", unique=True)


class Entry(Base):
    """One account's part in a transaction: positive adds, negative takes."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index(None, "account_id", "id"),
        Index(None, "transaction_id"),
    )

    id: Mapped[int] = primary_key()
    transaction_id: Mapped[TransactionId] = reference("ledger_transaction.id")
    account_id: Mapped[AccountId] = reference("ledger_account.id")
    amount: Mapped[int] = mapped_column(BigInteger)


class Lot(Base):
    """Points or money that came in together and expire together; never spent below zero."""

    __tablename__ = "ledger_lot"
    __table_args__ = (
        CheckConstraint("granted > 0 AND remaining >= 0 AND remaining <= granted", name="remaining_in_range"),
        # What can still be spent, soonest to expire first: the only lots a read ever looks at.
        Index(
            "ix_ledger_lot_live",
            "account_id",
            "expires_at",
            sqlite_where=text("remaining > 0"),
            postgresql_where=text("remaining > 0"),
        ),
        Index(
            "ix_ledger_lot_expiry",
            "expires_at",
            sqlite_where=text("remaining > 0 AND expires_at IS NOT NULL"),
            postgresql_where=text("remaining > 0 AND expires_at IS NOT NULL"),
        ),
        Index(None, "transaction_id"),
    )

    id: Mapped[LotId] = primary_key()
    account_id: Mapped[AccountId] = reference("ledger_account.id")
    transaction_id: Mapped[TransactionId] = reference("ledger_transaction.id")
    granted: Mapped[int] = mapped_column(BigInteger)
    remaining: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime | None]


REMAINS = Lot.remaining > literal_column("0")
"""The number is written out: were it a parameter, no kept plan could use `ix_ledger_lot_live`."""


class Consumption(Base):
    """What a transaction took from a lot; negative: what a reversal gave back to it."""

    __tablename__ = "ledger_consumption"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index(None, "transaction_id"),
        Index(None, "lot_id"),
    )

    id: Mapped[int] = primary_key()
    transaction_id: Mapped[TransactionId] = reference("ledger_transaction.id")
    lot_id: Mapped[LotId] = reference("ledger_lot.id")
    amount: Mapped[int] = mapped_column(BigInteger)
