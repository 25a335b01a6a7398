"""Is the server alive, and is it ready: two questions, two answers."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.conversations.brain import BrainClient
from bot.kit.db import Database
from bot.kit.errors import HuitoukeError


class Health:
    """`/healthz`: the process runs. `/readyz`: messages are answered. `/readyz/messages`: they are kept."""

    def __init__(self, database: Database, brain: BrainClient) -> None:
        self._database = database
        self._brain = brain

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/healthz", self.alive)
        app.router.add_get("/readyz", self.ready)
        app.router.add_get("/readyz/messages", self.keeps_messages)

    async def alive(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def ready(self, _request: web.Request) -> web.Response:
        """Ready means that customers are answered; what that needs is named, and whether it is there."""
        database, (brain, actions) = await asyncio.gather(self._database_answers(), self._brain.ready())
        return _told({"database": database, "brain": brain, "actions": actions})

    async def keeps_messages(self, _request: web.Request) -> web.Response:
        """For a balancer: without a brain messages wait for it, which is no reason to refuse them."""
        return _told({"database": await self._database_answers()})

    async def _database_answers(self) -> bool:
        try:
            await self._database.ping()
        except HuitoukeError:
            return False
        return True


def _told(parts: dict[str, bool]) -> web.Response:
    ready = all(parts.values())
    return web.json_response(
        {"status": "ready" if ready else "not ready", **parts}, status=200 if ready else 503
    )
