"""Tables of cards and their types."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CardId, CustomerId
from bot.store.columns import one_of, primary_key, reference

CardState = Literal["active", "blocked", "closed"]


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
