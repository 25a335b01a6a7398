"""The customer's own interval between purchases of an article is over: the usual again?

Interval and quantity are the middle ones of at least three purchases, as in bot/store/orders/reads.py.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Subquery, case, cast, func, select

from bot.care.due import Due
from bot.care.sql import seconds_of
from bot.care.trigger import DAY, LATER, STOP, Goal, Reply, Trigger
from bot.store.orders.models import Order, OrderLine

SECONDS = 86_400
WITHIN = -730 * DAY


def due(at: Due) -> Select[Any]:
    usual = _usual(_ranked(_bought(at)))
    over = cast(seconds_of(at.now), Integer) - usual.c.last_at
    return at.rows(
        usual,
        usual.c.customer_id,
        ("sku:", usual.c.sku, ":", usual.c.last_order),
        sku=usual.c.sku,
        name=usual.c.name,
        quantity=usual.c.quantity,
        every_days=usual.c.every_days,
    ).where(
        usual.c.every_days >= 1,
        over >= usual.c.every_days * SECONDS,
        over < 2 * usual.c.every_days * SECONDS,
    )


def _bought(at: Due) -> Subquery:
    """Every purchase of an article, with the seconds since the one before."""
    moment = cast(seconds_of(Order.placed_at), Integer)
    before = func.lag(moment).over(
        partition_by=(Order.customer_id, OrderLine.sku), order_by=(Order.placed_at, Order.id)
    )
    return (
        select(
            Order.customer_id,
            OrderLine.sku,
            OrderLine.name,
            OrderLine.quantity,
            Order.id.label("order_id"),
            moment.label("moment"),
            (moment - before).label("gap"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            Order.state.in_(("paid", "shipped", "completed")),
            Order.placed_at > at.moment(WITHIN),
            at.narrowed(Order.customer_id),
        )
        .subquery()
    )


def _ranked(bought: Subquery) -> Subquery:
    """The same, with the places of gap and quantity among the customer's own of this article."""
    per = (bought.c.customer_id, bought.c.sku)
    real = bought.c.gap > 0
    return select(
        bought,
        func.row_number()
        .over(partition_by=per, order_by=(case((real, 0), else_=1), bought.c.gap))
        .label("gap_place"),
        func.row_number().over(partition_by=per, order_by=bought.c.quantity).label("quantity_place"),
        func.count(case((real, 1))).over(partition_by=per).label("gaps"),
        func.count().over(partition_by=per).label("lines"),
    ).subquery()


def _usual(ranked: Subquery) -> Subquery:
    """Per customer and article: the middle gap and quantity, and when it was bought last."""
    every = func.avg(case((_middle(ranked.c.gap_place, ranked.c.gaps), ranked.c.gap)))
    quantity = func.avg(case((_middle(ranked.c.quantity_place, ranked.c.lines), ranked.c.quantity)))
    return (
        select(
            ranked.c.customer_id,
            ranked.c.sku,
            func.max(ranked.c.name).label("name"),
            cast(func.round(quantity), Integer).label("quantity"),
            cast(func.round(every / SECONDS), Integer).label("every_days"),
            func.max(ranked.c.moment).label("last_at"),
            func.max(ranked.c.order_id).label("last_order"),
        )
        .group_by(ranked.c.customer_id, ranked.c.sku)
        .having(func.max(ranked.c.gaps) >= 2)
        .subquery()
    )


def _middle(place: ColumnElement[int], count: ColumnElement[int]) -> ColumnElement[bool]:
    return (place == (count + 1) // 2) | (place == (count + 2) // 2)


TRIGGER = Trigger(
    name="reorder_due",
    title="该补货了",
    due=due,
    facts={"sku": "text", "name": "text", "quantity": "number", "every_days": "number"},
    text="{customer}，您差不多每 {every_days} 天买一次{name}，算算又到时候了。"
    "要照旧来 {quantity} 份吗？不需要也没关系。",
    brief="有一条补货提醒，验证身份后告诉您。",
    watches=("order", "consent"),
    audience="marketing",
    priority=60,
    lasting=5 * DAY,
    hold_out=10,
    goal=Goal("再次购买", Order.customer_id, Order.placed_at),
    replies=(Reply("再来一单", "care_yes"), LATER, STOP),
)
