"""What is measured of a running brain: turns under load, and what a turn costs late in a conversation."""

from __future__ import annotations

import asyncio
import itertools
import time
from statistics import mean

from bench.brain.conversations import CONVERSATIONS, TALK
from bench.brain.systems import Ours, System
from bench.figures import Figures, summary
from bot.conversations.brain import BrainClient, Turn

MARKS = (1, 50, 200, 500, 1000)
AROUND = 2 * len(TALK)
"""The cost at a mark is the mean of so many turns from there: all that is said, twice."""

Curve = dict[str, float | None]


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
                await system.take(conversation, identities[number], said)
                durations.append(time.perf_counter() - began)

    cpu, began = system.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(customer(number) for number in range(at_once)))
    figures = summary(durations, time.perf_counter() - began)
    figures["cpu_ms_per_turn"] = (system.cpu_seconds() - cpu) / len(durations) * 1000
    figures["turns_per_core_second"] = 1000 / figures["cpu_ms_per_turn"]
    return figures


async def curve(system: System, identity: int, seconds: float, name: str) -> Curve:
    """Milliseconds of a turn at each mark of one long conversation; None where the time ran out."""
    costs: Curve = {str(mark): None for mark in MARKS}
    end = time.perf_counter() + seconds
    taken: list[float] = []
    for number in range(MARKS[-1] + AROUND):
        began = time.perf_counter()
        if began > end:
            break
        await system.take(name, identity, TALK[number % len(TALK)])
        taken.append((time.perf_counter() - began) * 1000)
    for mark in MARKS:
        if len(taken) >= mark - 1 + AROUND:
            costs[str(mark)] = mean(taken[mark - 1 : mark - 1 + AROUND])
    return costs


class Routed(Ours):
    """One or several brains behind the server's own way to them, with the action server of the first."""

    async def over(self, brains: list[Ours]) -> None:
        self.brains = brains
        self.client = BrainClient([brain.url for brain in brains], brains[0].secret, timeout=30)
        await self.client.start()

    async def take(self, conversation: str, identity: int, said: str) -> None:
        turn = self.turn(conversation, identity, said)
        await self.client.take(Turn(**turn))

    def cpu_seconds(self) -> float:
        return sum(brain.cpu_seconds() for brain in self.brains)


async def several(ours: Ours, identities: list[int], seconds: float) -> dict[str, Figures]:
    """32 customers on one brain, then on two that share the turn log, each conversation at home in one."""
    second = Ours("ours-2", ours.folder, ours.model, actions_port=ours.actions_port)
    await second.start()
    found: dict[str, Figures] = {}
    try:
        for name, brains in (("one", [ours]), ("two", [ours, second])):
            routed = Routed("routed", ours.folder, ours.model)
            await routed.over(brains)
            await load(routed, identities, 32, 2, f"warm-{name}")
            found[name] = await load(routed, identities, 32, seconds, f"brains-{name}")
            await routed.client.close()
    finally:
        await second.stop()
    return found
