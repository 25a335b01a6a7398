"""Everything we hold about one customer, as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import iso
from bot.kit.errors import NotFound
from bot.kit.ids import CustomerId
from bot.store.customers.models import Customer
from bot.store.ledger.models import Account, Entry, Transaction
from bot.store.privacy.tables import personal_tables, rows_of

FORMAT = "huitouke-customer-1"


async def export_customer(session: AsyncSession, customer_id: CustomerId, now: datetime) -> dict[str, Any]:
    """All rows about a customer, table by table; money in fen, times in UTC. NotFound when there is none."""
    table = Customer.__table__
    row = (await session.execute(select(table).where(table.c.id == customer_id))).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such customer.")
    tables: dict[str, list[dict[str, Any]]] = {}
    for path in personal_tables():
        rows = (await session.execute(rows_of(path, customer_id))).mappings().all()
        if rows:
            tables[path.table.name] = [_plain(each) for each in rows]
    movements = await _movements(session, customer_id)
    if movements:
        tables["ledger_transaction"] = movements
    return {"format": FORMAT, "exported_at": iso(now), "customer": _plain(row), "tables": tables}


async def _movements(session: AsyncSession, customer_id: CustomerId) -> list[dict[str, Any]]:
    """Transactions belong to customers through their entries."""
    transaction = Transaction.__table__
    own = (
        select(Entry.transaction_id)
        .join(Account, Account.id == Entry.account_id)
        .where(Account.customer_id == customer_id)
    )
    statement = select(transaction).where(transaction.c.id.in_(own)).order_by(transaction.c.id)
    rows = (await session.execute(statement)).mappings().all()
    return [_plain(row) for row in rows]


def _plain(row: RowMapping) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items() if not isinstance(value, bytes)}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
