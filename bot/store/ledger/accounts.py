"""Find, make and lock accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession, insert_into
from bot.kit.ids import AccountId, CardId, CustomerId
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
    return (
        await session.execute(statement, of if card_id is None else {**of, "card": card_id})
    ).scalar_one_or_none()


async def lock_accounts(session: WriteSession, ids: Iterable[AccountId]) -> dict[AccountId, LockedAccount]:
    """Lock customers' accounts until the transaction ends, in order of id, so that nobody deadlocks."""
    rows = (await session.execute(_LOCKED, {"ids": sorted(set(ids))})).all()
    return {row.id: LockedAccount(row.id, row.kind, row.unit, row.balance or 0) for row in rows}


_ACCOUNT = select(Account.id).where(
    Account.customer_id == bindparam("customer"), Account.kind == bindparam("kind")
)
_OWN = _ACCOUNT.where(Account.card_id.is_(None))
_OF_CARD = _ACCOUNT.where(Account.card_id == bindparam("card"))
_LOCKED = (
    select(Account.id, Account.kind, Account.unit, Account.balance)
    .where(Account.id.in_(bindparam("ids", expanding=True)), Account.customer_id.is_not(None))
    .order_by(Account.id)
    .with_for_update()
)
"""Made once: building a statement costs as much as running it."""
