"""Builds both, drives both in turns, prints the ratios, writes build/bench/brain.json and a picture."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import subprocess
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.brain.conversations import CONVERSATIONS, TALK
from bench.brain.systems import (
    BRAIN_PYTHON,
    HUITOUKE,
    Ours,
    System,
    Vanilla,
    environment,
    train_ours,
    train_vanilla,
)
from bench.figures import Figures, machine, median, summary
from bot.kit.clock import system_now
from bot.kit.db import Database
from bot.kit.settings import ROOT, load_settings
from bot.store.customers.models import Customer
from bot.store.identities.service import bind, ensure_identity

OUT = ROOT / "build" / "bench"
AT_ONCE = (1, 8, 32)
MARKS = (1, 50, 200, 500, 1000)
AROUND = 6
"""The cost at a mark is the mean of so many turns from there."""

console = Console()


def fill(folder: Path) -> None:
    """The demo company in a database of its own."""
    for command in (("db", "upgrade"), ("demo", "seed")):
        subprocess.run([str(HUITOUKE), *command], env=environment(folder), check=True)


async def members(folder: Path, count: int) -> list[int]:
    """Identities of as many members of the demo company, proved."""
    settings = load_settings().model_copy(update={"data_dir": folder, "database_url": ""})
    database = Database(settings.database)
    identities = []
    async with database.write() as session:
        for number in range(count):
            identity = await ensure_identity(session, "web", "", f"bench-{number}", system_now())
            customer = await session.get_one(Customer, number + 1)
            await bind(session, identity, customer.id, "merchant", system_now(), timedelta(days=1))
            identities.append(int(identity))
    await database.close()
    return identities


async def load(system: System, identities: list[int], at_once: int, seconds: float, run: str) -> Figures:
    """So many customers talk at once, each waiting for its answer, for `seconds`."""
    durations: list[float] = []
    end = time.perf_counter() + seconds

    async def customer(number: int) -> None:
        for talk in itertools.count():
            conversation = f"{run}-{number}-{talk}"
            for said in CONVERSATIONS[(number + talk) % len(CONVERSATIONS)]:
                began = time.perf_counter()
                if began >= end:
                    return
                await system.take(conversation, identities[number], said, number)
                durations.append(time.perf_counter() - began)

    cpu, began = system.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(customer(number) for number in range(at_once)))
    figures = summary(durations, time.perf_counter() - began)
    figures["cpu_ms_per_turn"] = (system.cpu_seconds() - cpu) / len(durations) * 1000
    figures["turns_per_core_second"] = 1000 / figures["cpu_ms_per_turn"]
    return figures


async def curve(system: System, identity: int, seconds: float) -> dict[str, float | None]:
    """Milliseconds of a turn at each mark of one long conversation; None where the time ran out."""
    costs: dict[str, float | None] = {str(mark): None for mark in MARKS}
    end = time.perf_counter() + seconds
    taken: list[float] = []
    for number in range(MARKS[-1] + AROUND):
        began = time.perf_counter()
        if began > end:
            break
        await system.take("long", identity, TALK[number % len(TALK)])
        taken.append((time.perf_counter() - began) * 1000)
    for mark in MARKS:
        if len(taken) >= mark - 1 + AROUND:
            costs[str(mark)] = sum(taken[mark - 1 : mark - 1 + AROUND]) / AROUND
    return costs


async def two_brains(ours: Ours, identities: list[int], seconds: float, folder: Path) -> Figures:
    """32 customers on two brains that share the turn log, each conversation at home in one."""
    other = Ours("ours-2", folder, ours.model)
    await other.start()

    class Both(Ours):
        async def take(self, conversation: str, identity: int, said: str, number: int = 0) -> Any:
            return await (ours, other)[hash(conversation) % 2].take(conversation, identity, said, number)

        def cpu_seconds(self) -> float:
            return ours.cpu_seconds() + other.cpu_seconds()

    try:
        return await load(Both("both", folder, ours.model), identities, 32, seconds, "two")
    finally:
        await other.stop()


async def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    console.print("training both")
    vanilla_model, vanilla_training = train_vanilla(options.epochs)
    our_model, our_training = train_ours()
    await asyncio.to_thread(fill, folder)
    identities = await members(folder, max(AT_ONCE))
    vanilla, ours = Vanilla("vanilla", folder, vanilla_model), Ours("ours", folder, our_model)
    found: dict[str, dict[str, Any]] = {"vanilla": {}, "ours": {}}
    try:
        for system, training in ((vanilla, vanilla_training), (ours, our_training)):
            console.print(f"starting {system.name}")
            found[system.name]["ready_s"] = await system.start()
            found[system.name]["training_s"] = training
            found[system.name]["model_mb"] = system.model.stat().st_size / 1e6
        for system in (vanilla, ours):
            await load(system, identities, 4, options.seconds / 2, "warm")
        for at_once in AT_ONCE:
            rounds: dict[str, list[Figures]] = {"vanilla": [], "ours": []}
            for turn in range(options.rounds):
                for system in (vanilla, ours):
                    console.print(f"{at_once} at once, round {turn + 1}: {system.name}")
                    run = f"{at_once}-{turn}"
                    rounds[system.name].append(await load(system, identities, at_once, options.seconds, run))
            for name, figures in rounds.items():
                found[name][f"at_{at_once}"] = median(figures)
        for system in (vanilla, ours):
            found[system.name]["memory_mb"] = system.memory()
        console.print("two brains")
        found["ours"]["two_brains_at_32"] = await two_brains(ours, identities, options.seconds, folder)
        for system in (ours, vanilla):
            console.print(f"one long conversation: {system.name}")
            found[system.name]["curve_ms"] = await curve(system, identities[0], options.curve_seconds)
    finally:
        for system in (vanilla, ours):
            await system.stop()
    return found


def ratios(found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Row by row: the figure of each, and how many times better ours is."""
    rows: list[dict[str, Any]] = []

    def row(name: str, path: tuple[str, ...], more_is_better: bool = False) -> None:
        values = []
        for system in ("vanilla", "ours"):
            value: Any = found[system]
            for key in path:
                value = value.get(key) if isinstance(value, dict) else None
            values.append(value)
        one, other = values
        ratio = None
        if one and other:
            ratio = other / one if more_is_better else one / other
        rows.append({"figure": name, "vanilla": one, "ours": other, "ratio": ratio})

    for at_once in AT_ONCE:
        at = f"at_{at_once}"
        row(f"turns/s at {at_once}", (at, "turns_per_second"), True)
        row(f"turns/s per core at {at_once}", (at, "turns_per_core_second"), True)
        row(f"CPU ms per turn at {at_once}", (at, "cpu_ms_per_turn"))
        for share in ("p50", "p95", "p99"):
            row(f"{share} ms at {at_once}", (at, f"{share}_ms"))
    for name in ("brain", "actions"):
        row(f"memory of {name}, RSS MB", ("memory_mb", name, "rss"))
    row("ready, s", ("ready_s",))
    row("training, s", ("training_s",))
    row("model, MB", ("model_mb",))
    for mark in MARKS:
        row(f"ms at turn {mark} of one conversation", ("curve_ms", str(mark)))
    return rows


def show(rows: list[dict[str, Any]]) -> None:
    table = Table("figure", "vanilla", "ours", "ratio")
    for each in rows:
        shown = ["-" if each[key] is None else f"{each[key]:.2f}" for key in ("vanilla", "ours")]
        table.add_row(each["figure"], *shown, "-" if each["ratio"] is None else f"{each['ratio']:.1f}×")
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-brain", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8, help="of each round (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of each figure (%(default)s)")
    parser.add_argument("--curve-seconds", type=float, default=420, help="at most for a long conversation")
    parser.add_argument("--epochs", type=int, default=100, help="of vanilla's intent model (%(default)s)")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    what = machine()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(options, Path(folder)))
    rows = ratios(found)
    written = {"machine": what, "vanilla_epochs": options.epochs, "rows": rows, "found": found}
    (OUT / "brain.json").write_text(json.dumps(written, ensure_ascii=False, indent=2))
    show(rows)
    subprocess.run([str(BRAIN_PYTHON), "-W", "ignore", "-m", "bench.brain.picture"], cwd=ROOT, check=True)
    console.print(f"{OUT / 'brain.json'} and brain.png are written.")


if __name__ == "__main__":
    main()
