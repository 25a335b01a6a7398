"""Points that end within 30 days, and again within 7: how many, when, and what they buy."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, or_, select

from bot.care.due import Due
from bot.care.sql import joining
from bot.care.trigger import LATER, STOP, Goal, Reply, Trigger
from bot.store.ledger.models import Account, Lot
from bot.store.points.models import CatalogueItem, Redemption


def due(at: Due) -> Select[Any]:
    days = case((Lot.expires_at <= at.day_end(7), 7), else_=30)
    buys = (
        select(CatalogueItem.name)
        .where(
            CatalogueItem.offered,
            CatalogueItem.points <= Lot.remaining,
            CatalogueItem.tier_rank == 0,
            or_(CatalogueItem.stock.is_(None), CatalogueItem.stock > 0),
        )
        .order_by(CatalogueItem.points.desc(), CatalogueItem.id)
        .limit(1)
        .correlate(Lot)
        .scalar_subquery()
    )
    return at.rows(
        joining(Lot, Account, Account.id == Lot.account_id),
        Account.customer_id,
        ("lot:", Lot.id, ":", days),
        lot_id=Lot.id,
        amount=Lot.remaining,
        days=days,
        expires=Lot.expires_at,
        buys=buys,
    ).where(
        Account.kind == "points",
        Lot.remaining > 0,
        Lot.expires_at.is_not(None),
        Lot.expires_at > at.now,
        Lot.expires_at <= at.last_day_end(30),
        Lot.expires_at <= at.day_end(30),
    )


TRIGGER = Trigger(
    name="points_expiring",
    title="积分快到期",
    due=due,
    facts={"lot_id": "id", "amount": "number", "days": "number", "expires": "last_day", "buys": "text"},
    text="{customer}，您有 {amount} 积分 {expires} 到期[，可以换{buys}]。要我帮您兑换吗？",
    brief="有一条关于积分的提醒，验证身份后告诉您。",
    watches=("lot",),
    priority=40,
    goal=Goal("兑换积分", Redemption.customer_id, Redemption.at),
    replies=(Reply("帮我兑换", "care_yes"), LATER, STOP),
)
