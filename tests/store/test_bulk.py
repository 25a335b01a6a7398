"""Very many rows at once: what goes in comes out, and no row refers to one that is not there."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, select, text

from bot.kit.db import Database, WriteSession
from bot.kit.errors import Unavailable
from bot.store.bulk import insert_columns, insert_rows, one_of_many, reserve_ids, table_of
from bot.store.customers.models import Customer, Tier
from bot.store.ledger.models import Account, Company, Entry, Transaction
from bot.store.references import BrokenReference, insert_proved
from tests.store.builders import a_customer
from tests.store.conftest import NOW
from tests.store.postgres import Server

CUSTOMERS = table_of(Customer)
REFUSED = (BrokenReference, sqlite3.IntegrityError, psycopg.errors.ForeignKeyViolation)
"""By us where we prove references, else by the database itself."""

TEXTS = [
    "王小明",
    "tab\there",
    "line\nfeed\rand return",
    "back\\slash",
    "\\N",
    "\\.",
    'it\'s "quoted"',
    "100% {of} it, %s",
    " ",
    "🙂",
]


def people(names: list[str], **more: list[Any]) -> dict[str, Any]:
    """Columns of customers with these names."""
    count = len(names)
    return {
        "member_number": [f"HM{place:08d}" for place in range(count)],
        "name": names,
        "time_zone": ["Asia/Shanghai"] * count,
        "locale": ["zh-CN"] * count,
        "created_at": [NOW] * count,
        **more,
    }


@pytest.mark.parametrize("way", ["columns", "rows", "proved"])
async def test_what_goes_in_comes_out(database: Database, way: str):
    """Every character that COPY gives a meaning of its own, empty text, nothing, days and times."""
    names = [*TEXTS, "x"]
    managers = [None, "", *TEXTS[2:], "x"]
    birthdays = [None, date(1980, 2, 29), *[None] * (len(names) - 2)]
    at = [datetime(2026, 3, 1, 8, 0, 0, place, UTC) for place in range(len(names))]
    columns = people(names, manager_name=managers, birthday=birthdays, created_at=at)
    async with database.write() as session:
        if way == "rows":
            await insert_rows(session, Customer, tuple(columns), list(zip(*columns.values(), strict=True)))
        else:
            await (insert_proved if way == "proved" else insert_columns)(session, Customer, columns)
    async with database.read() as session:
        wanted = (Customer.name, Customer.manager_name, Customer.birthday, Customer.created_at)
        rows = (await session.execute(select(*wanted).order_by(Customer.id))).all()
    assert [tuple(row) for row in rows] == list(zip(names, managers, birthdays, at, strict=True))


async def test_more_rows_than_one_block_keep_their_order(database: Database):
    """Blocks are only how the rows travel."""
    names = [f"顾客{place}" for place in range(4_500)]
    async with database.write() as session:
        await insert_columns(session, Customer, people(names))
    async with database.read() as session:
        assert list((await session.execute(select(Customer.name).order_by(Customer.id))).scalars()) == names


async def test_nothing_to_insert_is_nothing(database: Database):
    """No rows, no statement, no error."""
    async with database.write() as session:
        for none in ({}, people([])):
            await insert_columns(session, Customer, none)
            await insert_proved(session, Customer, none)


async def test_many_keys_are_found_by_one_parameter(database: Database):
    """Numbers and text, however they are written, and not what was not asked for."""
    async with database.write() as session:
        await insert_columns(session, Customer, people(TEXTS))
    async with database.read() as session:
        names = select(CUSTOMERS.c.id).where(one_of_many(session, CUSTOMERS.c.name, [*TEXTS[1:], "nobody"]))
        ids = sorted((await session.execute(names)).scalars())
        assert len(ids) == len(TEXTS) - 1
        again = select(CUSTOMERS.c.name).where(one_of_many(session, CUSTOMERS.c.id, [*ids, 10**12]))
        assert set((await session.execute(again)).scalars()) == set(TEXTS[1:])


def account(customer: int | None) -> dict[str, Any]:
    return {"kind": ["points"], "unit": ["points"], "customer_id": [customer], "balance": [0]}


async def test_a_reference_that_leads_nowhere_is_refused(database: Database):
    """By us or by the database: the transaction is lost, and nothing of it is there."""
    with pytest.raises(REFUSED):
        async with database.write() as session:
            await insert_proved(session, Customer, people(["王"]))
            await insert_proved(session, Account, account(404))
    async with database.read() as session:
        assert (await session.execute(select(Customer.id))).all() == []


async def test_one_bad_reference_among_good_ones_is_found(database: Database):
    """Proved together does not mean proved roughly."""
    async with database.write() as session:
        who = await a_customer(session)
    with pytest.raises(REFUSED):
        async with database.write() as session:
            many = {"kind": ["held"] * 2, "unit": ["fen"] * 2, "customer_id": [who, 404], "balance": [0, 0]}
            await insert_proved(session, Account, many)


async def test_a_reference_into_a_text_key_is_proved_too(database: Database):
    """A tier is known by its code."""
    async with database.write() as session:
        await session.execute(insert(Tier).values(code="gold", name="金卡", rank=1, threshold=1))
        await insert_proved(session, Customer, people(["王", "李"], tier_code=["gold", None]))
    with pytest.raises(REFUSED):
        async with database.write() as session:
            await insert_proved(session, Customer, people(["张"], tier_code=["platinum"]))


async def test_rows_of_the_same_transaction_may_be_referred_to(database: Database):
    """A transaction and its entries, as an import writes them."""
    async with database.write() as session:
        (id_,) = await reserve_ids(session, Transaction, 1)
        columns = {"id": [id_], "key": ["k"], "fingerprint": [b"\x00\\\n" + bytes(13)], "kind": ["earn"]}
        columns |= {"at": [NOW], "reason": [""], "actor": ["test"]}
        await insert_proved(session, Transaction, columns)
        pair = [int(Company.POINTS_ISSUED), int(Company.POINTS_EXPIRED)]
        entries = {"transaction_id": [id_] * 2, "account_id": pair, "amount": [5, -5]}
        await insert_proved(session, Entry, entries)
    async with database.read() as session:
        assert (await session.execute(select(Transaction.fingerprint))).scalar_one() == columns[
            "fingerprint"
        ][0]


@pytest.fixture
async def watched(postgres: Server) -> AsyncIterator[Database]:
    """PostgreSQL alone, with a migrated database."""
    postgres.execute("CREATE DATABASE proving TEMPLATE template_huitouke")
    made = Database(postgres.url("proving"))
    yield made
    await made.close()
    postgres.execute("DROP DATABASE proving WITH (FORCE)")


async def role(session: WriteSession) -> str:
    return (await session.execute(text("SELECT current_setting('session_replication_role')"))).scalar_one()


async def test_the_database_checks_again_right_after(watched: Database):
    """Only the rows that were proved go in unchecked: the next statement is checked as always."""
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        async with watched.write() as session:
            await insert_proved(session, Customer, people(["王"]))
            assert await role(session) == "origin"
            await insert_columns(session, Account, account(404))


async def test_who_is_referred_to_cannot_leave_meanwhile(watched: Database):
    """As with the database's own check: a row that was proved stays until the transaction ends."""
    async with watched.write() as session:
        who = await a_customer(session)
    async with watched.write() as session:
        await insert_proved(session, Account, account(who))
        with pytest.raises(Unavailable):
            async with watched.write() as other:
                await other.execute(text("SET LOCAL lock_timeout = '50ms'"))
                await other.execute(text("DELETE FROM customer"))


async def test_without_the_right_the_database_checks_every_row(watched: Database, postgres: Server):
    """A role that may not set session_replication_role imports as well, and as safely."""
    for statement in (
        "CREATE ROLE plain LOGIN",
        "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO plain",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO plain",
    ):
        postgres.execute(statement, "proving")
    plain = Database(str(watched.url.set(username="plain").render_as_string(hide_password=False)))
    try:
        async with plain.write() as session:
            await insert_proved(session, Customer, people(["王"]))
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            async with plain.write() as session:
                await insert_proved(session, Account, account(404))
    finally:
        await plain.close()
        postgres.execute("DROP OWNED BY plain", "proving")
        postgres.execute("DROP ROLE plain")
