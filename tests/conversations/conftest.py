"""A house for conversations: a real database and everything but the brain, which here does as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.conversations import turns as turns_module
from bot.conversations.brain import Answer, BrainUnavailable, Turn
from bot.conversations.hub import Hub
from bot.conversations.service import ConversationService
from bot.conversations.turns import Parked, Turns
from bot.kit.clock import Clock, system_now
from bot.kit.db import Database
from bot.kit.ids import ConversationId
from bot.messages import (
    ChannelUser,
    Content,
    InboundMessage,
    LoggedMessage,
    MessagesAdded,
    OpenConversation,
    Visitor,
)
from bot.migrations.models import all_tables


@dataclass
class ObedientBrain:
    """Answers "echo: …" unless told otherwise; remembers what it was asked."""

    turns: list[Turn] = field(default_factory=list)
    behave: Callable[[Turn], Answer] | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    up: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()
        self.up.set()

    async def take(self, turn: Turn) -> Answer:
        if not self.up.is_set():
            raise BrainUnavailable("down")
        self.turns.append(turn)
        await self.gate.wait()
        if self.behave is not None:
            return self.behave(turn)
        said = turn.text if turn.intent is None else f"/{turn.intent}"
        return Answer((Content(f"echo: {said}"),), {"intent": {"name": "x", "confidence": 1.0}}, ())

    async def wait_ready(self) -> None:
        await self.up.wait()


@dataclass
class House:
    """The parts under test, and what a listener heard."""

    database: Database
    brain: ObedientBrain
    hub: Hub
    turns: Turns
    service: ConversationService
    heard: list[LoggedMessage] = field(default_factory=list)

    async def open(self, user: str = "visitor:1") -> ConversationId:
        opened: OpenConversation = await self.service.open(Visitor("web", "default", ChannelUser(user)))

        def hear(event: object) -> None:
            if isinstance(event, MessagesAdded):
                self.heard.extend(event.messages)

        self.service.subscribe(opened.conversation, hear)
        return opened.conversation

    async def say(self, conversation: ConversationId, text: str, id_: str, user: str = "visitor:1") -> int:
        message = InboundMessage("web", "default", ChannelUser(user), id_, text=text)
        return (await self.service.receive(message, conversation)).seq

    async def texts(self, conversation: ConversationId) -> list[str]:
        return [logged.content.text for logged in await self.service.since(conversation, 0)]

    async def until(self, conversation: ConversationId, count: int, seconds: float = 30.0) -> list[str]:
        """The log's texts once it holds `count` messages."""
        async with asyncio.timeout(seconds):
            while len(texts := await self.texts(conversation)) < count:
                await asyncio.sleep(0.01)
        return texts

    async def close(self) -> None:
        await self.turns.close()
        await self.hub.close()


async def make_house(
    database: Database,
    clock: Clock = system_now,
    turns_class: type[Turns] = Turns,
    parked: Parked | None = None,
) -> House:
    brain = ObedientBrain()
    hub = Hub(database)
    turns = turns_class(database, brain, hub, clock, honest_after_seconds=0.3, parked=parked)
    service = ConversationService(database, turns, hub, clock, max_text=2000)
    return House(database, brain, hub, turns, service)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries in hundredths of a second: the tests wait for outcomes, not for clocks."""
    monkeypatch.setattr(turns_module, "RETRY_SECONDS", (0.02, 0.02, 0.05))
    monkeypatch.setattr(turns_module, "GRACE_SECONDS", 0.05)
    monkeypatch.setattr(turns_module, "SWEEP_SECONDS", 0.05)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    async with made.engine.begin() as connection:
        await connection.run_sync(all_tables().create_all)
    yield made
    await made.close()


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    made = await make_house(database)
    made.hub.start()
    made.turns.start()
    yield made
    await made.close()
