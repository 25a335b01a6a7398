"""Opening balances, each booked once as a transaction of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, update

from bot.kit.db import WriteSession
from bot.store.bulk import reserve_ids, table_of
from bot.store.ledger.models import Account, Company, Entry, Lot, Transaction, TransactionKind
from bot.store.references import insert_proved

ACTOR = "import"


@dataclass(slots=True)
class Openings:
    """Transactions to book, column by column, and what each brings into which accounts."""

    kind: TransactionKind
    keys: list[str] = field(default_factory=list)
    prints: list[bytes] = field(default_factory=list)
    at: list[datetime] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """Of which of the transactions (the first is 0) a part is; and the parts' other columns:"""
    accounts: list[int] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    expires: list[datetime | None] = field(default_factory=list)
    companies: list[Company] = field(default_factory=list)


async def book(session: WriteSession, openings: Openings) -> None:
    """Book transactions, entries and lots. Balances are the caller's."""
    count = len(openings.keys)
    ids = await reserve_ids(session, Transaction, count)
    transactions = {
        "id": ids,
        "key": openings.keys,
        "fingerprint": openings.prints,
        "kind": [openings.kind] * count,
        "at": openings.at,
        "reason": openings.reasons,
        "actor": [ACTOR] * count,
    }
    await insert_proved(session, Transaction, transactions)
    of = [ids[place] for place in openings.places]
    # First what customers got, then what the company gave: each pair sums to nothing.
    entries = {
        "transaction_id": of + of,
        "account_id": openings.accounts + [int(company) for company in openings.companies],
        "amount": openings.amounts + [-amount for amount in openings.amounts],
    }
    await insert_proved(session, Entry, entries)
    lots = {
        "transaction_id": of,
        "account_id": openings.accounts,
        "granted": openings.amounts,
        "remaining": openings.amounts,
        "expires_at": openings.expires,
    }
    await insert_proved(session, Lot, lots)


async def raise_balances(session: WriteSession, added: dict[int, int]) -> None:
    """Add to the balances of accounts that were there before."""
    if added:
        table = table_of(Account)
        statement = update(table).where(table.c.id == bindparam("account"))
        statement = statement.values(balance=table.c.balance + bindparam("more"))
        rows = [{"account": account, "more": more} for account, more in sorted(added.items())]
        await (await session.connection()).execute(statement, rows)
