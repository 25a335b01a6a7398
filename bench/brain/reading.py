"""What a model reads real utterances as. Runs in the brain's environment; prints its scores as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from rasa.core.agent import Agent  # pyright: ignore[reportMissingImports]

from bot.brain.quiet import quiet
from tools.evaluation.scores import score
from tools.evaluation.utterances import label_map, rows


async def main(model: str, file: Path) -> None:
    quiet()
    agent, labels, measured = Agent.load(model), label_map(), rows(file)
    read: list[str] = []
    for row in measured:
        intent = (await agent.parse_message(row.text))["intent"]["name"] or "nlu_fallback"
        read.append(labels.get(intent, "out_of_scope" if intent == "nlu_fallback" else intent))
    print(json.dumps({"rows": len(measured), **asdict(score(measured, read))}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
