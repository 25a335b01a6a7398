"""Two planners and three senders at once, over PostgreSQL and Redis, each killed at another step."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import select

from bot.care import jobs as jobs_module
from bot.care.handing import Handing, Hands
from bot.care.jobs import Jobs
from bot.care.models import DecisionMade, Occurrence
from bot.care.planning import Planner
from bot.care.sending import Sender
from bot.kit.clock import FakeClock
from bot.kit.db import Database
from bot.store.dates import end_of_day
from bot.store.points.service import earn
from tests.care.house import House
from tests.store.builders import note
from tests.store.conftest import NOW
from tests.store.postgres import Server

CUSTOMERS = 60
STEPS: dict[str, tuple[type, str, bool]] = {
    "planned, not committed": (Planner, "_insert", True),
    "taken": (Sender, "_take", True),
    "true, not decided": (Sender, "_fresh", True),
    "said, not committed": (Handing, "_say", True),
    "committed, nobody told": (Hands, "committed", False),
}
"""Where a process dies: at the end of this method, or before it."""

FORK = multiprocessing.get_context("fork")


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of the test's own, on a socket."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis is not installed here: apt-get install redis-server runs this test too.")
    place = tmp_path / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", str(place), "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        client = redis.Redis(unix_socket_path=str(place))
        _until(lambda: place.exists() and bool(client.ping()), 10)
        yield f"unix://{place}"
    finally:
        process.terminate()
        process.wait()


def test_nothing_twice_and_nothing_lost_whoever_is_killed(postgres: Server, redis_url: str) -> None:
    """Each occurrence is said exactly once, whichever step a process dies at."""
    postgres.execute("CREATE DATABASE race TEMPLATE template_huitouke")
    url = postgres.url("race")
    try:
        asyncio.run(_found(url))
        planner, *senders = STEPS
        _until_killed([_start(url, redis_url, "plan", planner)])
        living = [_start(url, redis_url, "plan", None) for _ in range(2)]
        _until_killed([_start(url, redis_url, "send", step) for step in senders])
        living += [_start(url, redis_url, "send", None) for _ in range(3)]
        try:
            _until(lambda: asyncio.run(_said(url)) >= 2 * CUSTOMERS, 60)
            time.sleep(0.5)  # would anybody say more?
            assert all(process.is_alive() for process in living)
        finally:
            for process in living:
                process.kill()
                process.join()
        asyncio.run(_check(url))
    finally:
        postgres.execute("DROP DATABASE race WITH (FORCE)")


def _start(url: str, redis_url: str, role: str, dies_at: str | None) -> Any:
    process = FORK.Process(target=_work, args=(url, redis_url, role, dies_at), daemon=True)
    process.start()
    return process


def _until_killed(doomed: list[Any]) -> None:
    _until(lambda: all(process.exitcode == -signal.SIGKILL for process in doomed), 60)


def _work(url: str, redis_url: str, role: str, dies_at: str | None) -> None:
    if dies_at is not None:
        _doom(*STEPS[dies_at])
    asyncio.run(_serve(url, redis_url, role, jobs=dies_at is None and role == "send"))


async def _serve(url: str, redis_url: str, role: str, *, jobs: bool) -> None:
    """The role in a loop; with `jobs`, everything that comes over Redis beside it."""
    jobs_module.SCHEDULES.update(dict.fromkeys(jobs_module.SCHEDULES, 1))
    house = House(Database(url, pool_size=3), FakeClock(NOW))
    if jobs:
        await Jobs(house.care, redis_url).start()
    while True:
        await (house.care.planner.plan(full=True) if role == "plan" else house.care.sender.send_due())
        await asyncio.sleep(0.01)


def _doom(owner: type, name: str, after: bool) -> None:
    """Let this process kill itself in a method, once it has really done something there."""
    real = getattr(owner, name)

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    async def dying(*args: Any, **kwargs: Any) -> Any:
        result = await real(*args, **kwargs)
        if result:
            die()
        return result

    def dead(self: Any, handing: Handing) -> None:
        if handing.said:
            die()
        real(self, handing)

    setattr(owner, name, dying if after else dead)


async def _found(url: str) -> None:
    """Customers with two lots each: four messages of one kind never fit into one day's caps."""
    house = House(Database(url), FakeClock(NOW))
    for place in range(CUSTOMERS):
        who = await house.customer(f"顾客{place}")
        async with house.database.write() as session:
            for days in (5, 20):
                ends = end_of_day((NOW + timedelta(days=days)).date(), "Asia/Shanghai")
                await earn(session, who, 100 + days, note(), ends)
    await house.database.close()


async def _said(url: str) -> int:
    house = House(Database(url), FakeClock(NOW))
    try:
        return len(await house.sent())
    finally:
        await house.database.close()


async def _check(url: str) -> None:
    house = House(Database(url), FakeClock(NOW))
    try:
        sent = await house.sent()
        async with house.database.read() as session:
            rows = list(await session.scalars(select(Occurrence)))
            decided = Counter(await session.scalars(select(DecisionMade.occurrence_id)))
    finally:
        await house.database.close()
    said = Counter((m.conversation_id, m.content["entities"]["occurrence"]) for m in sent)
    assert len(said) == 2 * CUSTOMERS
    assert set(said.values()) == {1}
    assert [row.state for row in rows] == ["sent"] * 2 * CUSTOMERS
    assert set(decided.values()) == {1}
    assert {row.id for row in rows} == {m.content["entities"]["care_id"] for m in sent}


def _until(true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"It did not come true within {seconds:g} s.")
        time.sleep(0.1)
