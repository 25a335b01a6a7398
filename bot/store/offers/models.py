"""Tables of offers and coupons."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId, OrderId
from bot.store.columns import one_of, primary_key, reference

OfferKind = Literal["percent", "amount"]
CouponState = Literal["issued", "used", "cancelled"]


class Offer(Base):
    """A published rule for a discount: the same for everybody. `value`: percent off, or fen off."""

    __tablename__ = "offer"
    __table_args__ = (
        one_of("kind", get_args(OfferKind)),
        CheckConstraint("value > 0 AND (kind = 'amount' OR value < 100)", name="value_in_range"),
        CheckConstraint("minimum >= 0", name="minimum_not_negative"),
        CheckConstraint("until > since", name="period_in_order"),
        CheckConstraint("coupon_days > 0", name="coupon_days_positive"),
    )

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    terms: Mapped[str] = mapped_column(String(500))
    kind: Mapped[str] = mapped_column(String(7))
    value: Mapped[int] = mapped_column(Integer)
    minimum: Mapped[int] = mapped_column(BigInteger, default=0)
    since: Mapped[datetime]
    until: Mapped[datetime]
    coupon_days: Mapped[int] = mapped_column(Integer)


class Coupon(Base):
    """One customer's right to an offer, once. `occasion` keeps one occasion from giving two."""

    __tablename__ = "coupon"
    __table_args__ = (
        one_of("state", get_args(CouponState)),
        UniqueConstraint("customer_id", "offer_code", "occasion"),
        CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name="used_has_time"),
        Index(None, "customer_id", "expires_at"),
    )

    id: Mapped[int] = primary_key()
    code: Mapped[str] = mapped_column(String(16), unique=True)
    customer_id: Mapped[CustomerId] = reference("customer.id")
    offer_code: Mapped[str] = mapped_column(ForeignKey("offer.code"))
    occasion: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(9))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    order_id: Mapped[OrderId | None] = reference("customer_order.id")
