"""A customer who used to come back is hardly expected to: ask why first, sell nothing.

Expected purchases in the next 90 days by BG/NBD (Fader, Hardie and Lee 2005), with the parameters of its
paper for weeks: the chance of being alive times the posterior mean rate. Who bought once is left alone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Float, Integer, Select, Subquery, cast, func, select

from bot.care.due import Due
from bot.care.sql import seconds_of
from bot.care.trigger import DAY, STOP, Goal, Reply, Trigger
from bot.store.orders.models import Order

R, ALPHA, A, B = 0.243, 4.414, 0.793, 2.426
WEEK = 604_800.0
AHEAD = 90 / 7
FEW = 0.15
SILENT_DAYS = 60


def due(at: Due) -> Select[Any]:
    own = _purchases(at)
    now = seconds_of(at.now)
    repeats = cast(own.c.orders - 1, Float)
    recency, age = (own.c.last_at - own.c.first_at) / WEEK, (now - own.c.first_at) / WEEK
    grown = func.exp((R + repeats) * (func.ln(ALPHA + age) - func.ln(ALPHA + recency)))
    alive = 1.0 / (1.0 + A / (B + repeats - 1.0) * grown)
    expected = alive * (R + repeats) / (ALPHA + age) * AHEAD
    silent = cast((now - own.c.last_at) / 86_400, Integer)
    return at.rows(
        own,
        own.c.customer_id,
        ("order:", own.c.last_order),
        order_id=own.c.last_order,
        days=silent,
    ).where(expected < FEW, silent >= SILENT_DAYS, at.no_open_complaint(own.c.customer_id))


def _purchases(at: Due) -> Subquery:
    """First and last purchase and their count, of who bought at least twice."""
    moment = seconds_of(Order.placed_at)
    return (
        select(
            Order.customer_id,
            func.count().label("orders"),
            func.min(moment).label("first_at"),
            func.max(moment).label("last_at"),
            func.max(Order.id).label("last_order"),
        )
        .where(Order.state.in_(("paid", "shipped", "completed")), at.narrowed(Order.customer_id))
        .group_by(Order.customer_id)
        .having(func.count() >= 2)
        .subquery()
    )


TRIGGER = Trigger(
    name="win_back",
    title="好久没来",
    due=due,
    facts={"order_id": "id", "days": "number"},
    text="{customer}，有一阵没见您了。是我们哪里没做好吗？愿意的话说一句，我们认真看；不想说也没关系。",
    brief="有一阵没见您了。是我们哪里没做好吗？愿意的话说一句，我们认真看；不想说也没关系。",
    watches=("order", "consent"),
    audience="marketing",
    channels=("web",),
    priority=80,
    cool_down=90 * DAY,
    lasting=14 * DAY,
    hold_out=10,
    goal=Goal("回来购买", Order.customer_id, Order.placed_at, days=30),
    replies=(Reply("说说原因", "care_yes"), STOP),
)
