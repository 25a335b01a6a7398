"""The jobs run by themselves: in this process, and over Redis."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

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
