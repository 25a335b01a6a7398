"""points.csv."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.store.bulk import insert_rows, reserve_ids
from bot.store.customers.models import Customer
from bot.store.dates import end_of_day
from bot.store.exchange.loading import Counts, Known, customer_ids, lookup, one_of_many
from bot.store.exchange.opening import Opening, book, raise_balances
from bot.store.exchange.reading import FileReader, Line
from bot.store.ledger.models import Account, Company, Transaction
from bot.store.requests.service import fingerprint


@dataclass(slots=True)
class PointsWork:
    """Lots to book, and the zone of each customer, in which their last day ends."""

    lines: list[Line] = field(default_factory=list)
    ids: dict[str, int | None] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)


class PointsLoader:
    """Each line becomes a lot; its external id is its key."""

    def __init__(self) -> None:
        self._counts = Counts()

    async def check(
        self, session: AsyncSession, reader: FileReader, known: Known, chunk: list[Line]
    ) -> PointsWork:
        """See Loader."""
        ids = await customer_ids(session, reader, known, chunk)
        keys = {_key(line) for line in chunk}
        columns = Transaction
        there = await lookup(session, columns.key, keys, columns.fingerprint)
        customer = Customer
        zones = await lookup(session, customer.external_id, ids.keys(), customer.time_zone)
        work = PointsWork(ids=ids, zones={name: row.time_zone for name, row in zones.items()})
        for line in chunk:
            before = there.get(_key(line))
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
        accounts = await self._accounts(session, work)
        openings = [
            Opening(
                _key(line),
                "earn",
                line["earned_at"],
                line["reason"],
                _print(line),
                (
                    (
                        accounts[line["customer"]],
                        line["points"],
                        end_of_day(line["expires_on"], work.zones[line["customer"]])
                        if line["expires_on"]
                        else None,
                        Company.POINTS_ISSUED,
                    ),
                ),
            )
            for line in work.lines
        ]
        await book(session, openings)

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts

    async def _accounts(self, session: WriteSession, work: PointsWork) -> dict[str, int]:
        """The points account of every customer, made with its balance or raised by it."""
        added: dict[str, int] = {}
        for line in work.lines:
            added[line["customer"]] = added.get(line["customer"], 0) + line["points"]
        customers: dict[int, str] = {}
        for external in added:
            customer_id = work.ids[external]
            assert customer_id is not None, "the customers' file is written before this one"
            customers[customer_id] = external
        statement = select(Account.id, Account.customer_id).where(
            Account.kind == "points",
            one_of_many(session, Account.customer_id, customers),
            Account.card_id.is_(None),
        )
        rows: list[Any] = list((await session.execute(statement)).all())
        accounts = {customers[row.customer_id]: row.id for row in rows}
        await raise_balances(session, {accounts[name]: added[name] for name in accounts})
        new = [(customer_id, name) for customer_id, name in customers.items() if name not in accounts]
        ids = await reserve_ids(session, Account, len(new))
        made = list(zip(ids, new, strict=True))
        await insert_rows(
            session,
            Account,
            ("id", "kind", "unit", "customer_id", "balance"),
            [(id_, "points", "points", customer_id, added[name]) for id_, (customer_id, name) in made],
        )
        return accounts | {name: id_ for id_, (_, name) in made}


def _key(line: Line) -> str:
    return f"import:points:{line['external_id']}"


def _print(line: Line) -> bytes:
    return fingerprint("import", line["customer"], line["points"])
