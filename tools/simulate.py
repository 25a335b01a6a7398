"""`make simulate`: customers with goals talk to the real brain and the real actions.

    python -m tools.simulate [--conversations 500] [--seed 1] [--at-once 4] [--out build/eval/simulate.json]

Random wording from held-back sentences, interruptions, changes of mind, proof of identity. The exit status is
1 when fewer than 95 % reach their goal; failures are printed as transcripts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tools.simulation.customer import Conversation, Customer
from tools.simulation.goals import ASIDES, GOALS
from tools.simulation.people import company, somebody
from tools.simulation.stage import ROOT, Stage, stage

AIM = 0.95
UNVERIFIED, CHANGES, STRAYS = 0.15, 0.3, 0.35


def main() -> int:
    """Run the simulation; the exit status."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--conversations", type=int, default=500)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--at-once", type=int, default=4)
    asked.add_argument("--out", type=Path, default=ROOT / "build" / "eval" / "simulate.json")
    options = asked.parse_args()
    console = Console()
    if known := trained_on():
        console.print(
            "These sentences are in the training data and prove nothing:", *sorted(known), sep="\n  "
        )
        return 2
    started = time.perf_counter()
    talks = asyncio.run(simulate(options.conversations, options.seed, options.at_once, console))
    return report(talks, time.perf_counter() - started, options.seed, options.out, console)


def spoken() -> Iterable[str]:
    """Every sentence a simulated customer may begin with or stray to."""
    for goal in GOALS:
        yield from goal.openings
        yield from goal.then
    yield from ASIDES


def trained_on() -> set[str]:
    """The sentences that the bot has been trained on word for word."""
    trained: set[str] = set()
    for path in (ROOT / "data" / "nlu").glob("*.yml"):
        trained |= {
            line.strip() for line in re.findall(r"^\s*- (.+)$", path.read_text("utf-8"), re.MULTILINE)
        }
    return trained & set(spoken())


async def simulate(count: int, seed: int, at_once: int, console: Console) -> list[Conversation]:
    """`count` conversations, so many at once."""
    with tempfile.TemporaryDirectory(prefix="simulate-") as folder:
        async with stage(Path(folder)) as where:
            await company(where.database)
            turn = asyncio.Semaphore(at_once)
            with Progress(console=console, disable=not console.is_terminal) as progress:
                bar = progress.add_task("conversations", total=count)

                async def one(number: int) -> Conversation:
                    async with turn:
                        talk = await converse(where, number, seed)
                        progress.advance(bar)
                        return talk

                return await asyncio.gather(*(one(number) for number in range(count)))


async def converse(where: Stage, number: int, seed: int) -> Conversation:
    """One conversation; the same seed and number make the same choices."""
    random = Random(f"{seed}:{number}")
    goal = GOALS[number % len(GOALS)]
    person = await somebody(where.database, number, verified=random.random() >= UNVERIFIED)
    changes = bool(goal.changes) and random.random() < CHANGES
    talk = Conversation(goal, person, number, changes, strays=random.random() < STRAYS)
    try:
        return await Customer(where, talk, random).play()
    except Exception as error:
        talk.problem = f"{type(error).__name__}: {error}"
        return talk


def report(talks: list[Conversation], seconds: float, seed: int, out: Path, console: Console) -> int:
    """Print the failures and a table, write the numbers; the exit status."""
    for talk in talks:
        if talk.problem:
            console.print(f"\n{talk.number}. {talk.goal.name} {talk.twists}: {talk.problem}", markup=False)
            console.print("\n".join(talk.transcript), markup=False)
    good = Counter(talk.goal.name for talk in talks if not talk.problem)
    all_ = Counter(talk.goal.name for talk in talks)
    table = Table("goal", "conversations", "reached")
    for name, count in all_.items():
        table.add_row(name, str(count), f"{good[name] / count:.1%}")
    share = sum(good.values()) / len(talks)
    table.add_row("all", str(len(talks)), f"{share:.1%}")
    console.print(table)
    turns = sum(talk.turns for talk in talks)
    numbers = {
        "conversations": len(talks),
        "seed": seed,
        "reached": share,
        "aim": AIM,
        "turns": turns,
        "seconds": round(seconds, 1),
        "by_goal": {name: good[name] / count for name, count in all_.items()},
        "by_twist": {
            twist: sum(not t.problem for t in having) / len(having)
            for twist in ("unverified", "changes", "strays")
            if (having := [t for t in talks if twist in t.twists])
        },
        "failures": [
            {"number": t.number, "goal": t.goal.name, "problem": t.problem} for t in talks if t.problem
        ],
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(numbers, ensure_ascii=False, indent=2) + "\n", "utf-8")
    console.print(f"{share:.1%} of {len(talks)} reached their goal in {turns} turns (aim {AIM:.0%}); {out}")
    return 0 if share >= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
