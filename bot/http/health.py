"""Is the server alive, and is it ready: two questions, two answers."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.conversations.brain import BrainClient
from bot.kit.db import Database
from bot.kit.errors import HuitoukeError


class Health:
    """`/healthz`: the process runs. `/readyz`: it can take messages; what else fails is named."""

    def __init__(self, database: Database, brain: BrainClient) -> None:
        self._database = database
        self._brain = brain

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/healthz", self.alive)
        app.router.add_get("/readyz", self.ready)

    async def alive(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def ready(self, _request: web.Request) -> web.Response:
        """Ready means messages are kept. Without a brain they wait, which is no reason to refuse them."""
        database, brain = await asyncio.gather(self._database_answers(), self._brain.any_healthy())
        return web.json_response(
            {"status": "ready" if database else "not ready", "database": database, "brain": brain},
            status=200 if database else 503,
        )

    async def _database_answers(self) -> bool:
        try:
            await self._database.ping()
        except HuitoukeError:
            return False
        return True
