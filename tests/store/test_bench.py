"""The company that the store's bench measures: its books are right, and it answers what the bench asks."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from bench.store import READS
from bench.store_company import NOW, build
from bench.store_records import EVERY
from bot.kit.db import Database
from bot.kit.ids import CustomerId
from bot.store.exchange.importer import import_folder
from bot.store.ledger.audit import audit
from bot.store.ledger.models import Entry
from bot.store.points.service import redeem_points
from tests.store.builders import note

CUSTOMERS = 2 * EVERY


async def test_the_company_of_the_bench_adds_up_and_answers(database: Database):
    """Ten entries for each customer, nothing amiss, and something to say to every question."""
    told: list[int] = []
    await build(database, CUSTOMERS, told.append)
    assert told == [CUSTOMERS]
    async with database.read() as session:
        assert await audit(session) == []
        assert (await session.execute(select(func.count()).select_from(Entry))).scalar_one() == 10 * CUSTOMERS
        for name, read in READS.items():
            assert await read(session, CustomerId(EVERY)), name


async def test_the_company_of_the_bench_goes_on_working(database: Database, tmp_path: Path):
    """Numbers that it gave itself are given: what is booked and imported afterwards gets the next ones."""
    await build(database, CUSTOMERS, lambda _: None)
    async with database.write() as session:
        await redeem_points(session, CustomerId(1), 1, note())
    (tmp_path / "customers.csv").write_text("external_id,name\nN1,新顾客\n", encoding="utf-8")
    (tmp_path / "points.csv").write_text("external_id,customer,points,earned_at\nP1,N1,5,2026-03-01\n")
    report = await import_folder(database, tmp_path, NOW)
    assert report.good, report.files
    async with database.read() as session:
        assert await audit(session) == []
