"""Who is here: agents with an open socket, and who looks at which conversation (in this process)."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import structlog

from bot.desk.agents.service import touch_presence
from bot.desk.office import Office
from bot.kit.errors import HuitoukeError
from bot.kit.ids import AgentId, ConversationId
from bot.kit.tasks import TaskGroup

log = structlog.get_logger(__name__)

BEAT_SECONDS: Final = 15.0

Mode = Literal["owner", "viewing", "listening"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """An agent with a conversation open. `mode` says why they may look."""

    id: AgentId
    name: str
    mode: Mode

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "mode": self.mode}


class Presence:
    """Writes down who is here every `BEAT_SECONDS`, and tells viewers of each other."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._here: Counter[AgentId] = Counter()
        self._viewers: dict[ConversationId, Counter[Viewer]] = defaultdict(Counter)
        self._listeners: dict[ConversationId, list[Callable[[], None]]] = defaultdict(list)
        self._tasks = TaskGroup("presence")

    def start(self) -> None:
        self._tasks.spawn(self._beat(), "beat")

    async def close(self) -> None:
        await self._tasks.close()

    async def arrive(self, agent: AgentId) -> None:
        """A socket of this agent opened."""
        self._here[agent] += 1
        await self._touch([agent])
        self._office.changed()

    def leave(self, agent: AgentId) -> None:
        """A socket of theirs closed; they are gone once nothing was heard of them for a while."""
        self._here[agent] -= 1
        if self._here[agent] <= 0:
            del self._here[agent]

    def view(self, conversation: ConversationId, viewer: Viewer, changed: Callable[[], None]) -> None:
        """Somebody opened a conversation; `changed` is called when its viewers change."""
        self._listeners[conversation].append(changed)
        self._viewers[conversation][viewer] += 1
        self._tell(conversation)

    def unview(self, conversation: ConversationId, viewer: Viewer, changed: Callable[[], None]) -> None:
        """They closed it."""
        listeners = self._listeners.get(conversation, [])
        if changed in listeners:
            listeners.remove(changed)
        viewers = self._viewers.get(conversation)
        if viewers is not None:
            viewers[viewer] -= 1
            if viewers[viewer] <= 0:
                del viewers[viewer]
            if not viewers:
                del self._viewers[conversation]
        if not listeners:
            self._listeners.pop(conversation, None)
        self._tell(conversation)

    def viewers(self, conversation: ConversationId) -> list[Viewer]:
        """Who has the conversation open, each once."""
        return sorted(self._viewers.get(conversation, ()), key=lambda viewer: viewer.name)

    def _tell(self, conversation: ConversationId) -> None:
        for changed in tuple(self._listeners.get(conversation, ())):
            changed()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if self._here:
                await self._touch(list(self._here))

    async def _touch(self, agents: list[AgentId]) -> None:
        try:
            async with self._office.database.write() as session:
                await touch_presence(session, agents, self._office.clock())
        except HuitoukeError as error:
            log.warning("presence_not_written", error=error.message)
