"""Builds both, drives both in turns, prints the ratios, writes build/bench/brain.json and a picture."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median as middle
from typing import Any

from rich.console import Console

from bench.brain.measuring import MARKS, Curve, curve, load, several
from bench.brain.quality import quality
from bench.brain.rows import AT_ONCE, Found, ratios, show
from bench.brain.systems import (
    BRAIN_PYTHON,
    BUILT,
    HUITOUKE,
    Ours,
    System,
    Vanilla,
    environment,
)
from bench.brain.training import train_ours, train_vanilla
from bench.figures import Figures, machine, median
from bot.kit.clock import system_now
from bot.kit.db import Database
from bot.kit.settings import ROOT, load_settings
from bot.store.customers.models import Customer
from bot.store.identities.service import bind, ensure_identity

OUT = ROOT / "build" / "bench"
LONG_TALKS = 5
"""Long conversations of ours, of which the median counts; of vanilla's there is time for one."""

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


async def measure(options: argparse.Namespace, folder: Path) -> Found:
    console.print("training both; vanilla takes several minutes when data or domain have changed")
    vanilla_model, vanilla_training = train_vanilla(options.epochs)
    our_model, our_training = train_ours()
    await asyncio.to_thread(fill, folder)
    identities = await members(folder, max(AT_ONCE))
    vanilla, ours = Vanilla("vanilla", folder, vanilla_model), Ours("ours", folder, our_model)
    both: tuple[System, System] = (vanilla, ours)
    found: Found = {"vanilla": {"training": vanilla_training}, "ours": {"training": our_training}}
    for system, config in ((vanilla, BUILT), (ours, ROOT)):
        console.print(f"real utterances and written conversations: {system.name}")
        found[system.name]["quality"] = quality(system, config)
        found[system.name]["model_mb"] = system.model.stat().st_size / 1e6
    try:
        for system in both:
            console.print(f"starting {system.name}")
            found[system.name]["ready_s"] = await system.start()
        await _turns(options, both, identities, found)
        for system in both:
            found[system.name]["memory_mb"] = system.memory()
        console.print("one brain of ours, and two")
        found["ours"]["brains_at_32"] = await several(ours, identities, options.seconds)
        for system, talks in ((ours, LONG_TALKS), (vanilla, 1)):
            console.print(f"long conversations: {system.name}")
            curves = [
                await curve(system, identities[0], options.curve_seconds, f"long-{talk}")
                for talk in range(talks)
            ]
            found[system.name]["curve_ms"] = _middle(curves)
    finally:
        for system in both:
            await system.stop()
    return found


async def _turns(
    options: argparse.Namespace, both: tuple[System, System], identities: list[int], found: Found
) -> None:
    """Turns of 1, 8 and 32 customers, in rounds in which the two take turns."""
    for system in both:
        await load(system, identities, 4, options.seconds / 2, "warm")
    for at_once in AT_ONCE:
        rounds: dict[str, list[Figures]] = {system.name: [] for system in both}
        for turn in range(options.rounds):
            for system in both:
                console.print(f"{at_once} at once, round {turn + 1}: {system.name}")
                run = f"{at_once}-{turn}"
                rounds[system.name].append(await load(system, identities, at_once, options.seconds, run))
        for name, figures in rounds.items():
            found[name][f"at_{at_once}"] = median(figures)


def _middle(curves: list[Curve]) -> Curve:
    costs = {str(mark): [cost for one in curves if (cost := one[str(mark)]) is not None] for mark in MARKS}
    return {mark: middle(each) if each else None for mark, each in costs.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-brain", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8, help="of each round (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of each figure (%(default)s)")
    parser.add_argument("--curve-seconds", type=float, default=420, help="at most for a long conversation")
    parser.add_argument(
        "--epochs", type=int, default=5, help="of vanilla's intent model (%(default)s of 100)"
    )
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    what = machine()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(options, Path(folder)))
    rows = ratios(found)
    written: dict[str, Any] = {
        "machine": what,
        "vanilla_epochs": options.epochs,
        "rows": rows,
        "found": found,
    }
    (OUT / "brain.json").write_text(json.dumps(written, ensure_ascii=False, indent=2))
    show(console, rows, found, options.epochs)
    subprocess.run([str(BRAIN_PYTHON), "-W", "ignore", "-m", "bench.brain.picture"], cwd=ROOT, check=True)
    console.print(f"{OUT / 'brain.json'} and brain.png are written.")


if __name__ == "__main__":
    main()
