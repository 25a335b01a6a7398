"""What a customer may ask about their points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.kit.errors import NotFound
from bot.kit.ids import CustomerId, TransactionId
from bot.store.customers.models import Customer, Tier
from bot.store.dates import last_day
from bot.store.ledger.models import REMAINS, Account, Entry, Lot, Transaction, TransactionKind
from bot.store.points.models import CatalogueItem, EarningRule, Redemption

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

    def as_card(self) -> dict[str, Any]:
        """The `points` card of docs/protocols/webchat.md."""
        return {
            "total": self.total,
            "tier": self.tier,
            "expiring": [{"points": lot.points, "on": lot.on.isoformat()} for lot in self.expiring],
        }


async def points_summary(session: AsyncSession, customer_id: CustomerId, now: datetime) -> PointsSummary:
    """A customer's points at `now`; zero when they never had any. NotFound when there is no such customer."""
    of = {"customer": customer_id, "now": now, "since": now - TIER_PERIOD}
    who = (await session.execute(_standing(), of)).one_or_none()
    if who is None:
        raise NotFound("There is no such customer.")
    lots = (await session.execute(_live_lots(), of)).all()
    by_day: dict[date, int] = {}
    for lot in lots:
        if lot.expires_at is not None and lot.expires_at <= now + SOON:
            day = last_day(lot.expires_at, who.time_zone)
            by_day[day] = by_day.get(day, 0) + lot.remaining
    earned = int(who.earned)
    return PointsSummary(
        total=sum(lot.remaining for lot in lots),
        tier=who.tier,
        expiring=tuple(ExpiringPoints(points, day) for day, points in sorted(by_day.items())),
        earned_in_period=earned,
        next_tier=NextTier(who.above, max(who.threshold - earned, 0)) if who.above else None,
    )


@cache  # building a statement costs as much as running it
def _standing() -> Select[*tuple[Any, ...]]:
    """Zone and tier of `:customer`, the tier above it, what was earned after `:since`: one row, or none."""
    above, other = aliased(Tier), aliased(Tier)
    next_rank = (
        select(func.min(other.rank))
        .where(other.rank > func.coalesce(Tier.rank, -1))
        .correlate(Tier)
        .scalar_subquery()
    )
    return (
        select(
            Customer.time_zone,
            Tier.name.label("tier"),
            above.name.label("above"),
            above.threshold,
            _earned_since().label("earned"),
        )
        .outerjoin(Tier, Tier.code == Customer.tier_code)
        .outerjoin(above, above.rank == next_rank)
        .where(Customer.id == bindparam("customer"))
    )


def _earned_since() -> ScalarSelect[int]:
    """Points earned after `:since` and not reversed: what tiers are measured by."""
    reversal = aliased(Transaction)
    undone = select(reversal.id).where(reversal.reverses_id == Transaction.id).exists()
    # Over entries, which have an index by account: lots have one only while something remains in them.
    return (
        select(func.coalesce(func.sum(Entry.amount), 0))
        .join(Account, Account.id == Entry.account_id)
        .join(Transaction, Transaction.id == Entry.transaction_id)
        .where(
            Account.customer_id == bindparam("customer"),
            Account.kind == "points",
            Transaction.kind == "earn",
            Transaction.at > bindparam("since"),
            ~undone,
        )
        .scalar_subquery()
    )


@cache
def _live_lots() -> Select[int, datetime | None]:
    return (
        select(Lot.remaining, Lot.expires_at)
        .join(Account, Account.id == Lot.account_id)
        .where(
            Account.customer_id == bindparam("customer"),
            Account.kind == "points",
            REMAINS,
            or_(Lot.expires_at.is_(None), Lot.expires_at > bindparam("now")),
        )
    )


@dataclass(frozen=True, slots=True)
class PointsMovement:
    """One line of the history; `points` is negative when they went away."""

    transaction_id: TransactionId
    at: datetime
    kind: TransactionKind
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Redeemable:
    """Something in the catalogue. `affordable`: the customer has the points for one."""

    code: str
    name: str
    points: int
    stock: int | None
    affordable: bool


