"""Many grants at once: for imports and demo data, where each would be a transaction of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, update

from bot.kit.db import WriteSession
from bot.kit.ids import AccountId
from bot.store.ledger.models import Account, Company, Entry, Lot, Transaction, TransactionKind
from bot.store.requests.service import fingerprint


@dataclass(frozen=True, slots=True)
class BulkGrant:
    """One credit of one account, as its own transaction."""

    account_id: AccountId
    amount: int
    company: Company
    kind: TransactionKind
    key: str
    at: datetime
    expires_at: datetime | None = None
    reason: str = ""
    actor: str = "system"


async def grant_many(session: WriteSession, grants: list[BulkGrant]) -> None:
    """Book all `grants`, or none. The caller knows that the keys are new and the accounts exist."""
    if not grants:
        return
    result = await session.execute(
        insert(Transaction).returning(Transaction.id, sort_by_parameter_order=True),
        [
            {
                "key": grant.key,
                "fingerprint": fingerprint(grant.kind, [[grant.account_id, grant.amount]]),
                "kind": grant.kind,
                "at": grant.at,
                "reason": grant.reason,
                "actor": grant.actor,
            }
            for grant in grants
        ],
    )
    booked = list(zip(result.scalars().all(), grants, strict=True))
    await session.execute(
        insert(Entry),
        [
            {"transaction_id": transaction_id, "account_id": account, "amount": amount}
            for transaction_id, grant in booked
            for account, amount in ((grant.account_id, grant.amount), (int(grant.company), -grant.amount))
        ],
    )
    await session.execute(
        insert(Lot),
        [
            {
                "account_id": grant.account_id,
                "transaction_id": transaction_id,
                "granted": grant.amount,
                "remaining": grant.amount,
                "expires_at": grant.expires_at,
            }
            for transaction_id, grant in booked
        ],
    )
    await _add_to_balances(session, grants)


async def _add_to_balances(session: WriteSession, grants: list[BulkGrant]) -> None:
    totals: Counter[AccountId] = Counter()
    for grant in grants:
        totals[grant.account_id] += grant.amount
    connection = await session.connection()
    await connection.execute(
        update(Account)
        .where(Account.id == bindparam("account"))
        .values(balance=Account.balance + bindparam("added")),
        [{"account": account, "added": total} for account, total in sorted(totals.items())],
    )
