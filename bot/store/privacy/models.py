"""Table of erasures: what other parts still hold of an erased customer is worked off in the background."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import one_of, primary_key, reference

ErasureState = Literal["asked", "cleared", "done"]


class Erasure(Base):
    """One customer's. `asked` → `cleared`: the database holds nothing more → `done`: nobody does.

    `left`: what is still to be forgotten outside the database, by kind; `removed`: counts, as evidence.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        one_of("state", get_args(ErasureState)),
        Index(
            "ix_erasure_open",
            "next_at",
            sqlite_where=text("state <> 'done'"),
            postgresql_where=text("state <> 'done'"),
        ),
    )

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id", unique=True)
    state: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime]
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    problem: Mapped[str | None] = mapped_column(String(200))
    left: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    removed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    done_at: Mapped[datetime | None]
