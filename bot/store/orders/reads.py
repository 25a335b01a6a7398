"""What a customer may ask about their orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.ids import CustomerId, OrderId
from bot.store.orders.models import Order, OrderLine, OrderState


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One line; money in fen."""

    sku: str
    name: str
    quantity: int
    unit_price: int
    amount: int


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with its lines; money in fen."""

    order_id: OrderId
    number: str
    state: OrderState
    total: int
    discount: int
    placed_at: datetime
    completed_at: datetime | None
    items: tuple[OrderItem, ...]


async def recent_orders(session: AsyncSession, customer_id: CustomerId, limit: int = 5) -> list[OrderView]:
    """The customer's newest orders with their lines, in two queries."""
    statement = (
        select(Order)
        .where(Order.customer_id == customer_id)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(limit)
    )
    orders = (await session.execute(statement)).scalars().all()
    lines = (
        select(OrderLine)
        .where(OrderLine.order_id.in_([order.id for order in orders]))
        .order_by(OrderLine.order_id, OrderLine.line)
    )
    items: dict[OrderId, list[OrderItem]] = {order.id: [] for order in orders}
    for line in (await session.execute(lines)).scalars():
        item = OrderItem(line.sku, line.name, line.quantity, line.unit_price, line.amount)
        items[line.order_id].append(item)
    return [
        OrderView(
            order.id,
            order.number,
            order.state,  # pyright: ignore[reportArgumentType] - a CHECK holds it
            order.total,
            order.discount,
            order.placed_at,
            order.completed_at,
            tuple(items[order.id]),
        )
        for order in orders
    ]
