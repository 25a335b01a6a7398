"""Find, make and lock accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from bot.kit.db import WriteSession, insert_into
from bot.kit.ids import AccountId, CardId, CustomerId
from bot.store.bulk import table_of
from bot.store.ledger.models import Account, AccountKind, Unit


@dataclass(frozen=True, slots=True)
class LockedAccount:
    """An account whose row this transaction holds."""

    id: AccountId
    kind: AccountKind
    unit: Unit
    balance: int


async def ensure_account(
    session: WriteSession, kind: AccountKind, customer_id: CustomerId, card_id: CardId | None = None
) -> AccountId:
    """The customer's (or the card's) account of this kind; made empty when it is new."""
    found = await find_account(session, kind, customer_id, card_id)
    if found is not None:
        return found
    unit: Unit = "points" if kind == "points" else "fen"
    statement = insert_into(session, Account).values(
        kind=kind, unit=unit, customer_id=customer_id, card_id=card_id, balance=0
    )
    await session.execute(statement.on_conflict_do_nothing())
    made = await find_account(session, kind, customer_id, card_id)
    assert made is not None
    return made


async def find_account(
    session: AsyncSession, kind: AccountKind, customer_id: CustomerId, card_id: CardId | None = None
) -> AccountId | None:
    """The account, or None when nothing was ever booked on it."""
    of = {"customer": customer_id, "kind": kind}
    statement = _OWN if card_id is None else _OF_CARD
    found = await session.run_sync(rows, statement, of if card_id is None else {**of, "card": card_id})
    return found[0].id if found else None


async def lock_accounts(session: WriteSession, ids: Iterable[AccountId]) -> dict[AccountId, LockedAccount]:
    """Lock customers' accounts until the transaction ends, in order of id, so that nobody deadlocks."""
    held = await session.run_sync(rows, _LOCKED, {"ids": sorted(set(ids))})
    return {row.id: LockedAccount(row.id, row.kind, row.unit, row.balance or 0) for row in held}


def rows(session: Session, statement: Select[*tuple[Any, ...]], of: dict[str, Any]) -> Sequence[Any]:
    """What a statement on tables finds. Past the session, which would take as long as the statement."""
    return session.connection().execute(statement, of).all()


_ACCOUNTS = table_of(Account).c
_ACCOUNT = select(_ACCOUNTS.id).where(
    _ACCOUNTS.customer_id == bindparam("customer"), _ACCOUNTS.kind == bindparam("kind")
)
_OWN = _ACCOUNT.where(_ACCOUNTS.card_id.is_(None))
_OF_CARD = _ACCOUNT.where(_ACCOUNTS.card_id == bindparam("card"))
_LOCKED = (
    select(_ACCOUNTS.id, _ACCOUNTS.kind, _ACCOUNTS.unit, _ACCOUNTS.balance)
    .where(_ACCOUNTS.id.in_(bindparam("ids", expanding=True)), _ACCOUNTS.customer_id.is_not(None))
    .order_by(_ACCOUNTS.id)
    .with_for_update()
)
"""Made once: building a statement costs as much as running it."""
