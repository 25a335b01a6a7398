"""Table of requests that were carried out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base


class DoneRequest(Base):
    """A write that happened under a key, what it was about, and the row it made or changed."""

    __tablename__ = "done_request"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(16))
    result_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
