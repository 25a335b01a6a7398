"""Background tasks end when they are told to."""

from __future__ import annotations

import asyncio

import pytest

from bot.kit import tasks
from bot.kit.tasks import TaskGroup, set_within


@pytest.mark.parametrize("steps", range(5))
async def test_a_loop_that_is_told_to_end_as_news_comes_ends(steps: int) -> None:
    """However many steps of the event loop lie between the news and the cancellation."""
    news = asyncio.Event()

    async def run() -> None:
        while True:
            await set_within(news, 60)
            news.clear()

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    news.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=1)
    assert done
    assert task.cancelled()


async def test_what_does_not_come_in_time_is_not_waited_for() -> None:
    """The answer says that nothing came."""
    assert await set_within(asyncio.Event(), 0.01) is False


async def test_a_task_that_loses_one_cancellation_still_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that swallows a cancellation does not keep the server from stopping."""
    monkeypatch.setattr(tasks, "CANCEL_AGAIN_SECONDS", 0.01)
    group = TaskGroup("test")

    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)

    group.spawn(stubborn(), "stubborn")
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await group.close()
    assert len(group) == 0
