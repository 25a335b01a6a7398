"""Tables of the register of authorised agents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args

from sqlalchemy import CheckConstraint, Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.store.columns import one_of, primary_key, reference

DealerState = Literal["authorised", "revoked"]


class DealerRegister(Base):
    """One publication of the whole register: an answer from it always names its date."""

    __tablename__ = "dealer_register"

    id: Mapped[int] = primary_key()
    as_of: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(120))
    dealers: Mapped[int] = mapped_column(Integer, default=0)
    loaded_at: Mapped[datetime]


class Dealer(Base):
    """An agent in the register, from `valid_from` through `valid_until`."""

    __tablename__ = "dealer"
    __table_args__ = (
        one_of("state", get_args(DealerState)),
        CheckConstraint("valid_until >= valid_from", name="period_in_order"),
        Index(None, "name"),
    )

    id: Mapped[int] = primary_key()
    register_id: Mapped[int] = reference("dealer_register.id", index=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    region: Mapped[str] = mapped_column(String(80), default="")
    services: Mapped[str] = mapped_column(String(200), default="")
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10))
