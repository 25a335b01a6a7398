"""Table of consents; rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import one_of, primary_key, reference

Decision = Literal["given", "refused", "withdrawn"]
Form = Literal["general", "separate"]


class Consent(Base):
    """One decision. `channel` "any" covers all; sensitive data needs `form` separate (PIPL art. 28-29)."""

    __tablename__ = "consent"
    __table_args__ = (
        one_of("decision", get_args(Decision)),
        one_of("form", get_args(Form)),
        Index(None, "customer_id", "purpose", "id"),
    )

    id: Mapped[int] = primary_key()
    key: Mapped[str] = mapped_column(String(80), unique=True)
    customer_id: Mapped[CustomerId] = reference("customer.id")
    purpose: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(16))
    form: Mapped[str] = mapped_column(String(8))
    decision: Mapped[str] = mapped_column(String(9))
    text_version: Mapped[str] = mapped_column(String(40))
    evidence: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
