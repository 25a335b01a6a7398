"""The real house for tests: the real supervisor and its three processes, on free ports, in a new folder."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.kit.settings import Settings
from bot.supervisor import Supervisor, Voice, house
from tools.ports import free_ports


@dataclass(frozen=True)
class DemoCustomer:
    """A customer of the demo company, as the shop page offers them."""

    name: str
    phone: str
    member_number: str
    tier: str
    note: str


class House:
    """The running house."""

    def __init__(self, settings: Settings, supervisor: Supervisor) -> None:
        self.settings = settings
        self.supervisor = supervisor
        self.url = f"http://127.0.0.1:{settings.port}"

    @asynccontextmanager
    async def down(self, name: str) -> AsyncGenerator[None]:
        """The part `name` is dead for the length of the block, and ready again after it."""
        await self.supervisor.hold(name)
        try:
            yield
        finally:
            await self.supervisor.release(name)

    async def customers(self) -> list[DemoCustomer]:
        """Whom the shop page offers to play."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/api/demo/customers") as answer:
            return [DemoCustomer(**row) for row in await answer.json()]

    async def newest_code(self, phone: str) -> str:
        """The newest one-time code that was sent to `phone`; waits for it a few seconds."""
        async with aiohttp.ClientSession() as http:
            for _ in range(50):
                async with http.get(f"{self.url}/api/demo/sms") as answer:
                    for sms in (await answer.json())["messages"]:
                        to_us = (sms["to"][:3], sms["to"][-4:]) == (phone[:3], phone[-4:])
                        if to_us and (found := re.search(r"\b\d{6}\b", sms["text"])):
                            return found.group()
                await asyncio.sleep(0.1)
        raise AssertionError(f"No code was sent to {phone}.")


@asynccontextmanager
async def running_house(folder: Path, **overrides: Any) -> AsyncGenerator[House]:
    """Start everything with its data in `folder`; stop everything at the end. `overrides` are settings."""
    server, actions, brain = free_ports(3)
    settings = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue] - a developer's own .env is not tested here
        data_dir=folder,
        host="127.0.0.1",
        port=server,
        actions_port=actions,
        brain_port=brain,
        demo=True,
        **overrides,
    )
    supervisor = house(settings, Voice(settings.log_format))
    await supervisor.start()
    try:
        yield House(settings, supervisor)
    finally:
        await supervisor.stop()
