"""A background loop that does what is due: at once when it is woken, else now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.kit.errors import Unavailable
from bot.kit.tasks import TaskGroup, set_within

log = structlog.get_logger(__name__)


class DueLoop:
    """Calls `work`, which says how much it did, until there is nothing; then waits `seconds` or for `wake`.

    What stands in a table is not lost when a call fails: the database out of reach is only waited for.
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[int]], seconds: float) -> None:
        self._name = name
        self._work = work
        self._seconds = seconds
        self._wake = asyncio.Event()
        self._tasks = TaskGroup(name)

    def start(self) -> None:
        self._tasks.spawn(self._run(), "run")

    async def close(self) -> None:
        await self._tasks.close()

    def wake(self) -> None:
        """Something is due just now."""
        self._wake.set()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                done = await self._work()
            except Unavailable as error:
                log.warning("due_waits", what=self._name, error=error.message)
                done = 0
            if done == 0:
                await set_within(self._wake, self._seconds)
