"""Table of ladder stages; rows are only added."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import one_of, primary_key, reference

Stage = Literal["模糊鱼", "深水用户", "尝鲜者", "光顾人", "回头客", "义务宣传员"]


class StageChange(Base):
    """A customer reached a stage, and why: `reasons` names the facts it rests on."""

    __tablename__ = "stage_change"
    __table_args__ = (one_of("stage", get_args(Stage)), Index(None, "customer_id", "id"))

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id")
    stage: Mapped[str] = mapped_column(String(8))
    reasons: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
