"""Table of tier benefits."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.store.columns import primary_key


class TierBenefit(Base):
    """One benefit of a tier; `per_year` None: without limit. A tier never makes anything dearer."""

    __tablename__ = "tier_benefit"
    __table_args__ = (
        UniqueConstraint("tier_code", "code"),
        CheckConstraint("per_year IS NULL OR per_year > 0", name="per_year_positive"),
    )

    id: Mapped[int] = primary_key()
    tier_code: Mapped[str] = mapped_column(ForeignKey("tier.code"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(String(300), default="")
    per_year: Mapped[int | None] = mapped_column(Integer)
