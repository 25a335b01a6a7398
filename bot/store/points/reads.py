"""What a customer may ask about their points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.kit.errors import NotFound
from bot.kit.ids import CustomerId
from bot.store.customers.models import Customer, Tier
from bot.store.dates import last_day
from bot.store.ledger.models import Account, Lot, Transaction

SOON = timedelta(days=90)
TIER_PERIOD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ExpiringPoints:
    """Points whose last day is `on`, in the customer's zone."""

    points: int
    on: date


@dataclass(frozen=True, slots=True)
class NextTier:
    """The tier above, and the points still to earn for it within 12 months."""

    name: str
    missing: int


@dataclass(frozen=True, slots=True)
class PointsSummary:
    """What can be spent now; `expiring` within 90 days, next first."""

    total: int
    tier: str | None
    expiring: tuple[ExpiringPoints, ...]
    earned_in_period: int
    next_tier: NextTier | None


async def points_summary(session: AsyncSession, customer_id: CustomerId, now: datetime) -> PointsSummary:
    """A customer's points at `now`; zero when they never had any. NotFound when there is no such customer."""
    statement = (
        select(Customer.time_zone, Tier.code, Tier.name, Tier.rank)
        .outerjoin(Tier, Tier.code == Customer.tier_code)
        .where(Customer.id == customer_id)
    )
    who = (await session.execute(statement)).one_or_none()
    if who is None:
        raise NotFound("There is no such customer.")
    lots = (await session.execute(_live_lots(customer_id, now))).all()
    by_day: dict[date, int] = {}
    for lot in lots:
        if lot.expires_at is not None and lot.expires_at <= now + SOON:
            day = last_day(lot.expires_at, who.time_zone)
            by_day[day] = by_day.get(day, 0) + lot.remaining
    earned = await earned_since(session, customer_id, now - TIER_PERIOD)
    return PointsSummary(
        total=sum(lot.remaining for lot in lots),
        tier=who.name,
        expiring=tuple(ExpiringPoints(points, day) for day, points in sorted(by_day.items())),
        earned_in_period=earned,
        next_tier=await _next_tier(session, -1 if who.rank is None else who.rank, earned),
    )


async def earned_since(session: AsyncSession, customer_id: CustomerId, since: datetime) -> int:
    """Points earned after `since` and not reversed: what tiers are measured by."""
    reversal = aliased(Transaction)
    undone = select(reversal.id).where(reversal.reverses_id == Lot.transaction_id).exists()
    statement = (
        select(func.coalesce(func.sum(Lot.granted), 0))
        .join(Account, Account.id == Lot.account_id)
        .join(Transaction, Transaction.id == Lot.transaction_id)
        .where(
            Account.customer_id == customer_id,
            Account.kind == "points",
            Transaction.kind == "earn",
            Transaction.at > since,
            ~undone,
        )
    )
    return int((await session.execute(statement)).scalar_one())


def _live_lots(customer_id: CustomerId, now: datetime) -> Select[int, datetime | None]:
    return (
        select(Lot.remaining, Lot.expires_at)
        .join(Account, Account.id == Lot.account_id)
        .where(
            Account.customer_id == customer_id,
            Account.kind == "points",
            Lot.remaining > 0,
            or_(Lot.expires_at.is_(None), Lot.expires_at > now),
        )
    )


async def _next_tier(session: AsyncSession, rank: int, earned: int) -> NextTier | None:
    statement = select(Tier.name, Tier.threshold).where(Tier.rank > rank).order_by(Tier.rank).limit(1)
    above = (await session.execute(statement)).one_or_none()
    return NextTier(above.name, max(above.threshold - earned, 0)) if above else None
