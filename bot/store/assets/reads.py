"""What a customer may ask about what they own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import local_date
from bot.kit.ids import CustomerId
from bot.store.assets.models import Asset, CareKind, CareVisit, MaintenancePlan, MeterReading


@dataclass(frozen=True, slots=True)
class Visit:
    """A line of the care card."""

    at: datetime
    kind: CareKind
    text: str
    meter: int | None


@dataclass(frozen=True, slots=True)
class NextMaintenance:
    """When a maintenance is due next. `due_on` is expected from the meter's pace where only that decides."""

    name: str
    due_on: date | None
    due_meter: int | None
    overdue: bool
    expected: bool


@dataclass(frozen=True, slots=True)
class CareCard:
    """An asset with its visits (newest first), its meter, and what is due next (soonest first)."""

    asset_id: int
    number: str
    kind: str
    model: str
    version: str
    installed_on: date | None
    meter: int | None
    meter_unit: str | None
    visits: tuple[Visit, ...]
    next: tuple[NextMaintenance, ...]


async def care_cards(
    session: AsyncSession, customer_id: CustomerId, now: datetime, number: str | None = None, visits: int = 5
) -> list[CareCard]:
    """The care cards of the customer's assets, or of the one with this number."""
    statement = select(Asset).where(Asset.customer_id == customer_id).order_by(Asset.id)
    if number is not None:
        statement = statement.where(Asset.number == number)
    assets = (await session.execute(statement)).scalars().all()
    return [await _card(session, asset, local_date(now), visits) for asset in assets]


async def _card(session: AsyncSession, asset: Asset, today: date, visits: int) -> CareCard:
    lines = (
        select(CareVisit)
        .where(CareVisit.asset_id == asset.id)
        .order_by(CareVisit.at.desc(), CareVisit.id.desc())
        .limit(visits)
    )
    seen = (await session.execute(lines)).scalars().all()
    newest = (
        select(MeterReading.at, MeterReading.value)
        .where(MeterReading.asset_id == asset.id)
        .order_by(MeterReading.at.desc())
        .limit(6)
    )
    readings = [(row.at, row.value) for row in (await session.execute(newest)).all()]
    plans = select(MaintenancePlan).where(MaintenancePlan.asset_id == asset.id)
    due = [_next(plan, asset, readings, today) for plan in (await session.execute(plans)).scalars()]
    due.sort(key=lambda each: (not each.overdue, each.due_on or date.max, each.name))
    return CareCard(
        asset_id=asset.id,
        number=asset.number,
        kind=asset.kind,
        model=asset.model,
        version=asset.version,
        installed_on=asset.installed_on,
        meter=readings[0][1] if readings else None,
        meter_unit=asset.meter_unit,
        visits=tuple(Visit(each.at, each.kind, each.text, each.meter) for each in seen),  # pyright: ignore[reportArgumentType]
        next=tuple(due),
    )


def _next(
    plan: MaintenancePlan, asset: Asset, readings: list[tuple[datetime, int]], today: date
) -> NextMaintenance:
    since = plan.last_on or asset.installed_on or today
    by_days = since + timedelta(days=plan.every_days) if plan.every_days else None
    due_meter = (plan.last_meter or 0) + plan.every_units if plan.every_units else None
    meter = readings[0][1] if readings else None
    reached = due_meter is not None and meter is not None and meter >= due_meter
    by_pace = _day_of(due_meter, readings) if due_meter is not None and not reached else None
    due_on = min((day for day in (by_days, by_pace) if day is not None), default=None)
    return NextMaintenance(
        name=plan.name,
        due_on=due_on,
        due_meter=due_meter,
        overdue=reached or (by_days is not None and by_days <= today),
        expected=due_on is not None and due_on != by_days,
    )


def _day_of(meter: int, readings: list[tuple[datetime, int]]) -> date | None:
    """When the meter will show `meter` at the pace of the last readings (newest first)."""
    if len(readings) < 2:
        return None
    (last_at, last), (first_at, first) = readings[0], readings[-1]
    days = (last_at - first_at) / timedelta(days=1)
    if days <= 0 or last <= first:
        return None
    return local_date(last_at + timedelta(days=(meter - last) * days / (last - first)))
