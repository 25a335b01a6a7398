"""What customers own: register it, read its meter, note each visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.assets.models import Asset, CareKind, CareVisit, MaintenancePlan, MeterReading
from bot.store.requests.service import Note, already_done, done


@dataclass(frozen=True, slots=True)
class NewAsset:
    """Something to care for; `meter_unit` (页, 公里, 小时) when it has a meter."""

    number: str
    customer_id: CustomerId
    kind: str
    model: str
    version: str = ""
    installed_on: date | None = None
    meter_unit: str | None = None
    contract_id: int | None = None


async def add_asset(session: WriteSession, new: NewAsset) -> int:
    """Register an asset; its number is its key: the same number for the same customer is the same asset."""
    known = select(Asset.id, Asset.customer_id).where(Asset.number == new.number)
    if existing := (await session.execute(known)).one_or_none():
        if existing.customer_id != new.customer_id:
            raise Conflict("This asset belongs to another customer.")
        return existing.id
    asset = Asset(
        number=new.number,
        customer_id=new.customer_id,
        contract_id=new.contract_id,
        kind=new.kind,
        model=new.model,
        version=new.version,
        installed_on=new.installed_on,
        meter_unit=new.meter_unit,
    )
    session.add(asset)
    await session.flush()
    return asset.id


async def plan_maintenance(
    session: WriteSession,
    asset_id: int,
    name: str,
    *,
    every_days: int | None = None,
    every_units: int | None = None,
    last_on: date | None = None,
    last_meter: int | None = None,
) -> None:
    """Set how often `name` is due for an asset; setting it again replaces the interval."""
    if every_days is None and every_units is None:
        raise BadInput("Maintenance comes round by days, by units of the meter, or by both.")
    await _locked(session, asset_id)
    statement = select(MaintenancePlan).where(
        MaintenancePlan.asset_id == asset_id, MaintenancePlan.name == name
    )
    plan = (await session.execute(statement)).scalar_one_or_none()
    if plan is None:
        plan = MaintenancePlan(asset_id=asset_id, name=name, last_on=last_on, last_meter=last_meter)
        session.add(plan)
    plan.every_days, plan.every_units = every_days, every_units
    await session.flush()


async def read_meter(session: WriteSession, asset_id: int, value: int, source: str, note: Note) -> None:
    """Note what the meter shows at `note.at`. It never runs backwards: a lower value needs a correction."""
    asset = await _locked(session, asset_id)
    if await already_done(session, note, "read_meter", asset_id, value) is not None:
        return
    if asset.meter_unit is None or value < 0:
        raise BadInput("This asset has no meter, or the reading is below zero.")
    before = select(MeterReading.value).where(MeterReading.asset_id == asset_id, MeterReading.at <= note.at)
    after = select(MeterReading.value).where(MeterReading.asset_id == asset_id, MeterReading.at > note.at)
    low = (await session.execute(before.order_by(MeterReading.at.desc()).limit(1))).scalar_one_or_none()
    high = (await session.execute(after.order_by(MeterReading.at).limit(1))).scalar_one_or_none()
    if (low is not None and value < low) or (high is not None and value > high):
        raise Conflict(f"The meter runs forwards: this reading has to lie between {low} and {high}.")
    session.add(MeterReading(asset_id=asset_id, at=note.at, value=value, source=source))
    await session.flush()
    await done(session, note, asset_id)


async def record_visit(
    session: WriteSession,
    asset_id: int,
    kind: CareKind,
    text: str,
    note: Note,
    *,
    plan: str | None = None,
    meter: int | None = None,
) -> int:
    """Add a line to the care card; with `plan`, that maintenance counts as done now."""
    await _locked(session, asset_id)
    known = await already_done(session, note, "record_visit", asset_id, kind, text, plan)
    if known is not None:
        return known
    visit = CareVisit(asset_id=asset_id, kind=kind, text=text, actor=note.actor, meter=meter, at=note.at)
    session.add(visit)
    if plan is not None:
        statement = select(MaintenancePlan).where(
            MaintenancePlan.asset_id == asset_id, MaintenancePlan.name == plan
        )
        row = (await session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFound(f"This asset has no maintenance called {plan}.")
        row.last_on = local_date(note.at)
        row.last_meter = meter if meter is not None else row.last_meter
    await session.flush()
    await done(session, note, visit.id)
    return visit.id


async def _locked(session: WriteSession, asset_id: int) -> Asset:
    asset = await session.get(Asset, asset_id, with_for_update=True, populate_existing=True)
    if asset is None:
        raise NotFound("There is no such asset.")
    return asset
