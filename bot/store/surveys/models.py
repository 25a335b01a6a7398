"""Table of surveys and their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import one_of, primary_key, reference

Method = Literal["nps", "csat", "ces"]
ValueTag = Literal["产品", "服务", "人员", "形象", "货币", "时间", "精神", "体力"]


class Survey(Base):
    """One question about one case. The method stands beside the score: 0-10 NPS, 1-5 CSAT, 1-7 CES."""

    __tablename__ = "survey"
    __table_args__ = (
        one_of("method", get_args(Method)),
        one_of("tag", get_args(ValueTag)),
        UniqueConstraint("customer_id", "method", "about"),
        CheckConstraint(
            "score IS NULL OR (method = 'nps' AND score BETWEEN 0 AND 10)"
            " OR (method = 'csat' AND score BETWEEN 1 AND 5) OR (method = 'ces' AND score BETWEEN 1 AND 7)",
            name="score_fits_method",
        ),
        CheckConstraint("(score IS NULL) = (answered_at IS NULL)", name="answer_has_time"),
        Index(None, "method", "answered_at"),
    )

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id")
    method: Mapped[str] = mapped_column(String(4))
    about: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    score: Mapped[int | None] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(String(1000), default="")
    tag: Mapped[str | None] = mapped_column(String(2))
    answered_at: Mapped[datetime | None]
