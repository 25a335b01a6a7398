"""Tables of seasonal projects and of care notes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import primary_key, reference


class SeasonProject(Base):
    """A project for a season that returns every year; from 1101 to 0228 goes across the new year."""

    __tablename__ = "season_project"
    __table_args__ = (
        CheckConstraint("starts BETWEEN 101 AND 1231 AND ends BETWEEN 101 AND 1231", name="month_and_day"),
    )

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(String(500))
    starts: Mapped[int] = mapped_column(Integer)
    ends: Mapped[int] = mapped_column(Integer)
    offered: Mapped[bool] = mapped_column(Boolean, default=True)


class CareNote(Base):
    """A note in a customer's care file. It rests on a consent and goes when that is withdrawn."""

    __tablename__ = "care_note"
    __table_args__ = (Index(None, "customer_id", "at"),)

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id")
    consent_id: Mapped[int] = reference("consent.id")
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
