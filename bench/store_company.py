"""A company of any size for the store's bench: ten ledger entries for each customer, made fast."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bench.store_records import add_dealers, add_records
from bot.kit.db import Base, Database, WriteSession
from bot.store.assets.models import Asset
from bot.store.bills.models import Bill
from bot.store.bulk import insert_rows
from bot.store.cards.models import Card, CardType
from bot.store.complaints.models import Complaint
from bot.store.contracts.models import Contract
from bot.store.counters.models import Counter
from bot.store.customers.models import Customer, Tier
from bot.store.customers.numbers import member_number
from bot.store.ledger.models import Account, Company, Consumption, Entry, Lot, Transaction
from bot.store.orders.models import Order
from bot.store.points.models import CatalogueItem

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CHUNK = 10_000
EARNINGS = (900, 400, 300)
SPENT = 120
TRANSACTIONS = 5  # three earnings, a redemption, a top-up: two entries each
DAY = timedelta(days=1)

Done = Callable[[int], None]


async def build(database: Database, customers: int, done: Done) -> None:
    """Fill an empty, migrated database. `done` is called with how many customers are there."""
    async with database.write() as session:
        for code, name, rank, threshold in (("basic", "普通会员", 0, 0), ("gold", "金卡", 1, 8_000)):
            session.add(Tier(code=code, name=name, rank=rank, threshold=threshold))
        session.add(CardType(code="stored", name="储值卡", transferable=True, hall_months=3))
        session.add_all(
            CatalogueItem(code=f"I{place}", name=f"礼品{place}", points=50 * place, stock=None)
            for place in range(1, 51)
        )
        session.add(Counter(name="member_number", value=customers))  # so many are given, as `_chunk` does
        await session.flush()
        await add_dealers(session, NOW)
    for first in range(1, customers + 1, CHUNK):
        count = min(CHUNK, customers + 1 - first)
        async with database.write() as session:
            await _chunk(session, range(first, first + count))
        done(first + count - 1)
    await _finish(database)


async def _chunk(session: WriteSession, who: range) -> None:
    """All rows of some customers; every id follows from the customer's number."""
    if session.get_bind().dialect.name == "postgresql":
        # The rows refer to each other rightly; looking every reference up takes longer than writing them.
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("SET LOCAL synchronous_commit = off"))
    long_ago, recent = NOW - 300 * DAY, NOW - 5 * DAY
    await insert_rows(
        session,
        Customer,
        (
            "id",
            "member_number",
            "external_id",
            "name",
            "phone",
            "tier_code",
            "time_zone",
            "locale",
            "created_at",
        ),
        [
            (
                n,
                member_number(n),
                f"C{n:09d}",
                f"顾客{n}",
                phone(n),
                "gold" if n % 10 == 0 else "basic",
                "Asia/Shanghai",
                "zh-CN",
                long_ago,
            )
            for n in who
        ],
    )
    await insert_rows(
        session,
        Card,
        ("id", "customer_id", "number", "type_code", "face_value", "valid_until", "state", "opened_at"),
        [(n, n, f"6205{n:010d}", "stored", 10_000, NOW + 90 * DAY, "active", long_ago) for n in who],
    )
    points = sum(EARNINGS) - SPENT
    await insert_rows(
        session,
        Account,
        ("id", "kind", "unit", "customer_id", "card_id", "balance"),
        [
            row
            for n in who
            for row in (
                (points_account(n), "points", "points", n, None, points),
                (points_account(n) + 1, "principal", "fen", n, n, 10_000),
            )
        ],
    )
    await _movements(session, who, long_ago, recent)
    await add_records(session, who, NOW)


async def _movements(session: WriteSession, who: range, long_ago: datetime, recent: datetime) -> None:
    kinds = ("earn", "earn", "earn", "redeem", "top_up")
    times = (long_ago, NOW - 100 * DAY, NOW - 20 * DAY, recent, long_ago)
    prints = [hashlib.sha256(kind.encode()).digest()[:16] for kind in kinds]
    await insert_rows(
        session,
        Transaction,
        ("id", "key", "fingerprint", "kind", "at", "reason", "actor"),
        [
            (row, f"bench:{row:012d}", prints[place], kind, times[place], "", "bench")
            for n in who
            for place, kind in enumerate(kinds)
            for row in (transaction(n, place),)
        ],
    )
    company = (*(Company.POINTS_ISSUED,) * 3, Company.POINTS_REDEEMED, Company.MONEY_RECEIVED)
    amounts = (*EARNINGS, -SPENT, 10_000)
    await insert_rows(
        session,
        Entry,
        ("transaction_id", "account_id", "amount"),
        [
            row
            for n in who
            for place in range(TRANSACTIONS)
            for row in (
                (transaction(n, place), points_account(n) + (place == 4), amounts[place]),
                (transaction(n, place), int(company[place]), -amounts[place]),
            )
        ],
    )
    ends = (NOW + 20 * DAY, NOW + 200 * DAY, None, None)
    granted = (*EARNINGS, 10_000)
    await insert_rows(
        session,
        Lot,
        ("id", "account_id", "transaction_id", "granted", "remaining", "expires_at"),
        [
            (
                4 * n - 3 + place,
                points_account(n) + (place == 3),
                transaction(n, place + (place == 3)),
                granted[place],
                granted[place] - (SPENT if place == 0 else 0),
                ends[place],
            )
            for n in who
            for place in range(4)
        ],
    )
    await insert_rows(
        session,
        Consumption,
        ("transaction_id", "lot_id", "amount"),
        [(transaction(n, 3), 4 * n - 3, SPENT) for n in who],
    )


async def _finish(database: Database) -> None:
    """Sequences behind the rows that named their own ids, and the statistics a live database has."""
    models: tuple[type[Base], ...] = (
        Customer, Card, Account, Transaction, Lot, Order, Complaint, Bill, Contract, Asset,
    )  # fmt: skip
    async with database.write() as session:
        for model in models if not database.is_sqlite else ():
            name = model.__tablename__
            await session.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
            )
    async with database.engine.connect() as connection:
        automatic = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await automatic.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))


def phone(n: int) -> str:
    """The phone of customer `n`, in E.164."""
    return f"+8613{n:09d}"


def points_account(n: int) -> int:
    """The points account of customer `n`; the card's principal follows it."""
    return 99 + 2 * n


def transaction(n: int, place: int) -> int:
    """The id of a customer's transaction."""
    return TRANSACTIONS * (n - 1) + place + 1
