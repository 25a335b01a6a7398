"""What a tier brings."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.ids import CustomerId
from bot.store.customers.models import Customer
from bot.store.tiers.models import TierBenefit


@dataclass(frozen=True, slots=True)
class Benefit:
    """One benefit; `per_year` None: as often as wanted."""

    code: str
    name: str
    text: str
    per_year: int | None


async def own_benefits(session: AsyncSession, customer_id: CustomerId) -> list[Benefit]:
    """The benefits of the customer's tier."""
    statement = (
        select(TierBenefit.code, TierBenefit.name, TierBenefit.text, TierBenefit.per_year)
        .join(Customer, Customer.tier_code == TierBenefit.tier_code)
        .where(Customer.id == customer_id)
        .order_by(TierBenefit.id)
    )
    return [Benefit(*row) for row in (await session.execute(statement)).all()]
