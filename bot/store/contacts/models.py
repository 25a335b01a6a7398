"""Table of contact points."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import one_of, primary_key, reference

ContactKind = Literal["phone", "email", "address", "wechat"]


class ContactPoint(Base):
    """One address of a customer, besides the phone they sign in with."""

    __tablename__ = "contact_point"
    __table_args__ = (one_of("kind", get_args(ContactKind)), UniqueConstraint("customer_id", "kind", "value"))

    id: Mapped[int] = primary_key()
    customer_id: Mapped[CustomerId] = reference("customer.id")
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(String(40), default="")
    purpose: Mapped[str] = mapped_column(String(40))
    verified_at: Mapped[datetime | None]
    added_at: Mapped[datetime]
