"""What a customer may ask about their orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from statistics import median

from sqlalchemy import Select, bindparam, select
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


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a customer buys an article: the middle interval and quantity of at least three purchases."""

    sku: str
    name: str
    purchases: int
    every_days: int
    quantity: int
    last_at: datetime
    next_at: datetime


async def reorder_rhythm(
    session: AsyncSession, customer_id: CustomerId, now: datetime, within: timedelta = timedelta(days=730)
) -> list[Rhythm]:
    """What the customer buys again and again, soonest due first, from their own completed orders only."""
    rows = (await session.execute(_bought(), {"customer": customer_id, "since": now - within})).all()
    bought: dict[str, list[tuple[str, int, datetime]]] = {}
    for sku, name, quantity, at in rows:
        bought.setdefault(sku, []).append((name, quantity, at))
    found = [_rhythm(sku, lines) for sku, lines in bought.items()]
    return sorted((each for each in found if each is not None), key=lambda each: each.next_at)


@cache  # building a statement costs as much as running it
def _bought() -> Select[str, str, int, datetime]:
    return (
        select(OrderLine.sku, OrderLine.name, OrderLine.quantity, Order.placed_at)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Order.customer_id == bindparam("customer"),
            Order.state.in_(("paid", "shipped", "completed")),
            Order.placed_at > bindparam("since"),
        )
        .order_by(Order.placed_at)
    )


def _rhythm(sku: str, lines: list[tuple[str, int, datetime]]) -> Rhythm | None:
    days = sorted({at for _, _, at in lines})
    gaps = [(later - earlier) / timedelta(days=1) for earlier, later in pairwise(days)]
    every = round(median(gaps)) if len(gaps) >= 2 else 0
    if every < 1:
        return None
    return Rhythm(
        sku=sku,
        name=lines[-1][0],
        purchases=len(days),
        every_days=every,
        quantity=round(median(quantity for _, quantity, _ in lines)),
        last_at=days[-1],
        next_at=days[-1] + timedelta(days=every),
    )
