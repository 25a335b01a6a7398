"""The jobs run by themselves: in this process, and over Redis."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import redis.asyncio

from bot.care import jobs as jobs_module
from bot.care.jobs import Jobs
from tests.care.house import House
from tests.care.test_care import with_points
from tests.care.test_race import redis_url

__all__ = ["redis_url"]


@pytest.mark.parametrize("over", ["memory", "redis"])
async def test_what_is_due_goes_out_by_itself(
    house: House, over: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody calls anything: the schedule plans, and the next job sends."""
    monkeypatch.setattr(jobs_module, "SCHEDULES", dict.fromkeys(jobs_module.SCHEDULES, 1))
    who = await with_points(house)
    jobs = Jobs(house.care, request.getfixturevalue("redis_url") if over == "redis" else "")
    await jobs.start()
    try:
        async with asyncio.timeout(60):
            while not await house.sent(who):
                await asyncio.sleep(0.1)
    finally:
        await jobs.close()
    assert await house.triggers_sent(who) == ["points_expiring"]


async def test_a_redis_that_comes_back_empty_is_taken_up_again(
    house: House, redis_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stream and group are forgotten under two workers: both go on, without a flood of words."""
    monkeypatch.setattr(jobs_module, "SCHEDULES", dict.fromkeys(jobs_module.SCHEDULES, 1))
    both = [Jobs(house.care, redis_url) for _ in range(2)]
    for jobs in both:
        await jobs.start()
    try:
        async with redis.asyncio.from_url(redis_url) as client:
            await asyncio.sleep(2)
            await client.flushall()
            await asyncio.sleep(4)
            groups = await client.xinfo_groups(jobs_module.QUEUE)
            assert groups[0]["consumers"] == 2
        who = await with_points(house)
        async with asyncio.timeout(60):
            while not await house.sent(who):
                await asyncio.sleep(0.1)
    finally:
        for jobs in both:
            await jobs.close()
    said = "".join(capsys.readouterr())
    assert "Traceback" not in said
    assert said.count("redis_gone") <= 6
