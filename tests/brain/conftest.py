"""The real model of this tree, in this process, with actions that answer as ours do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.brain.tensorflow_free import without_tensorflow

without_tensorflow()  # before anything of Rasa is imported

from bot.brain.agent import BrainAgent  # noqa: E402
from bot.brain.fingerprint import model_path  # noqa: E402
from bot.brain.quiet import quiet  # noqa: E402
from bot.brain.settings import ROOT, Settings  # noqa: E402
from bot.brain.tracker_store import BrainTrackerStore  # noqa: E402
from bot.brain.turn_log import TurnLog  # noqa: E402
from bot.brain.turns import TurnRequest  # noqa: E402
from tests.brain.actions import Actions  # noqa: E402

_numbers = count(1)

Answer = dict[str, Any]
Take = Callable[..., Awaitable[Answer]]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of this tree, trained if it is not there. A copy: a training meanwhile removes old ones."""
    archive = model_path()
    if not archive.exists():
        for module in ("bot.brain.nlu.build", "bot.brain.train"):
            subprocess.run([sys.executable, "-m", module], cwd=ROOT, check=True)
    return Path(shutil.copy(archive, tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="session")
def loaded(model: Path, tmp_path_factory: pytest.TempPathFactory) -> BrainAgent:
    """The agent, loaded once; `agent` gives it a store and actions of its own for a test."""
    quiet()
    folder = tmp_path_factory.mktemp("brain")
    return BrainAgent.open(model, settings(folder, "http://127.0.0.1:9/webhook"))


def settings(folder: Path, actions_url: str) -> Settings:
    return Settings(
        brain_secret="brain-secret",
        actions_secret="actions-secret",
        actions_url=actions_url,
        database_url=f"sqlite:///{folder / 'brain.db'}",
    )


@pytest.fixture
def log(tmp_path: Path) -> Iterator[TurnLog]:
    log = TurnLog.open(f"sqlite:///{tmp_path / 'brain.db'}")
    yield log
    log.close()


@pytest.fixture
async def actions() -> AsyncIterator[Actions]:
    actions = Actions(secret="actions-secret")
    await actions.start()
    yield actions
    await actions.stop()


@pytest.fixture
async def agent(loaded: BrainAgent, log: TurnLog, actions: Actions) -> AsyncIterator[BrainAgent]:
    use_store(loaded, BrainTrackerStore(log=log))
    loaded.action_endpoint.url = actions.url
    yield loaded
    await loaded.action_endpoint.close()


def use_store(agent: BrainAgent, store: BrainTrackerStore) -> None:
    """As after a restart on the same database, if `store` is over the same log."""
    assert agent.processor is not None
    store.domain = agent.processor.domain
    agent.tracker_store = agent.processor.tracker_store = store


@pytest.fixture
def take(agent: BrainAgent) -> Take:
    """Takes a turn: `await take("c-1", "你好")`, or "/greet" for a pressed button."""

    async def take(conversation: str, said: str, message_id: str | None = None, **metadata: Any) -> Answer:
        assert agent.processor is not None
        request = TurnRequest(
            message_id=message_id or f"m-{next(_numbers)}",
            conversation=conversation,
            text=None if said.startswith("/") else said,
            intent=said[1:] if said.startswith("/") else None,
            metadata={"identity": 1, "channel": "web", "time_zone": "Asia/Shanghai", **metadata},
        )
        return orjson.loads(await agent.processor.run_turn(request))

    return take


def texts(answer: Answer) -> list[str]:
    return [message["text"] for message in answer["messages"]]
