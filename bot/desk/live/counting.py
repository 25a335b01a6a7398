"""Counts for agents' screens: who wants them new at the same time is told out of one read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from bot.desk.office import Office
from bot.desk.tickets.lists import counts_of
from bot.kit.errors import HuitoukeError
from bot.kit.ids import AgentId
from bot.kit.tasks import TaskGroup, set_within

log = structlog.get_logger(__name__)

COUNT_SECONDS: Final = 0.3
IDLE_SECONDS: Final = 60.0

Tell = Callable[[dict[str, int]], None]


class Counting:
    """Counts a moment after the first who wants it, so that a burst of changes is counted once."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._wanted: dict[Tell, AgentId] = {}
        self._news = asyncio.Event()
        self._tasks = TaskGroup("counting")

    def start(self) -> None:
        self._tasks.spawn(self._run(), "run")

    async def close(self) -> None:
        await self._tasks.close()

    def soon(self, agent: AgentId, tell: Tell) -> None:
        """Call `tell` with the agent's counts in a moment, once however often it is asked until then."""
        self._wanted[tell] = agent
        self._news.set()

    def forget(self, tell: Tell) -> None:
        """Whoever asked is gone."""
        self._wanted.pop(tell, None)

    async def _run(self) -> None:
        while True:
            await set_within(self._news, IDLE_SECONDS)
            await asyncio.sleep(COUNT_SECONDS)
            self._news.clear()
            wanted, self._wanted = self._wanted, {}
            if not wanted:
                continue
            try:
                async with self._office.database.read() as session:
                    counted = await counts_of(session, set(wanted.values()))
            except HuitoukeError as error:
                log.warning("counting_waits", error=error.message)
                self._wanted = wanted | self._wanted
                self._news.set()
                continue
            for tell, agent in wanted.items():
                tell(counted[agent])
