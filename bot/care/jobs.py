"""The background work of care and of the books, and when it is done: all schedules are in `SCHEDULES`.

Taskiq runs it: in the server by default, over Redis in production (`HUITOUKE_REDIS_URL`, `huitouke worker`).
Every job looks at the database for what there is to do, so it may come twice, late, or not at all: the next
one does the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import structlog
from taskiq import AsyncBroker, InMemoryBroker, TaskiqScheduler
from taskiq.api import run_receiver_task, run_scheduler_task
from taskiq.schedule_sources import LabelScheduleSource

from bot.care.care import Care
from bot.kit.errors import HuitoukeError
from bot.kit.tasks import TaskGroup

log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[Any]]

SCHEDULES: Final[dict[str, int]] = {
    "care:plan": 60,
    "care:send": 5,
    "care:follow": 120,
    "books:expire": 60,
    "books:earn": 60,
}
"""Job → every so many seconds."""

QUEUE: Final = "huitouke"
MOST_WAITING: Final = 1_000
"""Jobs that nobody takes are dropped beyond this: they would all do the same."""
TAKEN_OVER_AFTER: Final = timedelta(minutes=1)
"""A job whose worker died is given to another after so long."""
AT_ONCE: Final = 4


class Jobs:
    """Runs the jobs in this process; over Redis, several processes share them."""

    def __init__(self, care: Care, redis_url: str = "", more: Mapping[str, Work] | None = None) -> None:
        """`more`: the work of jobs in `SCHEDULES` that are not care's."""
        self._redis = bool(redis_url)
        self.broker: AsyncBroker = self._broker(redis_url)
        work: dict[str, Work] = {
            "care:plan": care.plan,
            "care:send": care.send,
            "care:follow": care.follow,
            **(more or {}),
        }
        for name, job in work.items():
            self.broker.register_task(
                self._guarded(name, job), task_name=name, schedule=[{"interval": SCHEDULES[name]}]
            )
        self._scheduler = TaskiqScheduler(self.broker, [LabelScheduleSource(self.broker)])
        self._tasks = TaskGroup("care")
        self._running: set[asyncio.Task[Any]] = set()

    async def start(self, *, schedule: bool = True, after: float = 0.0) -> None:
        """Take jobs; with `schedule` also give them out, the first ones `after` so many seconds.

        One process that gives them out is enough, two do no harm.
        """
        self.broker.is_worker_process = True
        await self.broker.startup()
        if self._redis:
            receiving = run_receiver_task(self.broker, max_async_tasks=AT_ONCE)
            self._tasks.spawn(receiving, "receive")
        if schedule:
            self._tasks.spawn(self._give_out(after), "schedule")

    async def close(self) -> None:
        """Stop. What is under way is cancelled: its transaction is rolled back, and done again later."""
        await self._tasks.close()
        running = set(self._running)
        for job in running:
            job.cancel()
        if running:
            await asyncio.wait(running)
        await self.broker.shutdown()

    async def _give_out(self, after: float) -> None:
        await asyncio.sleep(after)
        await run_scheduler_task(self._scheduler)

    def _broker(self, redis_url: str) -> AsyncBroker:
        if not redis_url:
            return InMemoryBroker(max_async_tasks=AT_ONCE, await_inplace=False)
        from bot.care.stream import Stream

        idle = int(TAKEN_OVER_AFTER / timedelta(milliseconds=1))
        return Stream(
            redis_url, queue_name=QUEUE, consumer_group_name=QUEUE, maxlen=MOST_WAITING, idle_timeout=idle
        )

    def _guarded(self, name: str, work: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[None]]:
        """A job whose failure is logged and waits for the next time; `close` ends it without a word."""

        async def job() -> None:
            running = asyncio.current_task()
            assert running is not None
            self._running.add(running)
            try:
                await work()
            except asyncio.CancelledError:
                log.info("job_stopped", job=name)
            except HuitoukeError as error:
                log.warning("job_waits", job=name, error=error.message)
            except Exception:
                log.exception("job_failed", job=name)
            finally:
                self._running.discard(running)

        return job
