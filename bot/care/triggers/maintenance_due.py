"""Maintenance is due by date or by meter. Under a contract it is a service, else an offer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, String, case, cast, exists, func, or_, select

from bot.care.due import Due
from bot.care.sql import days_from, joining
from bot.care.trigger import DAY, LATER, STOP, Audience, Goal, Reply, Trigger
from bot.store.assets.models import Asset, MaintenancePlan, MeterReading
from bot.store.bookings.models import Booking
from bot.store.contracts.models import Contract


def due(at: Due) -> Select[Any]:
    plan = MaintenancePlan
    since = func.coalesce(plan.last_on, Asset.installed_on)
    meter = (
        select(func.max(MeterReading.value))
        .where(MeterReading.asset_id == Asset.id)
        .correlate(Asset)
        .scalar_subquery()
    )
    covered = (
        exists()
        .where(
            Contract.id == Asset.contract_id,
            Contract.state == "active",
            or_(Contract.ends_on.is_(None), Contract.ends_on >= at.today()),
        )
        .correlate_except(Contract)
    )
    done = (func.coalesce(cast(since, String), "-"), ":", func.coalesce(plan.last_meter, 0))
    return at.rows(
        joining(plan, Asset, Asset.id == plan.asset_id),
        Asset.customer_id,
        ("plan:", plan.id, ":", *done),
        asset_id=Asset.id,
        asset=Asset.model,
        plan=plan.name,
        contracted=case((covered, 1), else_=0),
    ).where(
        or_(
            days_from(since, at.today()) >= plan.every_days,
            meter >= func.coalesce(plan.last_meter, 0) + plan.every_units,
        ),
        or_(covered, at.agreed(Asset.customer_id)),
        ~exists().where(Booking.asset_id == Asset.id, Booking.state == "booked"),
    )


def audience(facts: Mapping[str, Any]) -> Audience:
    return "service" if facts.get("contracted") else "marketing"


TRIGGER = Trigger(
    name="maintenance_due",
    title="该做保养了",
    due=due,
    facts={"asset_id": "id", "asset": "text", "plan": "text", "contracted": "number"},
    audience_of=audience,
    text="{customer}，您的{asset}该做「{plan}」了。要我帮您约个时间吗？",
    brief="有一条关于设备保养的提醒，验证身份后告诉您。",
    watches=("asset", "visit", "meter", "consent"),
    priority=50,
    cool_down=30 * DAY,
    lasting=14 * DAY,
    goal=Goal("预约", Booking.customer_id, Booking.created_at),
    replies=(Reply("约时间", "care_yes"), LATER, STOP),
)
