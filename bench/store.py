"""`make bench-store`: every read, redemptions, import and size, at three sizes, on both databases.

Prints a table and writes build/bench/store.json. Each customer has ten ledger entries. PostgreSQL is a
private server with its default durability; SQLite is in WAL as in production.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bench import databases
from bench.figures import machine, percentile
from bench.store_company import NOW, phone
from bench.store_records import EVERY
from bot.kit.db import Database
from bot.kit.ids import CustomerId
from bot.kit.settings import ROOT
from bot.migrations import upgrade
from bot.store.assets.reads import care_cards
from bot.store.bills.reads import explain_bill
from bot.store.cards.reads import balance_by_card
from bot.store.complaints.reads import complaint_status
from bot.store.contracts.service import coverage
from bot.store.customers.service import find_customer
from bot.store.dealers.service import check_dealer
from bot.store.exchange.importer import import_folder
from bot.store.ledger.audit import audit
from bot.store.orders.reads import reorder_rhythm
from bot.store.points.reads import points_history, points_summary, redeemable_items
from bot.store.points.service import redeem_points
from bot.store.privacy.reads import held_about_me
from bot.store.promises.service import due_promises
from bot.store.requests.service import Note
from tests.store.postgres import Server, binaries

OUT = ROOT / "build" / "bench" / "store.json"
SAMPLES = 1_000
WARM = 50
REDEMPTIONS, LANES = 2_000, 16
IMPORTED = 50_000
SEED = 20_261_122

Read = Callable[[AsyncSession, CustomerId], Awaitable[object]]

READS: dict[str, Read] = {
    "find by phone": lambda session, who: find_customer(session, phone(who)),
    "points summary": lambda session, who: points_summary(session, who, NOW),
    "points history": points_history,
    "redeemable items": lambda session, who: redeemable_items(session, who, NOW),
    "balance per card": lambda session, who: balance_by_card(session, who, NOW),
    "bill explained": explain_bill,
    "complaint status": lambda session, who: complaint_status(session, who, None, NOW),
    "due promises": lambda session, who: due_promises(session, who, NOW),
    "care card": lambda session, who: care_cards(session, who, NOW),
    "coverage answer": lambda session, who: coverage(session, who, "彩色墨粉", NOW.date()),
    "reorder rhythm": lambda session, who: reorder_rhythm(session, who, NOW),
    "dealer by number": lambda session, who: check_dealer(session, f"DL-{who % 10_000:05d}", NOW.date()),
    "data held about me": lambda session, who: held_about_me(session, who, NOW),
}

console = Console(stderr=True, width=None if sys.stderr.isatty() else 160)


async def measure(
    url: str, customers: int, samples: int, size_of: Callable[[Database], Awaitable[int]]
) -> dict[str, Any]:
    """Measure the company of `customers` at `url`."""
    database = Database(url)
    try:
        figures: dict[str, Any] = {"entries": 10 * customers}
        figures["megabytes"] = round(await size_of(database) / 1e6, 1)
        with console.status("reads") as status:
            reads: dict[str, dict[str, float]] = {}
            for name, read in READS.items():
                status.update(f"reads: {name}")
                reads[name] = await _read(database, read, customers, samples)
            figures["reads"] = reads
            status.update("redemptions")
            figures["redemptions_per_second"] = await _redeem(database, customers)
            status.update("import")
            figures["import_rows_per_second"] = await _import(database)
            status.update("audit")
        async with database.read() as session:
            figures["audit_violations"] = len(await audit(session)) if customers <= 100_000 else None
        return figures
    finally:
        await database.close()


async def _read(database: Database, read: Read, customers: int, samples: int) -> dict[str, float]:
    """Milliseconds of one read in a session of its own, of customers all over the table.

    `cpu_ms` is what this process worked for one: with SQLite all of it, whatever else the machine does.
    """
    chosen = random.Random(SEED)
    durations: list[float] = []
    worked = 0.0
    for turn in range(WARM + samples):
        if turn == WARM:
            worked = time.process_time()
        who = CustomerId(EVERY * chosen.randint(1, customers // EVERY))
        started = time.perf_counter()
        async with database.read() as session:
            found = await read(session, who)
        if turn >= WARM:
            durations.append(time.perf_counter() - started)
        assert found is not None
    worked = time.process_time() - worked
    durations.sort()
    shares = {"p50_ms": 0.50, "p95_ms": 0.95, "p99_ms": 0.99}
    times = {name: round(1_000 * percentile(durations, share), 2) for name, share in shares.items()}
    return {**times, "cpu_ms": round(1_000 * worked / samples, 2)}


async def _redeem(database: Database, customers: int) -> float:
    """Redemptions a second by different customers, several at a time; each is a committed transaction."""
    chosen = random.Random(SEED)
    plan = iter([(number, chosen.randint(1, customers)) for number in range(REDEMPTIONS)])

    async def lane() -> None:
        for number, who in plan:
            async with database.write() as session:
                note = Note(f"bench-redeem-{number}", NOW, "bench")
                await redeem_points(session, CustomerId(who), 1, note)

    started = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(LANES)))
    return round(REDEMPTIONS / (time.perf_counter() - started), 1)


async def _import(database: Database) -> dict[str, int]:
    """Lines a second of customers.csv and points.csv, checked and written."""
    speeds: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, header, line in (
            ("customers.csv", "external_id,name,phone,tier\n", "N{0:09d},新顾客{0},18{0:09d},basic\n"),
            ("points.csv", "external_id,customer,points,earned_at,expires_on\n",
             "NP{0},N{0:09d},100,2026-03-01,2027-12-31\n"),
        ):  # fmt: skip
            for old in folder.iterdir():  # noqa: ASYNC240 - nothing else runs
                old.unlink()
            lines = "".join(line.format(number) for number in range(IMPORTED))
            (folder / name).write_text(header + lines, encoding="utf-8")
            started = time.perf_counter()
            report = await import_folder(database, folder, NOW)
            speeds[name] = round(IMPORTED / (time.perf_counter() - started))
            assert report.good, report.files[0].problems[:3]
    return speeds


async def _sqlite_size(database: Database) -> int:
    assert database.url.database is not None
    async with database.engine.connect() as connection:
        await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return Path(database.url.database).stat().st_size  # noqa: ASYNC240 - nothing else runs


async def _postgres_size(database: Database) -> int:
    async with database.read() as session:
        statement = text("SELECT pg_database_size(current_database())")
        return (await session.execute(statement)).scalar_one()


def bench(sizes: list[int], backends: list[str], samples: int, folder: Path) -> dict[str, Any]:
    """Measure every size on every backend, smallest first, each on a copy of the company kept in `folder`."""
    results: dict[str, Any] = {}
    with databases.server(folder, sizes) if "postgresql" in backends else nullcontext() as server:
        for backend in backends:
            for customers in sizes:
                console.print(f"{backend}, {customers:,} customers")
                by_size = results.setdefault(backend, {})
                by_size[str(customers)] = _one(backend, customers, samples, server, folder)
    return results


def _one(backend: str, customers: int, samples: int, server: Server | None, folder: Path) -> dict[str, Any]:
    if backend == "sqlite":
        copy = folder / "copy.db"
        try:
            shutil.copy(databases.sqlite_file(folder, customers), copy)
            url = f"sqlite+aiosqlite:///{copy}"
            upgrade(url)
            return asyncio.run(measure(url, customers, samples, _sqlite_size))
        finally:
            for suffix in ("", "-wal", "-shm"):
                copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    assert server is not None
    kept = databases.postgresql(server, customers)
    server.execute("DROP DATABASE IF EXISTS copy WITH (FORCE)")
    server.execute(f"CREATE DATABASE copy TEMPLATE {kept} STRATEGY file_copy")
    try:
        upgrade(server.url("copy"))
        return asyncio.run(measure(server.url("copy"), customers, samples, _postgres_size))
    finally:
        server.execute("DROP DATABASE copy WITH (FORCE)")


def show(results: dict[str, Any]) -> None:
    """Print a table: reads in milliseconds (p50 / p95), then the rest."""
    columns = [(backend, size) for backend, by_size in results.items() for size in by_size]
    table = Table("", *(f"{backend}\n{int(size):,}" for backend, size in columns))
    of = [results[backend][size] for backend, size in columns]
    for name in READS:
        times = [figures["reads"][name] for figures in of]
        table.add_row(name, *(f"{each['p50_ms']} / {each['p95_ms']}" for each in times))
    table.add_section()
    table.add_row("redemptions/s", *(f"{figures['redemptions_per_second']:,}" for figures in of))
    for name in of[0]["import_rows_per_second"]:
        table.add_row(f"{name} lines/s", *(f"{each['import_rows_per_second'][name]:,}" for each in of))
    table.add_row("MB on disk", *(f"{figures['megabytes']:,}" for figures in of))
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000, help="the largest company")
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--sizes", type=int, action="append", help="these sizes and no others")
    parser.add_argument(
        "--folder", type=Path, help="companies are kept here for the next time; room for 20 kB a customer"
    )
    parser.add_argument("--samples", type=int, default=SAMPLES, help="how often each read is measured")
    options = parser.parse_args()
    # Ends through the `finally`s: a bench that is stopped must not leave gigabytes behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    backends: list[str] = options.backend or ["sqlite", "postgresql"]
    if "postgresql" in backends and binaries() is None:
        console.print("PostgreSQL is not installed: only SQLite is measured.")
        backends.remove("postgresql")
    smaller = {size for size in (10_000, 100_000) if size < options.customers}
    sizes = sorted(options.sizes or smaller | {options.customers})
    before = machine()
    with nullcontext(options.folder) if options.folder else databases.passing_folder() as folder:
        results = bench(sizes, backends, options.samples, folder)
    show(results)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(OUT.read_text())["results"] if OUT.exists() and options.sizes else {}
    results = {backend: known.get(backend, {}) | results.get(backend, {}) for backend in {**known, **results}}
    OUT.write_text(json.dumps({"machine": before, "results": results}, ensure_ascii=False, indent=2) + "\n")
    console.print(f"Written to {OUT.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
