"""Tables of the points programme: how points are earned, what they buy, and who bought it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId, TransactionId
from bot.store.columns import one_of, primary_key, reference

RedemptionState = Literal["ordered", "fulfilled", "cancelled"]


class EarningRule(Base):
    """How money spent becomes points: `points` for every `per_fen`, valid to the end of `valid_months`."""

    __tablename__ = "earning_rule"
    __table_args__ = (
        CheckConstraint("points > 0 AND per_fen > 0", name="rate_positive"),
        CheckConstraint("valid_months IS NULL OR valid_months > 0", name="validity_positive"),
        CheckConstraint("until IS NULL OR until > since", name="period_in_order"),
    )

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    points: Mapped[int] = mapped_column(Integer)
    per_fen: Mapped[int] = mapped_column(Integer)
    valid_months: Mapped[int | None] = mapped_column(Integer)
    tier_code: Mapped[str | None] = mapped_column(ForeignKey("tier.code"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class CatalogueItem(Base):
    """Something points buy. `stock` None: as many as wanted. `tier_rank`: from which tier on."""

    __tablename__ = "catalogue_item"
    __table_args__ = (
        CheckConstraint("points > 0", name="price_positive"),
        CheckConstraint("stock IS NULL OR stock >= 0", name="stock_not_negative"),
        CheckConstraint("tier_rank >= 0", name="tier_rank_not_negative"),
        Index(None, "points"),
    )

    id: Mapped[int] = primary_key()
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    points: Mapped[int] = mapped_column(Integer)
    stock: Mapped[int | None] = mapped_column(Integer)
    tier_rank: Mapped[int] = mapped_column(Integer, default=0)
    offered: Mapped[bool] = mapped_column(Boolean, default=True)


class Redemption(Base):
    """Points that bought something; a cancelled one gave the points and the stock back."""

    __tablename__ = "redemption"
    __table_args__ = (
        one_of("state", get_args(RedemptionState)),
        CheckConstraint("quantity > 0 AND points > 0", name="amounts_positive"),
        Index(None, "customer_id", "at"),
    )

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id")
    item_id: Mapped[int] = reference("catalogue_item.id")
    quantity: Mapped[int] = mapped_column(Integer)
    points: Mapped[int] = mapped_column(Integer)
    transaction_id: Mapped[TransactionId] = reference("ledger_transaction.id", unique=True)
    state: Mapped[str] = mapped_column(String(9))
    at: Mapped[datetime]
    changed_at: Mapped[datetime]
