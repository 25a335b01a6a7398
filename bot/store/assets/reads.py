"""What a customer may ask about what they own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Date,
    Integer,
    Row,
    Select,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import local_date
from bot.kit.db import UtcTime
from bot.kit.ids import CustomerId
from bot.store.assets.models import Asset, CareKind, CareVisit, MaintenancePlan, MeterReading
from bot.store.columns import BigId

PACE = 6
"""So many readings tell how fast a meter runs."""


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
    assets = (await session.execute(_assets(), {"customer": customer_id})).all()
    return [
        await _card(session, asset, local_date(now), visits)
        for asset in assets
        if number in (None, asset.number)
    ]


async def _card(session: AsyncSession, asset: Row[*tuple[Any, ...]], today: date, visits: int) -> CareCard:
    of = {"asset": asset.id, "visits": visits, "pace": PACE}
    rows = (await session.execute(_history(), of)).all()
    seen = sorted((row for row in rows if row.what == "visit"), key=_age, reverse=True)
    metered = sorted((row for row in rows if row.what == "reading"), key=_age, reverse=True)
    readings: list[tuple[datetime, int]] = [(row.at, row.meter) for row in metered]
    due = [_next(row, asset.installed_on, readings, today) for row in rows if row.what == "plan"]
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
        visits=tuple(Visit(row.at, row.name, row.text, row.meter) for row in seen),
        next=tuple(due),
    )


def _age(row: Row[*tuple[Any, ...]]) -> tuple[datetime, int]:
    return row.at, row.id


@cache  # building a statement costs as much as running it
def _assets() -> Select[*tuple[Any, ...]]:
    columns = (
        Asset.id,
        Asset.number,
        Asset.kind,
        Asset.model,
        Asset.version,
        Asset.installed_on,
        Asset.meter_unit,
    )
    return select(*columns).where(Asset.customer_id == bindparam("customer")).order_by(Asset.id)


@cache
def _history() -> CompoundSelect[*tuple[Any, ...]]:
    """The newest `:visits` visits and `:pace` readings of `:asset`, and its plans, in one journey."""
    plan, nothing = MaintenancePlan, null()
    no_days, no_units = (
        cast(nothing, Integer()).label("every_days"),
        cast(nothing, BigId).label("every_units"),
    )
    no_day = cast(nothing, Date()).label("last_on")
    visits = (
        select(
            literal("visit").label("what"),
            CareVisit.id,
            CareVisit.at,
            CareVisit.kind.label("name"),
            CareVisit.text,
            CareVisit.meter,
            no_days,
            no_units,
            no_day,
        )
        .where(CareVisit.asset_id == bindparam("asset"))
        .order_by(CareVisit.at.desc(), CareVisit.id.desc())
        .limit(bindparam("visits"))
    )
    readings = (
        select(
            literal("reading"),
            MeterReading.id,
            MeterReading.at,
            literal(""),
            literal(""),
            MeterReading.value,
            no_days,
            no_units,
            no_day,
        )
        .where(MeterReading.asset_id == bindparam("asset"))
        .order_by(MeterReading.at.desc())
        .limit(bindparam("pace"))
    )
    plans = select(
        literal("plan"),
        plan.id,
        cast(nothing, UtcTime()),
        plan.name,
        literal(""),
        plan.last_meter,
        plan.every_days,
        plan.every_units,
        plan.last_on,
    ).where(plan.asset_id == bindparam("asset"))
    # In brackets of their own: SQLite limits only a whole UNION.
    return union_all(select(visits.subquery()), select(readings.subquery()), plans)


def _next(
    plan: Row[*tuple[Any, ...]],
    installed_on: date | None,
    readings: list[tuple[datetime, int]],
    today: date,
) -> NextMaintenance:
    since: date = plan.last_on or installed_on or today
    by_days = since + timedelta(days=plan.every_days) if plan.every_days else None
    due_meter = (plan.meter or 0) + plan.every_units if plan.every_units else None
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
