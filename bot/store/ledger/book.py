"""Write one transaction into the ledger. Everything here runs while the accounts are locked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput
from bot.kit.ids import AccountId, LotId, TransactionId
from bot.store.bulk import table_of
from bot.store.ledger.accounts import LockedAccount, rows
from bot.store.ledger.errors import TooLittle
from bot.store.ledger.models import (
    REMAINS,
    Account,
    Company,
    Consumption,
    Entry,
    Lot,
    Transaction,
    TransactionKind,
)
from bot.store.requests.service import KeyReused, Note, require_key


@dataclass(frozen=True, slots=True)
class Posted:
    """A transaction that is in the ledger; `repeated` when this call only found it there."""

    transaction_id: TransactionId
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """Part of a lot that is to be consumed (negative: given back)."""

    lot_id: LotId
    account_id: AccountId
    amount: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Grant:
    """A new lot."""

    account_id: AccountId
    amount: int
    expires_at: datetime | None


@dataclass(slots=True)
class Draft:
    """A transaction being put together: lots to take from, lots to grant, and the company's side."""

    kind: TransactionKind
    note: Note
    fingerprint: bytes
    takes: list[Take] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    company: list[tuple[Company, int]] = field(default_factory=list)
    reverses_id: TransactionId | None = None

    def customer_amounts(self) -> dict[AccountId, int]:
        """What each customer's account gains or loses."""
        amounts: Counter[AccountId] = Counter()
        for grant in self.grants:
            amounts[grant.account_id] += grant.amount
        for take in self.takes:
            amounts[take.account_id] -= take.amount
        return {account: amount for account, amount in amounts.items() if amount}


async def find_posted(session: AsyncSession, key: str, print_: bytes) -> Posted | None:
    """The transaction already booked under `key`; KeyReused when it was about something else."""
    require_key(key)
    row = next(iter(await session.run_sync(rows, _POSTED, {"known_key": key})), None)
    if row is None:
        return None
    if row.fingerprint != print_:
        raise KeyReused
    return Posted(row.id, repeated=True)


async def plan_takes(
    session: AsyncSession, accounts: list[AccountId], amount: int, now: datetime
) -> list[Take]:
    """Which lots cover `amount`: soonest to expire first, at the same time in the order of `accounts`.

    TooLittle when what has not expired does not suffice.
    """
    require_positive(amount)
    lots = await session.run_sync(rows, _COVER, {"accounts": accounts, "now": now})
    rank = {account: place for place, account in enumerate(accounts)}
    far = datetime.max.replace(tzinfo=now.tzinfo)
    lots = sorted(lots, key=lambda lot: (lot.expires_at or far, rank[lot.account_id], lot.id))
    takes: list[Take] = []
    missing = amount
    for lot in lots:
        if not missing:
            break
        part = min(missing, lot.remaining)
        takes.append(Take(lot.id, lot.account_id, part, lot.expires_at))
        missing -= part
    if missing:
        raise TooLittle(amount, amount - missing)
    return takes


async def write(session: WriteSession, draft: Draft, accounts: dict[AccountId, LockedAccount]) -> Posted:
    """Book `draft`. `accounts` are the locked accounts it touches."""
    amounts = draft.customer_amounts()
    _require_balanced(draft, amounts, accounts)
    return Posted(await session.run_sync(_write, draft, amounts))


def _write(session: Session, draft: Draft, amounts: dict[AccountId, int]) -> TransactionId:
    """All statements in one go: stepping between the session's world and asyncio's costs, too."""
    connection = session.connection()
    values = {
        "key": draft.note.key,
        "fingerprint": draft.fingerprint,
        "kind": draft.kind,
        "at": draft.note.at,
        "reason": draft.note.reason,
        "actor": draft.note.actor,
        "approved_by": draft.note.approved_by,
        "reverses_id": draft.reverses_id,
    }
    id_: TransactionId = connection.execute(_TRANSACTION, values).scalar_one()
    entries = [*amounts.items(), *((int(account), amount) for account, amount in draft.company)]
    connection.execute(
        _ENTRY,
        [{"transaction_id": id_, "account_id": account, "amount": amount} for account, amount in entries],
    )
    if draft.grants:
        connection.execute(_LOT, [_lot(grant, id_) for grant in draft.grants])
    if draft.takes:
        connection.execute(_TAKE, [{"lot": take.lot_id, "taken": take.amount} for take in draft.takes])
        consumed = [{"transaction_id": id_, "lot_id": t.lot_id, "amount": t.amount} for t in draft.takes]
        connection.execute(_CONSUMPTION, consumed)
    if amounts:
        added = [{"account": account, "added": amount} for account, amount in amounts.items()]
        connection.execute(_BALANCE, added)
    return id_


_ACCOUNTS, _LOTS = table_of(Account), table_of(Lot)
_TRANSACTIONS = table_of(Transaction)
_POSTED = select(_TRANSACTIONS.c.id, _TRANSACTIONS.c.fingerprint).where(
    _TRANSACTIONS.c.key == bindparam("known_key")
)
_COVER = select(_LOTS.c.id, _LOTS.c.account_id, _LOTS.c.remaining, _LOTS.c.expires_at).where(
    _LOTS.c.account_id.in_(bindparam("accounts", expanding=True)),
    REMAINS,
    or_(_LOTS.c.expires_at.is_(None), _LOTS.c.expires_at > bindparam("now")),
)
_TRANSACTION = insert(_TRANSACTIONS).returning(_TRANSACTIONS.c.id)
_ENTRY, _LOT, _CONSUMPTION = insert(table_of(Entry)), insert(_LOTS), insert(table_of(Consumption))
_TAKE = (
    update(_LOTS)
    .where(_LOTS.c.id == bindparam("lot"))
    .values(remaining=_LOTS.c.remaining - bindparam("taken"))
)
_BALANCE = (
    update(_ACCOUNTS)
    .where(_ACCOUNTS.c.id == bindparam("account"))
    .values(balance=_ACCOUNTS.c.balance + bindparam("added"))
)
"""On the tables, made once: building a statement costs as much as running it."""


def require_positive(amount: int) -> None:
    """BadInput unless `amount` is a whole number above zero."""
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise BadInput("An amount is a whole number above zero.")


def _lot(grant: Grant, transaction_id: TransactionId) -> dict[str, object]:
    return {
        "account_id": grant.account_id,
        "transaction_id": transaction_id,
        "granted": grant.amount,
        "remaining": grant.amount,
        "expires_at": grant.expires_at,
    }


def _require_balanced(
    draft: Draft, amounts: dict[AccountId, int], accounts: dict[AccountId, LockedAccount]
) -> None:
    totals: Counter[str] = Counter()
    for account, amount in amounts.items():
        totals[accounts[account].unit] += amount
    for company, amount in draft.company:
        totals[company.unit] += amount
    if any(totals.values()) or not (draft.takes or draft.grants):
        raise AssertionError(f"An unbalanced transaction was refused: {dict(totals)}.")
