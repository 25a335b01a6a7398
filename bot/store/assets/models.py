"""Tables of assets, care visits, meter readings and maintenance plans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import one_of, primary_key, reference

CareKind = Literal["upgrade", "maintain", "protect", "optimise"]


class Asset(Base):
    """A thing a customer owns and we care for; its care card is the list of its visits."""

    __tablename__ = "asset"
    __table_args__ = (Index(None, "customer_id"), Index(None, "contract_id"))

    id: Mapped[int] = primary_key()
    number: Mapped[str] = mapped_column(String(40), unique=True)
    customer_id: Mapped[CustomerId] = reference("customer.id")
    contract_id: Mapped[int | None] = reference("contract.id")
    kind: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40), default="")
    installed_on: Mapped[date | None] = mapped_column(Date)
    meter_unit: Mapped[str | None] = mapped_column(String(16))


class CareVisit(Base):
    """A line of the care card: 升级 upgrade, 维护 maintain, 防御 protect, 优化 optimise."""

    __tablename__ = "care_visit"
    __table_args__ = (one_of("kind", get_args(CareKind)), Index(None, "asset_id", "at"))

    id: Mapped[int] = primary_key()
    asset_id: Mapped[int] = reference("asset.id")
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(String(300))
    actor: Mapped[str] = mapped_column(String(80))
    meter: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]


class MeterReading(Base):
    """What the meter showed; it never runs backwards (`service.py` checks the neighbours)."""

    __tablename__ = "meter_reading"
    __table_args__ = (
        UniqueConstraint("asset_id", "at"),
        CheckConstraint("value >= 0", name="value_not_negative"),
    )

    id: Mapped[int] = primary_key()
    asset_id: Mapped[int] = reference("asset.id")
    at: Mapped[datetime]
    value: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(40))


class MaintenancePlan(Base):
    """Work that comes round every so many days or units of the meter, whichever is first."""

    __tablename__ = "maintenance_plan"
    __table_args__ = (
        UniqueConstraint("asset_id", "name"),
        CheckConstraint("every_days IS NOT NULL OR every_units IS NOT NULL", name="has_an_interval"),
        CheckConstraint("every_days IS NULL OR every_days > 0", name="days_positive"),
        CheckConstraint("every_units IS NULL OR every_units > 0", name="units_positive"),
    )

    id: Mapped[int] = primary_key()
    asset_id: Mapped[int] = reference("asset.id")
    name: Mapped[str] = mapped_column(String(80))
    every_days: Mapped[int | None] = mapped_column(Integer)
    every_units: Mapped[int | None] = mapped_column(BigInteger)
    last_on: Mapped[date | None] = mapped_column(Date)
    last_meter: Mapped[int | None] = mapped_column(BigInteger)
