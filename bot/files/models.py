"""The table of files; their contents lie in the data folder."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base


class StoredFile(Base):
    """A file. `expected` → `kept` | `missing`: a channel may announce it before it is fetched."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("state IN ('expected', 'kept', 'missing')", name="state_known"),
        CheckConstraint("size >= 0", name="size_positive"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    content_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