async def points_history(
    session: AsyncSession, customer_id: CustomerId, limit: int = 10, before: TransactionId | None = None
) -> list[PointsMovement]:
    """The customer's movements, newest first; `before` (the last one seen) turns the page."""
    of = {"customer": customer_id, "most": limit, "before": before}
    rows = (await session.execute(_movements(turned=before is not None), of)).all()
    return [PointsMovement(row.id, row.at, row.kind, row.amount, row.reason) for row in rows]


@cache
def _movements(*, turned: bool) -> Select[TransactionId, datetime, str, int, str]:
    statement = (
        select(Transaction.id, Transaction.at, Transaction.kind, Entry.amount, Transaction.reason)
        .join(Entry, Entry.transaction_id == Transaction.id)
        .join(Account, Account.id == Entry.account_id)
        .where(Account.customer_id == bindparam("customer"), Account.kind == "points")
        .order_by(Entry.id.desc())
        .limit(bindparam("most"))
    )
    return statement.where(Entry.transaction_id < bindparam("before")) if turned else statement


async def redeemable_items(
    session: AsyncSession, customer_id: CustomerId, now: datetime, limit: int = 10
) -> list[Redeemable]:
    """What is offered to this customer and in stock: affordable items first, the dearest of them first."""
    of = {"customer": customer_id, "now": now, "most": limit}
    rows = (await session.execute(_offered(), of)).all()
    return [Redeemable(row.code, row.name, row.points, row.stock, bool(row.affordable)) for row in rows]


_TO_BE_HAD = (CatalogueItem.offered, or_(CatalogueItem.stock.is_(None), CatalogueItem.stock > 0))
"""What a catalogue item is that anybody can have now: offered, and not gone."""


@cache
def _offered() -> Select[str, str, int, int | None, bool]:
    """What the customer's tier may have, with the points of `:customer` beside each: they are summed once."""
    lots = _live_lots().subquery()
    total = select(func.coalesce(func.sum(lots.c.remaining), 0)).scalar_subquery()
    rank = (
        select(func.coalesce(func.max(Tier.rank), 0))
        .join(Customer, Customer.tier_code == Tier.code)
        .where(Customer.id == bindparam("customer"))
        .scalar_subquery()
    )
    purse = select(total.label("total"), rank.label("rank")).subquery()
    item = CatalogueItem
    affordable = (item.points <= purse.c.total).label("affordable")
    return (
        select(item.code, item.name, item.points, item.stock, affordable)
        .join(purse, item.tier_rank <= purse.c.rank)
        .where(*_TO_BE_HAD)
        .order_by(affordable.desc(), case((affordable, -item.points), else_=item.points), item.code)
        .limit(bindparam("most"))
    )


async def offered_to_all(session: AsyncSession, limit: int) -> list[CatalogueItem]:
    """What everybody may have whatever their tier, and is in stock; the cheapest first."""
    item = CatalogueItem
    statement = select(item).where(*_TO_BE_HAD, item.tier_rank == 0)
    return list((await session.execute(statement.order_by(item.points, item.code).limit(limit))).scalars())


async def earning_rules(session: AsyncSession, now: datetime) -> list[EarningRule]:
    """How money spent becomes points now."""
    current = or_(EarningRule.until.is_(None), EarningRule.until > now)
    statement = select(EarningRule).where(EarningRule.since <= now, current).order_by(EarningRule.code)
    return list((await session.execute(statement)).scalars())


@dataclass(frozen=True, slots=True)
class OpenRedemption:
    """Something points bought that the customer does not have yet; `what` names item and number of pieces."""

    id: int
    what: str
    points: int
    at: datetime
    customer_id: CustomerId


async def open_redemptions(
    session: AsyncSession, customer_id: CustomerId | None = None, limit: int = 50
) -> list[OpenRedemption]:
    """What is still to be handed out, the oldest first; to one customer or to all."""
    statement = (
        select(Redemption, CatalogueItem.name)
        .join(CatalogueItem, CatalogueItem.id == Redemption.item_id)
        .where(Redemption.state == "ordered")
        .order_by(Redemption.at, Redemption.id)
        .limit(limit)
    )
    if customer_id is not None:
        statement = statement.where(Redemption.customer_id == customer_id)
    return [
        OpenRedemption(
            row.id,
            name + (f"×{row.quantity}" if row.quantity > 1 else ""),
            row.points,
            row.at,
            row.customer_id,
        )
        for row, name in await session.execute(statement)
    ]
