"""`make bench-care`: all triggers over all customers, news only, and a loop over customers beside it.

Full planning, planning when 1 % changed, and what is decided and handed over in a second, from 10,000 to
1,000,000 customers on both databases. The naive loop asks every trigger about one customer after the other;
it is measured on a sample of the same customers in the same run. Writes build/bench/care.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import shutil
import time
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select, update

from bench import databases
from bench.care_company import add_lines, change
from bench.figures import machine
from bench.store_company import NOW
from bot.care.care import Care
from bot.care.models import Occurrence
from bot.care.triggers import all_triggers
from bot.conversations.models import Message
from bot.kit.clock import FakeClock
from bot.kit.db import Database
from bot.kit.ids import ConversationId
from bot.kit.settings import ROOT
from bot.messages import Allowance
from bot.migrations import upgrade

OUT = ROOT / "build" / "bench" / "care.json"
CHANGED = 0.01
HANDED = 3_000
SAMPLE = 300

console = Console(stderr=True, width=None if Console(stderr=True).is_terminal else 110)


class Open:
    """Channels that let everything through."""

    async def allowance(self, conversation: ConversationId) -> Allowance:
        return Allowance()


async def measure(url: str, customers: int) -> dict[str, Any]:
    """Figures of one database that holds `customers`."""
    database = Database(url)
    clock = FakeClock(NOW)
    care = Care(database, clock, Open(), company="回头客商城", demo=True)
    try:
        await add_lines(database, customers)
        figures: dict[str, Any] = {}
        started = time.perf_counter()
        figures["planned"] = sum((await care.planner.plan()).values())
        figures["full_seconds"] = round(time.perf_counter() - started, 2)
        clock.advance(timedelta(minutes=6))
        await care.planner.plan()  # its marks move on
        clock.advance(timedelta(minutes=6))
        figures["changed"] = await change(database, customers, CHANGED)
        started = time.perf_counter()
        figures["planned_of_changed"] = sum((await care.planner.plan()).values())
        figures["changed_seconds"] = round(time.perf_counter() - started, 2)
        clock.advance(timedelta(minutes=12))
        await care.planner.plan()
        clock.advance(timedelta(minutes=6))
        await care.planner.plan()
        started = time.perf_counter()
        await care.planner.plan()
        figures["idle_seconds"] = round(time.perf_counter() - started, 2)
        figures |= await _handing(database, care)
        figures["naive_seconds"] = round(await _naive(database, care, customers), 1)
        return figures
    finally:
        await database.close()


async def _handing(database: Database, care: Care) -> dict[str, Any]:
    """Decided and handed to the log a second; the bot takes its turns in between, outside of the time."""
    seconds, done, outcomes = 0.0, 0, dict[str, int]()
    while done < HANDED:
        started = time.perf_counter()
        decided = await care.sender.send_due(most=150)
        seconds += time.perf_counter() - started
        if not decided:
            break
        done += sum(decided.values())
        for outcome, count in decided.items():
            outcomes[outcome] = outcomes.get(outcome, 0) + count
        async with database.write() as session:
            await session.execute(update(Message).where(Message.state == "waiting").values(state="done"))
    return {
        "decided_per_second": round(done / seconds) if seconds else 0,
        "handed_per_second": round(outcomes.get("sent", 0) / seconds) if seconds else 0,
        "outcomes": outcomes,
    }


async def _naive(database: Database, care: Care, customers: int) -> float:
    """Seconds of a loop that asks every trigger about each customer, from a sample of the customers."""
    step = max(1, customers // SAMPLE)
    sample = range(1, customers + 1, step)
    async with database.read() as session:
        await care.planner.zones(session)
        started = time.perf_counter()
        for customer in sample:
            for trigger in all_triggers():
                await care.planner.find(session, trigger, [customer], care.clock())
        took = time.perf_counter() - started
        planned = await session.scalar(select(func.count()).select_from(Occurrence))
    assert planned
    return took / len(sample) * customers


def bench(sizes: list[int], backends: list[str], folder: Path) -> dict[str, Any]:
    """Every size on every backend, smallest first, each on a copy of a company that is kept in `folder`."""
    found: dict[str, Any] = {}
    folder.mkdir(parents=True, exist_ok=True)
    with databases.server(folder) if "postgresql" in backends else nullcontext() as server:
        for backend in backends:
            for customers in sizes:
                console.print(f"{backend}, {customers:,} customers")
                if backend == "sqlite":
                    figures = _on_sqlite(folder, customers)
                else:
                    assert server is not None
                    name = databases.postgresql(server, customers)
                    server.execute("DROP DATABASE IF EXISTS care_bench WITH (FORCE)")
                    server.execute(f"CREATE DATABASE care_bench TEMPLATE {name} STRATEGY file_copy")
                    upgrade(server.url("care_bench"))
                    figures = asyncio.run(measure(server.url("care_bench"), customers))
                    server.execute("DROP DATABASE care_bench WITH (FORCE)")
                found.setdefault(backend, {})[str(customers)] = figures
                console.print(figures)
    return found


def _on_sqlite(folder: Path, customers: int) -> dict[str, Any]:
    copy = folder / "care-bench.db"
    shutil.copyfile(databases.sqlite_file(folder, customers), copy)
    url = f"sqlite+aiosqlite:///{copy}"
    try:
        upgrade(url)
        return asyncio.run(measure(url, customers))
    finally:
        for part in folder.glob("care-bench.db*"):
            part.unlink()


def show(found: dict[str, Any]) -> None:
    table = Table(
        "database",
        "customers",
        "full s",
        "1 % changed s",
        "nothing new s",
        "decided/s",
        "handed/s",
        "naive s",
    )
    for backend, sizes in found.items():
        for customers, one in sizes.items():
            table.add_row(
                backend, f"{int(customers):,}", str(one["full_seconds"]), str(one["changed_seconds"]),
                str(one["idle_seconds"]), str(one["decided_per_second"]), str(one["handed_per_second"]),
                f"{one['naive_seconds']:,}",
            )  # fmt: skip
    console.print(table)


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, action="append")
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench" / "companies")
    options = parser.parse_args()
    sizes = options.sizes or [10_000, 100_000, 1_000_000]
    found = bench(sizes, options.backend or ["postgresql", "sqlite"], options.folder)
    show(found)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"machine": machine(), "results": found}, indent=1) + "\n")
    console.print(f"written to {OUT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
