"""Check the ledger's promises against what is really in the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.ledger.models import Account, Consumption, Entry, Lot


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that does not hold for the row `id` of a table."""

    rule: str
    id: int


async def audit(session: AsyncSession, limit: int = 100) -> list[Violation]:
    """Every broken promise, up to `limit` of each; an empty list means the ledger is sound."""
    found: list[Violation] = []
    for rule, statement in _rules():
        rows = (await session.execute(statement.limit(limit))).all()
        found += [Violation(rule, row[0]) for row in rows]
    return found


def _rules() -> list[tuple[str, Select[Any]]]:
    entries = (
        select(Entry.account_id, func.sum(Entry.amount).label("total")).group_by(Entry.account_id).subquery()
    )
    lots = select(Lot.account_id, func.sum(Lot.remaining).label("total")).group_by(Lot.account_id).subquery()
    consumed = (
        select(Consumption.lot_id, func.sum(Consumption.amount).label("total"))
        .group_by(Consumption.lot_id)
        .subquery()
    )
    customers = Account.customer_id.is_not(None)
    return [
        (
            "entries of a transaction sum to zero in each unit",
            select(Entry.transaction_id)
            .join(Account, Account.id == Entry.account_id)
            .group_by(Entry.transaction_id, Account.unit)
            .having(func.sum(Entry.amount) != 0),
        ),
        (
            "balance is the sum of entries",
            select(Account.id)
            .outerjoin(entries, entries.c.account_id == Account.id)
            .where(customers, Account.balance != func.coalesce(entries.c.total, 0)),
        ),
        (
            "balance is the sum of lots",
            select(Account.id)
            .outerjoin(lots, lots.c.account_id == Account.id)
            .where(customers, Account.balance != func.coalesce(lots.c.total, 0)),
        ),
        (
            "a lot's remaining is what was granted minus what was consumed",
            select(Lot.id)
            .outerjoin(consumed, consumed.c.lot_id == Lot.id)
            .where(Lot.remaining != Lot.granted - func.coalesce(consumed.c.total, 0)),
        ),
        (
            "nothing is negative",
            select(Account.id).where(customers, or_(Account.balance < 0, Account.balance.is_(None))),
        ),
    ]
