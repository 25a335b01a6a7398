"""Table of snoozes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import primary_key, reference


class CareSnooze(Base):
    """A customer wants to hear of something again at `until`; `taken_at`: care has planned that."""

    __tablename__ = "care_snooze"
    __table_args__ = (
        CheckConstraint("until > made_at", name="until_after_made"),
        Index(None, "customer_id"),
        Index(
            "ix_care_snooze_waiting",
            "until",
            sqlite_where=text("taken_at IS NULL"),
            postgresql_where=text("taken_at IS NULL"),
        ),
    )

    id: Mapped[int] = primary_key()
    key: Mapped[str] = mapped_column(String(80), unique=True)
    customer_id: Mapped[CustomerId] = reference("customer.id")
    trigger: Mapped[str] = mapped_column(String(32))
    occurrence: Mapped[str] = mapped_column(String(120))
    """The occurrence's own key within its trigger, such as `lot:12:30`."""
    until: Mapped[datetime]
    made_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
