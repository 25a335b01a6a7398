"""Table of facts about customers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import one_of, primary_key, reference

Source = Literal["customer", "transaction", "agent"]
Sensitivity = Literal["normal", "sensitive"]


class CustomerFact(Base):
    """What a customer told us, or did with us. Sensitive facts need a separate consent (PIPL art. 28-29)."""

    __tablename__ = "customer_fact"
    __table_args__ = (
        one_of("source", get_args(Source)),
        one_of("sensitivity", get_args(Sensitivity)),
        CheckConstraint("sensitivity = 'normal' OR consent_id IS NOT NULL", name="sensitive_has_consent"),
        # One value holds at a time; the former ones stay, ended.
        Index(
            "uq_customer_fact_current",
            "customer_id",
            "name",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id", index=True)
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(12))
    evidence: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(40))
    sensitivity: Mapped[str] = mapped_column(String(9))
    consent_id: Mapped[int | None] = reference("consent.id")
    recorded_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
