"""Write what is in the store as a folder of the CSV files that the import reads."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, Select, String, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import DEFAULT_ZONE, zone
from bot.kit.ids import CustomerId
from bot.store.cards.models import Card, CardType
from bot.store.complaints.models import Complaint
from bot.store.consents.models import Consent
from bot.store.customers.models import Customer, Tier
from bot.store.dates import last_day
from bot.store.exchange.files import FILES, Column, CsvFile
from bot.store.exchange.values import day, positive_yuan, yuan
from bot.store.ledger.models import REMAINS, Account, Lot, Transaction
from bot.store.orders.models import Order, OrderLine
from bot.store.points.models import CatalogueItem, EarningRule

Statement = Select[*tuple[Any, ...]]


async def write_folder(session: AsyncSession, folder: Path, customers: Sequence[CustomerId]) -> list[str]:
    """Write what the import can read about `customers` with an external id; returns the file names."""
    written: list[str] = []
    for spec in FILES:
        statement = _statement(spec, customers)
        if statement is None:
            continue
        rows = (await session.execute(statement)).mappings().all()
        if rows:
            _write(folder / f"{spec.name}.csv", spec, rows)
            written.append(f"{spec.name}.csv")
    return written


def _write(path: Path, spec: CsvFile, rows: Sequence[RowMapping]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(spec.by_name)
        for row in rows:
            writer.writerow(_cell(column, row.get(column.name), row.get("zone")) for column in spec.columns)


def _cell(column: Column, value: Any, zone_name: str | None) -> str:
    if value is None:
        return ""
    if column.read in (yuan, positive_yuan):
        return f"{value // 100}.{value % 100:02d}" if value >= 0 else f"-{-value // 100}.{-value % 100:02d}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        if column.read is day:
            return last_day(value, zone_name).isoformat()
        return value.astimezone(zone(DEFAULT_ZONE)).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else str(value)


_LISTS: dict[str, tuple[Any, Any]] = {
    "tiers": (Tier, Tier.rank),
    "earning_rules": (EarningRule, EarningRule.code),
    "card_types": (CardType, CardType.code),
    "catalogue": (CatalogueItem, CatalogueItem.code),
}
"""What belongs to the company and not to one customer, and in which order it stands."""


def _statement(spec: CsvFile, customers: Sequence[CustomerId]) -> Statement | None:
    """What a file holds about the customers, in columns named as in the file."""
    who = Customer.external_id.label("customer")
    own = (Customer.id.in_(customers), Customer.external_id.is_not(None))
    if spec.name in _LISTS:
        model, order = _LISTS[spec.name]
        return select(*_columns(model, spec)).order_by(order)
    match spec.name:
        case "customers":
            columns = [*_columns(Customer, spec), Customer.tier_code.label("tier")]
            return select(*columns).where(*own).order_by(Customer.id)
        case "points":
            return _points(who).where(*own).order_by(Lot.id)
        case "cards":
            return _cards(spec, who).where(*own).order_by(Card.id)
        case "orders":
            lines = [*_columns(OrderLine, spec), *_columns(Order, spec), who]
            joined = select(*lines).join(Order, Order.id == OrderLine.order_id)
            joined = joined.join(Customer, Customer.id == Order.customer_id)
            return joined.where(*own).order_by(OrderLine.order_id, OrderLine.line)
        case "complaints":
            columns = [*_columns(Complaint, spec, "external_id"), Complaint.number.label("external_id"), who]
            joined = select(*columns).join(Customer, Customer.id == Complaint.customer_id)
            return joined.where(*own).order_by(Complaint.id)
        case "consents":
            name = ("c-" + cast(Consent.id, String)).label("external_id")
            joined = select(*_columns(Consent, spec), name, who)
            return joined.join(Customer, Customer.id == Consent.customer_id).where(*own).order_by(Consent.id)
        case _:
            return None


def _columns(model: Any, spec: CsvFile, *without: str) -> list[Any]:
    """The model's columns that the file has too."""
    names = [name for name in spec.by_name if name not in without and hasattr(model, name)]
    return [getattr(model, name) for name in names]


def _points(who: Any) -> Statement:
    return (
        select(
            ("lot-" + cast(Lot.id, String)).label("external_id"),
            who,
            Lot.remaining.label("points"),
            Transaction.at.label("earned_at"),
            Lot.expires_at.label("expires_on"),
            Transaction.reason,
            Customer.time_zone.label("zone"),
        )
        .join(Account, Account.id == Lot.account_id)
        .join(Customer, Customer.id == Account.customer_id)
        .join(Transaction, Transaction.id == Lot.transaction_id)
        .where(Account.kind == "points", REMAINS)
    )


def _cards(spec: CsvFile, who: Any) -> Statement:
    def money(kind: str) -> Any:
        total = select(func.coalesce(func.sum(Account.balance), 0)).where(
            Account.card_id == Card.id, Account.kind == literal(kind)
        )
        return total.scalar_subquery().label(kind)

    return select(
        *_columns(Card, spec),
        who,
        Card.type_code.label("type"),
        money("principal"),
        money("bonus"),
        Customer.time_zone.label("zone"),
    ).join(Customer, Customer.id == Card.customer_id)
