"""Record orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId, OrderId
from bot.store.orders.models import Order, OrderLine, OrderState


@dataclass(frozen=True, slots=True)
class NewLine:
    """One article; price in fen."""

    sku: str
    name: str
    quantity: int
    unit_price: int


async def place_order(
    session: WriteSession,
    customer_id: CustomerId,
    number: str,
    lines: list[NewLine],
    placed_at: datetime,
    *,
    state: OrderState = "placed",
    discount: int = 0,
) -> OrderId:
    """Record an order; its number is its key: the same number for the same customer is the same order."""
    known = select(Order.id, Order.customer_id).where(Order.number == number)
    if existing := (await session.execute(known)).one_or_none():
        if existing.customer_id != customer_id:
            raise Conflict("This order number belongs to another customer.")
        return existing.id
    total = sum(line.quantity * line.unit_price for line in lines) - discount
    if not lines or total < 0 or discount < 0:
        raise BadInput("An order has at least one line, and a discount no larger than its lines.")
    order = Order(
        number=number,
        customer_id=customer_id,
        state=state,
        total=total,
        discount=discount,
        placed_at=placed_at,
        completed_at=placed_at if state == "completed" else None,
    )
    session.add(order)
    await session.flush()
    for place, line in enumerate(lines, start=1):
        session.add(
            OrderLine(
                order_id=order.id,
                line=place,
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=line.quantity * line.unit_price,
            )
        )
    await session.flush()
    return order.id


async def complete_order(session: WriteSession, order_id: OrderId, now: datetime) -> None:
    """The customer has what was ordered. Completing twice changes nothing."""
    order = await session.get(Order, order_id, with_for_update=True)
    if order is None:
        raise NotFound("There is no such order.")
    if order.state == "completed":
        return
    if order.state in ("cancelled", "refunded"):
        raise Conflict(f"An order that is {order.state} cannot be completed.")
    order.state, order.completed_at = "completed", now
    await session.flush()
