"""What one customer most likely comes for, in two queries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import local_date
from bot.kit.ids import CustomerId
from bot.store.cards.models import Card
from bot.store.complaints.models import Complaint
from bot.store.consents.service import has_consent
from bot.store.dates import end_of_day
from bot.store.ledger.models import Account, Lot
from bot.store.needs import conditions
from bot.store.orders.models import Order
from bot.store.orders.reads import reorder_rhythm

Need = Literal["complaint", "delivery", "card", "points", "reorder"]

URGENT: Final[tuple[Need, ...]] = ("complaint", "delivery", "card", "points")
"""The most pressing first; the usual order is offered after all of them."""


async def likely_needs(
    session: AsyncSession, customer_id: CustomerId, now: datetime, time_zone: str | None = None
) -> list[Need]:
    """What holds for the customer at `now` in their zone, the most pressing first; whose it is, the caller
    has made sure.

    The usual order is an offer: it takes consent to marketing, and no complaint may be open.
    """
    until = end_of_day(local_date(now, time_zone) + timedelta(days=conditions.SOON_DAYS), time_zone)
    found = (await session.execute(_facts(customer_id, now, until))).one()
    needs: list[Need] = [need for need in URGENT if getattr(found, need)]
    if found.bought and not found.upset and await has_consent(session, customer_id, "marketing"):
        usual = await reorder_rhythm(session, customer_id, now)
        if any(each.next_at <= now < each.next_at + timedelta(days=each.every_days) for each in usual):
            needs.append("reorder")
    return needs


def _facts(
    customer_id: CustomerId, now: datetime, until: datetime
) -> Select[bool, bool, bool, bool, bool, bool]:
    complaints, orders = Complaint.customer_id == customer_id, Order.customer_id == customer_id
    return select(
        _any(select(Complaint.id).where(complaints, conditions.complaint_waits(now))).label("complaint"),
        _any(select(Complaint.id).where(complaints, conditions.complaint_open())).label("upset"),
        _any(select(Order.id).where(orders, conditions.on_its_way())).label("delivery"),
        _any(select(Order.id).where(orders)).label("bought"),
        _any(_ending_points(customer_id, now, until)).label("points"),
        _any(_ending_money(customer_id, now, until)).label("card"),
    )


def _any(rows: Select[Any]) -> ColumnElement[bool]:
    return rows.exists()


def _ending_points(customer_id: CustomerId, now: datetime, until: datetime) -> Select[Any]:
    return (
        select(Lot.id)
        .join(Account, Account.id == Lot.account_id)
        .where(
            Account.customer_id == customer_id, Account.kind == "points", conditions.points_end(now, until)
        )
    )


def _ending_money(customer_id: CustomerId, now: datetime, until: datetime) -> Select[Any]:
    return (
        select(Card.id)
        .join(Account, Account.card_id == Card.id)
        .where(
            Card.customer_id == customer_id,
            conditions.card_ends(now, until),
            Account.kind.in_(("principal", "bonus")),
            Account.balance > 0,
        )
    )
