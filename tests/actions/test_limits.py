"""The action server: one action cannot keep the others waiting, nor work for nobody."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from actions import host
from bot.kit.settings import Settings
from bot.migrations import upgrade

SLOW = re.compile(r"(先|都|先都)*$")
SECRET = "actions-secret-for-tests"
DONE: list[str] = []


async def hangs(_dispatcher: Any, _tracker: Any, _domain: Any) -> list[Any]:
    SLOW.match("先都" * 40 + "x")
    return []


async def waits(_dispatcher: Any, _tracker: Any, _domain: Any) -> list[Any]:
    await asyncio.sleep(60)
    DONE.append("waited")
    return []


async def quick(_dispatcher: Any, _tracker: Any, _domain: Any) -> list[Any]:
    DONE.append("quick")
    return []


@pytest.fixture
async def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TestClient[Any, Any]]:
    monkeypatch.setattr(host, "STEP_SECONDS", 0.2)
    monkeypatch.setattr(host, "ACTION_SECONDS", 1.0)
    settings = Settings(data_dir=tmp_path, actions_secret=SECRET)  # pyright: ignore[reportArgumentType]
    upgrade(settings.database)
    app = host.make_app(settings)
    for action in (hangs, waits, quick):
        app[host.EXECUTOR].register_function(f"action_{action.__name__}", action)
    DONE.clear()
    async with TestClient(TestServer(app)) as client:
        yield client


async def call(client: TestClient[Any, Any], name: str, **headers: str) -> int:
    tracker = {"sender_id": "c", "slots": {}, "events": [], "latest_message": {}, "active_loop": {}}
    body = {"next_action": name, "sender_id": "c", "tracker": tracker, "domain": {}}
    headers |= {"Authorization": f"Bearer {SECRET}"}
    async with client.post("/webhook", json=body, headers=headers) as answer:
        return answer.status


async def test_an_action_that_hangs_is_interrupted_and_the_others_are_served(
    client: TestClient[Any, Any],
) -> None:
    """The hanging one fails alone."""
    hanging = asyncio.create_task(call(client, "action_hangs"))
    assert await call(client, "action_quick") == 200
    assert await hanging == 422
    async with client.get("/health") as answer:
        assert answer.status == 200


async def test_an_action_that_waits_too_long_is_cancelled(client: TestClient[Any, Any]) -> None:
    """It does not go on behind the brain's back."""
    assert await call(client, "action_waits") == 504
    assert DONE == []


async def test_nothing_is_done_for_who_waits_no_more(client: TestClient[Any, Any]) -> None:
    """A turn whose time has passed is dropped before it begins, and one that runs out of time ends then."""
    assert await call(client, "action_quick", **{host.DEADLINE: f"{time.time() - 1:.3f}"}) == 503
    assert DONE == []
    assert await call(client, "action_waits", **{host.DEADLINE: f"{time.time() + 0.2:.3f}"}) == 504


@pytest.mark.parametrize("body", [b"[" * 100_000, b"[]", b"no json"])
async def test_what_is_no_call_is_refused(client: TestClient[Any, Any], body: bytes) -> None:
    """However deep it is nested."""
    headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
    async with client.post("/webhook", data=body, headers=headers) as answer:
        assert answer.status == 422
