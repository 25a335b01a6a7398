"""Write one transaction into the ledger. Everything here runs while the accounts are locked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput
from bot.kit.ids import AccountId, LotId, TransactionId
from bot.store.bulk import table_of
from bot.store.ledger.accounts import LockedAccount
from bot.store.ledger.errors import TooLittle
from bot.store.ledger.models import Account, Company, Consumption, Entry, Lot, Transaction, TransactionKind
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
    row = (await session.execute(_POSTED, {"known_key": key})).one_or_none()
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
    rows = (await session.execute(_COVER, {"accounts": accounts, "now": now})).all()
    rank = {account: place for place, account in enumerate(accounts)}
    far = datetime.max.replace(tzinfo=now.tzinfo)
    rows = sorted(rows, key=lambda row: (row.expires_at or far, rank[row.account_id], row.id))
    takes: list[Take] = []
    missing = amount
    for row in rows:
        if not missing:
            break
        part = min(missing, row.remaining)
        takes.append(Take(row.id, row.account_id, part, row.expires_at))
        missing -= part
    if missing:
        raise TooLittle(amount, amount - missing)
    return takes


async def write(session: WriteSession, draft: Draft, accounts: dict[AccountId, LockedAccount]) -> Posted:
    """Book `draft`. `accounts` are the locked accounts it touches."""
    amounts = draft.customer_amounts()
    _require_balanced(draft, amounts, accounts)
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
    transaction_id: TransactionId = (await session.execute(_TRANSACTION, values)).scalar_one()
    entries = [*amounts.items(), *((int(account), amount) for account, amount in draft.company)]
    await session.execute(
        _ENTRY,
        [
            {"transaction_id": transaction_id, "account_id": account, "amount": amount}
            for account, amount in entries
        ],
    )
    if draft.grants:
        await session.execute(_LOT, [_lot(grant, transaction_id) for grant in draft.grants])
    if draft.takes:
        await session.execute(_TAKE, [{"lot": take.lot_id, "taken": take.amount} for take in draft.takes])
        await session.execute(
            _CONSUMPTION,
            [
                {"transaction_id": transaction_id, "lot_id": take.lot_id, "amount": take.amount}
                for take in draft.takes
            ],
        )
    if amounts:
        rows = [{"account": account, "added": amount} for account, amount in amounts.items()]
        await session.execute(_BALANCE, rows)
    return Posted(transaction_id)


_ACCOUNTS, _LOTS = table_of(Account), table_of(Lot)
_POSTED = select(Transaction.id, Transaction.fingerprint).where(Transaction.key == bindparam("known_key"))
_COVER = select(Lot.id, Lot.account_id, Lot.remaining, Lot.expires_at).where(
    Lot.account_id.in_(bindparam("accounts", expanding=True)),
    Lot.remaining > 0,
    or_(Lot.expires_at.is_(None), Lot.expires_at > bindparam("now")),
)
_TRANSACTION = insert(table_of(Transaction)).returning(table_of(Transaction).c.id)
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
