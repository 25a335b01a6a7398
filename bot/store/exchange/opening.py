"""Opening balances, each booked once as a transaction of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update

from bot.kit.db import WriteSession
from bot.store.bulk import insert_rows, reserve_ids, table_of
from bot.store.ledger.models import Account, Company, Entry, Lot, Transaction

ACTOR = "import"


@dataclass(frozen=True, slots=True)
class Opening:
    """One transaction to book: what comes into which accounts, `(account, amount, expires_at, company)`."""

    key: str
    kind: str
    at: datetime
    reason: str
    print_: bytes
    parts: tuple[tuple[int, int, datetime | None, Company], ...]


async def book(session: WriteSession, openings: list[Opening]) -> None:
    """Book transactions, entries and lots, and raise the balances."""
    ids = await reserve_ids(session, Transaction, len(openings))
    booked = list(zip(ids, openings, strict=True))
    await insert_rows(
        session,
        Transaction,
        ("id", "key", "fingerprint", "kind", "at", "reason", "actor"),
        [(id_, each.key, each.print_, each.kind, each.at, each.reason, ACTOR) for id_, each in booked],
    )
    parts = [(id_, *part) for id_, each in booked for part in each.parts]
    await insert_rows(
        session,
        Entry,
        ("transaction_id", "account_id", "amount"),
        [
            entry
            for id_, account, amount, _, company in parts
            for entry in ((id_, account, amount), (id_, int(company), -amount))
        ],
    )
    await insert_rows(
        session,
        Lot,
        ("transaction_id", "account_id", "granted", "remaining", "expires_at"),
        [(id_, account, amount, amount, expires) for id_, account, amount, expires, _ in parts],
    )


async def raise_balances(session: WriteSession, added: dict[int, int]) -> None:
    """Add to the balances of accounts that were there before."""
    if added:
        table = table_of(Account)
        statement = update(table).where(table.c.id == bindparam("account"))
        statement = statement.values(balance=table.c.balance + bindparam("more"))
        rows = [{"account": account, "more": more} for account, more in sorted(added.items())]
        await (await session.connection()).execute(statement, rows)
