"""Tables of contracts and what they cover."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId
from bot.store.columns import one_of, primary_key, reference

Coverage = Literal["included", "excluded"]
ContractState = Literal["active", "ended", "cancelled"]


class Contract(Base):
    """An agreement for a time, such as a printer paid by the page. `fee` in fen a month."""

    __tablename__ = "contract"
    __table_args__ = (
        one_of("state", get_args(ContractState)),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period_in_order"),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        Index(None, "customer_id"),
        Index(None, "ends_on"),
    )

    id: Mapped[int] = primary_key()
    number: Mapped[str] = mapped_column(String(40), unique=True)
    customer_id: Mapped[CustomerId] = reference("customer.id")
    name: Mapped[str] = mapped_column(String(120))
    fee: Mapped[int] = mapped_column(BigInteger, default=0)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(9))


class ContractItem(Base):
    """One thing that is included or excluded. `words`: other names for it, separated by spaces."""

    __tablename__ = "contract_item"
    __table_args__ = (one_of("coverage", get_args(Coverage)), Index(None, "contract_id"))

    id: Mapped[int] = primary_key()
    contract_id: Mapped[int] = reference("contract.id")
    coverage: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
