"""Tables of cards and their types."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CardId, CustomerId, TransactionId
from bot.store.columns import one_of, primary_key, reference

CardState = Literal["active", "blocked", "closed"]
TransferPlace = Literal["self_service", "hall"]


class CardType(Base):
    """A kind of card. `hall_months`: how long after expiry the hall still moves its money."""

    __tablename__ = "card_type"
    __table_args__ = (CheckConstraint("hall_months >= 0", name="hall_months_not_negative"),)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    transferable: Mapped[bool] = mapped_column(Boolean, default=True)
    hall_months: Mapped[int] = mapped_column(Integer, default=3)


class Card(Base):
    """A prepaid card. Its money lies in ledger accounts; after `valid_until` it cannot be spent."""

    __tablename__ = "card"
    __table_args__ = (
        one_of("state", get_args(CardState)),
        CheckConstraint("face_value >= 0", name="face_value_not_negative"),
        Index(None, "customer_id"),
        Index(None, "valid_until"),
    )

    id: Mapped[CardId] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id")
    number: Mapped[str] = mapped_column(String(32), unique=True)
    type_code: Mapped[str] = mapped_column(ForeignKey("card_type.code"))
    face_value: Mapped[int] = mapped_column(BigInteger, default=0)
    valid_until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(8), default="active")
    opened_at: Mapped[datetime]


class CardTransfer(Base):
    """Money moved between two cards of one customer and one type. At the hall also from an expired card."""

    __tablename__ = "card_transfer"
    __table_args__ = (
        one_of("place", get_args(TransferPlace)),
        CheckConstraint("from_card_id <> to_card_id", name="two_different_cards"),
        CheckConstraint("principal >= 0 AND bonus >= 0 AND principal + bonus > 0", name="amounts_positive"),
        Index(None, "customer_id"),
        Index(None, "from_card_id"),
    )

    id: Mapped[int] = primary_key()
    transaction_id: Mapped[TransactionId] = reference("ledger_transaction.id", unique=True)
    customer_id: Mapped[CustomerId] = reference("customer.id")
    from_card_id: Mapped[CardId] = reference("card.id")
    to_card_id: Mapped[CardId] = reference("card.id")
    principal: Mapped[int] = mapped_column(BigInteger)
    bonus: Mapped[int] = mapped_column(BigInteger)
    place: Mapped[str] = mapped_column(String(12))
    staff: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime]


class CardValidity(Base):
    """A change of a card's last day, and why."""

    __tablename__ = "card_validity"
    __table_args__ = (
        CheckConstraint("until > before", name="only_longer"),
        Index(None, "card_id"),
    )

    id: Mapped[int] = primary_key()
    card_id: Mapped[CardId] = reference("card.id")
    before: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
