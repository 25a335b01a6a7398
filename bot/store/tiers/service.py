"""What a tier brings."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.ids import CustomerId
from bot.store.customers.models import Customer, Tier
from bot.store.tiers.models import TierBenefit


@dataclass(frozen=True, slots=True)
class Benefit:
    """One benefit; `per_year` None: as often as wanted."""

    code: str
    name: str
    text: str
    per_year: int | None


@dataclass(frozen=True, slots=True)
class TierOffer:
    """A level that everybody may know of: what it takes (points within 12 months) and what it brings."""

    name: str
    threshold: int
    benefits: tuple[str, ...]


async def tier_offers(session: AsyncSession) -> list[TierOffer]:
    """All levels from the lowest up, without those that only a contract brings."""
    statement = (
        select(Tier.name, Tier.threshold, TierBenefit.name)
        .outerjoin(TierBenefit, TierBenefit.tier_code == Tier.code)
        .where(Tier.key_account.is_(False))
        .order_by(Tier.rank, TierBenefit.id)
    )
    rows = (await session.execute(statement)).all()
    return [
        TierOffer(name, threshold, tuple(benefit for *_, benefit in of_tier if benefit))
        for (name, threshold), of_tier in groupby(rows, key=lambda row: (row[0], row[1]))
    ]


async def own_benefits(session: AsyncSession, customer_id: CustomerId) -> list[Benefit]:
    """The benefits of the customer's tier."""
    statement = (
        select(TierBenefit.code, TierBenefit.name, TierBenefit.text, TierBenefit.per_year)
        .join(Customer, Customer.tier_code == TierBenefit.tier_code)
        .where(Customer.id == customer_id)
        .order_by(TierBenefit.id)
    )
    return [Benefit(*row) for row in (await session.execute(statement)).all()]
