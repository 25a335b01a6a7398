"""Table of the rules; each change is a new row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base


class DeskRules(Base):
    """One version of the rules. The highest version holds."""

    __tablename__ = "desk_rules"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
