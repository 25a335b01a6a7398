"""Where the time of a turn goes, as a picture: the same model under Rasa as it comes, and under our brain.

`bot/brain/.venv/bin/python -m bot.brain.profiling` writes docs/images/brain-profile.png, prints the figures.
Turns need no action server; time is the process's CPU time, so that a busy machine blurs it less.
"""

from __future__ import annotations

import asyncio
import cProfile
import pstats
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bot.brain.tensorflow_free import without_tensorflow

without_tensorflow()

from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage  # noqa: E402

from bot.brain.agent import BrainAgent  # noqa: E402
from bot.brain.fingerprint import model_path  # noqa: E402
from bot.brain.quiet import quiet  # noqa: E402
from bot.brain.settings import Settings  # noqa: E402
from bot.brain.turns import TurnRequest  # noqa: E402

SAID = ("你好", "谢谢", "你能做什么", "你是机器人吗", "再见")
METADATA = {"identity": 1, "channel": "web", "time_zone": "Asia/Shanghai", "now": "2026-11-22T08:00:00Z"}
PARTS = {
    "understanding": ("/bot/brain/nlu/", "/rasa/nlu/", "/spacy/", "/jieba/", "/regex/", "/scipy/", "/thinc/"),
    "graph": ("/dask/", "/rasa/engine/", "/bot/brain/runner"),
    "policies and states": (
        "/rasa/core/policies",
        "/bot/brain/policies",
        "/rasa/shared/core/domain",
        "/rasa/core/featurizers",
        "/bot/brain/window/states",
        "/json/",
    ),
    "tracker and events": ("/rasa/shared/core/", "/bot/brain/window", "/copy.py", "/abc.py", "/dataclasses"),
    "store": ("/tracker_store", "/turn_log", "/sqlalchemy/", "/jsonpickle/"),
    "actions and wording": (
        "/rasa/core/actions",
        "/rasa/core/nlg",
        "/bot/brain/responses",
        "/rasa/core/channels",
    ),
    "logging": ("/structlog/", "/logging/"),
}


def part_of(file: str) -> str:
    for part, marks in PARTS.items():
        if any(mark in file for mark in marks):
            return part
    return "the rest"


def spent(profile: cProfile.Profile, turns: int) -> dict[str, float]:
    """Milliseconds per turn by part. What is built in counts for who called it."""
    parts: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if file == "~" and callers:
            for (caller, _, _), figures in callers.items():
                parts[part_of(caller)] += figures[2]
        else:
            parts[part_of(file)] += own
    return {part: seconds / turns * 1000 for part, seconds in parts.items()}


async def profiled(take: Any, turns: int) -> tuple[dict[str, float], float]:
    """The parts of a turn, scaled to its cost without the profiler, and that cost, in CPU ms."""
    for number in range(20):
        await take(number)
    began = time.process_time()
    for number in range(turns):
        await take(number + 100)
    cost = (time.process_time() - began) / turns * 1000
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for number in range(turns):
        await take(number + 100_000)
    profile.disable()
    parts = spent(profile, turns)
    total = sum(parts.values())
    return {part: value / total * cost for part, value in parts.items()}, cost


async def stock(model: Path, turns: int) -> tuple[dict[str, float], float]:
    agent = Agent.load(str(model))

    async def take(number: int) -> None:
        channel = CollectingOutputChannel()
        said = SAID[number % len(SAID)]
        await agent.handle_message(UserMessage(said, channel, f"c-{number % 8}", metadata=METADATA))

    return await profiled(take, turns)


async def lean(model: Path, turns: int) -> tuple[dict[str, float], float]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings("x", "", "http://127.0.0.1:9/webhook", f"sqlite:///{folder}/brain.db")
        agent = BrainAgent.open(model, settings)

        async def take(number: int) -> None:
            assert agent.processor is not None
            said = SAID[number % len(SAID)]
            request = TurnRequest(f"m-{number}", f"c-{number % 8}", said, metadata=dict(METADATA))
            await agent.processor.run_turn(request)

        return await profiled(take, turns)


def draw(before: tuple[dict[str, float], float], after: tuple[dict[str, float], float], target: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    parts = [*PARTS, "the rest"]
    figure, axes = plt.subplots(2, 1, figsize=(10, 4.2))
    for axis, (name, (found, cost)) in zip(
        axes, (("Rasa as it comes", before), ("our brain", after)), strict=True
    ):
        left = 0.0
        for part in parts:
            axis.barh([name], [found.get(part, 0.0)], left=left, label=part)
            left += found.get(part, 0.0)
        axis.set_title(f"{name}: {cost:.2f} ms of CPU per turn, the same model", loc="left", fontsize=10)
        axis.set_yticks([])
        axis.set_xlabel("ms")
    axes[0].legend(ncol=4, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.35))
    figure.tight_layout()
    figure.savefig(target, dpi=110)


def main() -> None:
    quiet()
    model = Path(sys.argv[1]) if len(sys.argv) > 1 else model_path()
    # Rasa first: the brain's overrides stay for the rest of the process.
    before = asyncio.run(stock(model, 120))
    after = asyncio.run(lean(model, 600))
    for name, (parts, cost) in (("Rasa as it comes", before), ("our brain", after)):
        print(f"{name}: {cost:.2f} ms", {part: round(value, 3) for part, value in parts.items()})
    draw(before, after, Path("docs/images/brain-profile.png"))


if __name__ == "__main__":
    main()
