"""`python -m tools.peers.rasa_peer TOKENIZER EPOCHS given.json answer.json`: Rasa's default as a peer."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from ruamel.yaml import YAML

PIPELINE = [
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]


def main(tokenizer: str, epochs: str, given_path: str, answer_path: str) -> None:
    given = json.loads(Path(given_path).read_text("utf-8"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # WhitespaceTokenizer refuses zh, so the default pipeline is told another language.
        language = "en" if tokenizer == "WhitespaceTokenizer" else "zh"
        config = {"recipe": "default.v1", "assistant_id": "peer", "language": language}
        diet = {"name": "DIETClassifier", "epochs": int(epochs), "constrain_similarities": True}
        pipeline = [{"name": tokenizer}, *PIPELINE, diet]
        _write(folder / "config.yml", {**config, "pipeline": pipeline, "policies": []})
        _write(folder / "nlu.yml", {"version": "3.1", "nlu": _examples(given["train"])})
        started = time.perf_counter()
        model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
        seconds = time.perf_counter() - started
        intents, each = asyncio.run(_read(Agent.load(str(model)), given["texts"]))
    answer = {"intents": intents, "train_seconds": seconds, "text_ms": each}
    Path(answer_path).write_text(json.dumps(answer, ensure_ascii=False), "utf-8")


def _write(path: Path, content: object) -> None:
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(content, file)


def _examples(train: list[list[str]]) -> list[dict[str, str]]:
    by_intent: dict[str, list[str]] = {}
    for text, intent in train:
        by_intent.setdefault(intent, []).append(text)
    return [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in by_intent.items()
    ]


async def _read(agent: Agent, texts: list[str]) -> tuple[list[str], float]:
    started = time.perf_counter()
    read = [(await agent.parse_message(text))["intent"]["name"] or "" for text in texts]
    return read, (time.perf_counter() - started) / max(len(texts), 1) * 1000


if __name__ == "__main__":
    main(*sys.argv[1:])
