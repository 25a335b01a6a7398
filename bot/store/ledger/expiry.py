"""Book what has expired: many lots in one transaction, by a handful of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from bot.kit.db import WriteSession
from bot.kit.ids import AccountId
from bot.store.bulk import one_of_many, table_of
from bot.store.ledger.accounts import lock_accounts, rows
from bot.store.ledger.models import REMAINS, Account, Company, Consumption, Entry, Lot, Transaction, Unit
from bot.store.requests.service import fingerprint

BLOCK = 500
"""So many lots in one transaction: it holds its locks for a few hundredths of a second."""


async def expire_due(session: WriteSession, now: datetime, limit: int = BLOCK) -> int:
    """Book the expiry of up to `limit` lots whose time has come; returns how many. Call until it is 0.

    Several at once are harmless: under its account's lock each lot is read again.
    """
    of = {"now": now, "most": limit}
    due = await session.run_sync(rows, _DUE, of)
    if not due:
        return 0
    locked = await lock_accounts(session, [row.account_id for row in due])
    units: dict[AccountId, Unit] = {id_: account.unit for id_, account in locked.items()}
    still = select(_LOT.id, _LOT.account_id, _LOT.remaining, _consumptions()).where(
        one_of_many(session, _LOT.id, [row.id for row in due]), REMAINS
    )
    lots = await session.run_sync(rows, still.order_by(_LOT.id), {})
    if lots:  # else all were spent, or expired by somebody else, while we waited for the locks
        await session.run_sync(_book, lots, units, now)
    return len(due)


def _consumptions() -> Any:
    """How often a lot was consumed: it can expire again after a reversal gave some back."""
    return select(func.count()).where(_CONSUMPTION.lot_id == _LOT.id).scalar_subquery().label("times")


def _book(session: Session, lots: Sequence[Any], units: Mapping[AccountId, Unit], now: datetime) -> None:
    connection = session.connection()
    values = [
        {
            "key": f"expire:{lot.id}:{lot.times}",
            "fingerprint": fingerprint("expire", lot.id, lot.remaining),
            "kind": "expire",
            "at": now,
            "reason": "到期",
            "actor": "system",
        }
        for lot in lots
    ]
    made = insert(table_of(Transaction)).returning(_TRANSACTION.id, sort_by_parameter_order=True)
    booked = list(zip(connection.execute(made, values).scalars().all(), lots, strict=True))
    connection.execute(
        insert(table_of(Entry)),
        [
            {"transaction_id": id_, "account_id": account, "amount": amount}
            for id_, lot in booked
            for account, amount in (
                (lot.account_id, -lot.remaining),
                (int(_WHERE[units[lot.account_id]]), lot.remaining),
            )
        ],
    )
    connection.execute(
        insert(table_of(Consumption)),
        [{"transaction_id": id_, "lot_id": lot.id, "amount": lot.remaining} for id_, lot in booked],
    )
    connection.execute(_EMPTIED, [{"lot": lot.id} for lot in lots])
    lost: Counter[int] = Counter()
    for lot in lots:
        lost[lot.account_id] += lot.remaining
    connection.execute(_LOWERED, [{"account": account, "lost": points} for account, points in lost.items()])


_WHERE: dict[Unit, Company] = {"points": Company.POINTS_EXPIRED, "fen": Company.MONEY_FORFEITED}
_LOT, _ACCOUNT = table_of(Lot).c, table_of(Account).c
_CONSUMPTION, _TRANSACTION = table_of(Consumption).c, table_of(Transaction).c
_DUE: Select[Any, Any] = (
    select(_LOT.id, _LOT.account_id)
    .where(REMAINS, _LOT.expires_at.is_not(None), _LOT.expires_at <= bindparam("now"))
    .order_by(_LOT.expires_at, _LOT.id)
    .limit(bindparam("most"))
)
_EMPTIED = update(table_of(Lot)).where(_LOT.id == bindparam("lot")).values(remaining=0)
_LOWERED = (
    update(table_of(Account))
    .where(_ACCOUNT.id == bindparam("account"))
    .values(balance=_ACCOUNT.balance - bindparam("lost"))
)
"""Made once: building a statement costs as much as running it."""
