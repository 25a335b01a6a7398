"""Table of reads of personal data; rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId, IdentityId
from bot.store.columns import one_of, primary_key, reference

Reader = Literal["customer", "agent", "system"]


class AccessLog(Base):
    """One read. `reader` customer: through the identity, by the bot on their own request."""

    __tablename__ = "access_log"
    __table_args__ = (one_of("reader", get_args(Reader)), Index(None, "customer_id", "at"))

    id: Mapped[int] = primary_key()
    at: Mapped[datetime]
    reader: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))
    identity_id: Mapped[IdentityId | None] = reference("channel_identity.id")
    customer_id: Mapped[CustomerId] = reference("customer.id")
    what: Mapped[str] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(String(120))
