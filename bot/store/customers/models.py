"""Tables of customers and tiers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.clock import DEFAULT_ZONE
from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import primary_key


class Tier(Base):
    """A membership level. `threshold` is the points to earn within 12 months to reach it."""

    __tablename__ = "tier"
    __table_args__ = (CheckConstraint("threshold >= 0", name="threshold_not_negative"),)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    rank: Mapped[int] = mapped_column(Integer, unique=True)
    threshold: Mapped[int] = mapped_column(Integer)
    key_account: Mapped[bool] = mapped_column(Boolean, default=False)


class Customer(Base):
    """A person or company we serve. An erased customer keeps the row, so that the ledger still adds up."""

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint(
            "length(member_number) = 10 AND substr(member_number, 1, 2) = 'HM'", name="member_number_shape"
        ),
        CheckConstraint("phone IS NULL OR substr(phone, 1, 1) = '+'", name="phone_is_e164"),
        CheckConstraint("erased_at IS NULL OR phone IS NULL", name="erased_has_no_phone"),
    )

    id: Mapped[CustomerId] = primary_key()
    member_number: Mapped[str] = mapped_column(String(10), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(16), unique=True)
    tier_code: Mapped[str | None] = mapped_column(ForeignKey("tier.code"), index=True)
    manager_name: Mapped[str | None] = mapped_column(String(80))
    manager_phone: Mapped[str | None] = mapped_column(String(40))
    birthday: Mapped[date | None] = mapped_column(Date)
    time_zone: Mapped[str] = mapped_column(String(40), default=DEFAULT_ZONE)
    locale: Mapped[str] = mapped_column(String(16), default="zh-CN")
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
