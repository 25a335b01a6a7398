"""Tables of orders and lines."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId, OrderId
from bot.store.columns import one_of, primary_key, reference

OrderState = Literal["placed", "paid", "shipped", "completed", "cancelled", "refunded"]


PointsState = Literal["open", "earned", "none", "back", "spent"]
EARNS = "completed"
_TO_SETTLE = (
    "state = 'completed' AND points_state = 'open'"
    " OR state IN ('cancelled', 'refunded') AND points_state = 'earned'"
)


class Order(Base):
    """What a customer bought; `total` in fen is the sum of its lines minus its discount."""

    __tablename__ = "customer_order"
    __table_args__ = (
        one_of("state", get_args(OrderState)),
        CheckConstraint("total >= 0 AND discount >= 0", name="amounts_not_negative"),
        one_of("points_state", get_args(PointsState)),
        Index(None, "customer_id", "placed_at"),
        # The orders whose points are still to be booked or taken back: hardly any, whatever the table holds.
        Index(
            "ix_customer_order_to_settle",
            "id",
            sqlite_where=text(_TO_SETTLE),
            postgresql_where=text(_TO_SETTLE),
        ),
    )

    id: Mapped[OrderId] = primary_key()
    number: Mapped[str] = mapped_column(String(40), unique=True)
    customer_id: Mapped[CustomerId] = reference("customer.id")
    state: Mapped[str] = mapped_column(String(12))
    total: Mapped[int] = mapped_column(BigInteger)
    discount: Mapped[int] = mapped_column(BigInteger, default=0)
    placed_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    points_state: Mapped[str] = mapped_column(String(6), default="open", server_default="open")
    """Whether its points are booked; `none`: no rule gave any."""


TO_SETTLE = literal_column(f"({_TO_SETTLE})", Boolean())
"""The order has points to be booked or given back. Written out as in the index, so that it is used."""


class OrderLine(Base):
    """One article of an order; `amount` = quantity × unit price, in fen."""

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "line"),
        CheckConstraint("quantity > 0 AND unit_price >= 0", name="quantity_positive"),
        CheckConstraint("amount = quantity * unit_price", name="amount_adds_up"),
        Index(None, "sku"),
    )

    id: Mapped[int] = primary_key()
    order_id: Mapped[OrderId] = reference("customer_order.id")
    line: Mapped[int] = mapped_column(Integer)
    sku: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
