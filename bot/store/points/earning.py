"""Orders earn points by the company's rules, once, and give them back when the goods come back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.kit.db import WriteSession
from bot.store.ledger.errors import AlreadyReversed, NotReversible
from bot.store.ledger.models import Transaction
from bot.store.ledger.service import reverse
from bot.store.orders.models import EARNS, TO_SETTLE, Order
from bot.store.points.service import earn_for_purchase
from bot.store.requests.service import Note

ACTOR = "system"


async def earn_for_orders(session: WriteSession, now: datetime, limit: int) -> int:
    """Settle up to `limit` orders, each once, and return how many: call until it is fewer than `limit`.

    A completed order earns by the rule that held when it was completed. One that is cancelled or refunded
    later gives its points back; where they were used meanwhile they stay, and the order says so (`spent`).
    """
    statement = (
        select(Order)
        .where(TO_SETTLE)
        .order_by(Order.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    orders = (await session.execute(statement)).scalars().all()
    for order in orders:
        if order.state == EARNS:
            order.points_state = await _earn(session, order)
        else:
            order.points_state = await _give_back(session, order, now)
    await session.flush()
    return len(orders)


async def _earn(session: WriteSession, order: Order) -> str:
    at = order.completed_at or order.placed_at
    note = Note(f"earn:order:{order.id}", at, ACTOR, f"订单 {order.number}")
    posted = await earn_for_purchase(session, order.customer_id, order.total, note) if order.total else None
    return "earned" if posted else "none"


async def _give_back(session: WriteSession, order: Order, now: datetime) -> str:
    earned = select(Transaction.id).where(Transaction.key == f"earn:order:{order.id}")
    transaction = (await session.execute(earned)).scalar_one()
    note = Note(f"earn:order:{order.id}:back", now, ACTOR, f"订单 {order.number} 退回")
    try:
        await reverse(session, transaction, note)
    except AlreadyReversed:
        return "back"
    except NotReversible:
        return "spent"
    return "back"
