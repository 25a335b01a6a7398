"""points.csv."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.store.bulk import reserve_ids, table_of
from bot.store.exchange.loading import CUSTOMERS, Counts, Known, end, looked_up, lookup, tell_unknown
from bot.store.exchange.opening import Openings, book, raise_balances
from bot.store.exchange.reading import FileReader, Line
from bot.store.ledger.models import Account, Company, Transaction
from bot.store.references import insert_proved
from bot.store.requests.service import fingerprint

ACCOUNT = table_of(Account)
TRANSACTIONS = table_of(Transaction).c

_OWNERS = select(
    CUSTOMERS.external_id, CUSTOMERS.id, CUSTOMERS.time_zone, ACCOUNT.c.id.label("account")
).outerjoin(
    ACCOUNT,
    and_(ACCOUNT.c.customer_id == CUSTOMERS.id, ACCOUNT.c.kind == "points", ACCOUNT.c.card_id.is_(None)),
)
"""Customers with the zone in which a last day ends, and their points account if they have one."""


@dataclass(slots=True)
class PointsWork:
    """Lots to book, and whose they are: external id → row of `_OWNERS`."""

    lines: list[Line] = field(default_factory=list)
    owners: dict[str, Any] = field(default_factory=dict)


class PointsLoader:
    """Each line becomes a lot; its external id is its key."""

    def __init__(self) -> None:
        self._counts = Counts()

    async def check(
        self, session: AsyncSession, reader: FileReader, known: Known, chunk: list[Line]
    ) -> PointsWork:
        """See Loader."""
        externals = {line["customer"] for line in chunk}
        work = PointsWork(owners=await looked_up(session, CUSTOMERS.external_id, externals, _OWNERS))
        tell_unknown(reader, known, chunk, work.owners)
        keys = [_key(line) for line in chunk]
        there = await lookup(session, TRANSACTIONS.key, keys, TRANSACTIONS.fingerprint)
        for key, line in zip(keys, chunk, strict=True):
            before = there.get(key)
            if before is None:
                self._counts.new += 1
                work.lines.append(line)
            elif before.fingerprint != _print(line):
                reason = "is there already with other points or another customer: adjust it instead"
                reader.problem(line.number, "points", line["points"], reason)
            else:
                self._counts.same += 1
        return work

    async def write(self, session: WriteSession, work: PointsWork, now: datetime) -> None:
        """See Loader."""
        accounts = await _accounts(session, work)
        lines, owners = work.lines, work.owners
        openings = Openings(
            "earn",
            keys=[_key(line) for line in lines],
            prints=[_print(line) for line in lines],
            at=[line["earned_at"] for line in lines],
            reasons=[line["reason"] for line in lines],
            places=list(range(len(lines))),
            accounts=[accounts[line["customer"]] for line in lines],
            amounts=[line["points"] for line in lines],
            expires=[end(line["expires_on"], owners[line["customer"]].time_zone) for line in lines],
            companies=[Company.POINTS_ISSUED] * len(lines),
        )
        await book(session, openings)

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts


async def _accounts(session: WriteSession, work: PointsWork) -> dict[str, int]:
    """External id → points account, made with its balance or raised by it."""
    added: dict[str, int] = {}
    for line in work.lines:
        added[line["customer"]] = added.get(line["customer"], 0) + line["points"]
    accounts = {name: work.owners[name].account for name in added}
    await raise_balances(session, {account: added[name] for name, account in accounts.items() if account})
    new = [name for name, account in accounts.items() if account is None]
    ids = await reserve_ids(session, Account, len(new))
    columns = {
        "id": ids,
        "kind": ["points"] * len(new),
        "unit": ["points"] * len(new),
        "customer_id": [work.owners[name].id for name in new],
        "balance": [added[name] for name in new],
    }
    await insert_proved(session, Account, columns)
    return accounts | dict(zip(new, ids, strict=True))


def _key(line: Line) -> str:
    return f"import:points:{line['external_id']}"


def _print(line: Line) -> bytes:
    return fingerprint("import", line["customer"], line["points"])
