"""A whole server on a real socket, with a brain that echoes over the real protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, web
from aiohttp.test_utils import TestServer

from bot.kit.settings import Settings
from bot.migrations import upgrade
from bot.server import make_app

SECRET = "brain-secret-for-tests"


@dataclass
class EchoBrain:
    """Speaks docs/protocols/brain.md: answers a text with itself, an intent with its name; behind a gate."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhooks/brain/turn", self.turn)
        app.router.add_get("/webhooks/brain/health", self.health)
        return app

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ready", "model": "echo"})

    async def turn(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return web.json_response({"error": {"code": "unauthorized", "message": ""}}, status=401)
        call = await request.json()
        self.asked.append(call)
        await self.gate.wait()
        said = call.get("text") or f"/{call['intent']}"
        reply = {"title": "查积分", "intent": "ask_points", "entities": {}}
        return web.json_response(
            {
                "messages": [{"type": "text", "text": f"echo: {said}", "quick_replies": [reply]}],
                "parse": None,
                "actions": [],
                "took_ms": 0.1,
            }
        )


@dataclass
class Client:
    """A web chat client that speaks docs/protocols/webchat.md and nothing else."""

    http: ClientSession
    base: str
    token: str = ""
    conversation: str = ""

    async def session(self, **wish: Any) -> dict[str, Any]:
        async with self.http.post(f"{self.base}/api/web/session", json=wish) as response:
            assert response.status == 200, await response.text()
            body = await response.json()
        self.token, self.conversation = body["token"], body["conversation"]
        return body

    async def connect(self, since: int = 0, token: str | None = None) -> ClientWebSocketResponse:
        ws = await self.http.ws_connect(f"{self.base}/api/web/socket")
        await ws.send_json({"type": "hello", "token": token or self.token, "since": since})
        return ws


async def frame(ws: ClientWebSocketResponse, *types: str) -> dict[str, Any]:
    """The next frame of one of `types` (any, when none is named); typing is skipped unless asked for."""
    async with asyncio.timeout(30):
        while True:
            found = await ws.receive_json()
            if found["type"] in types or (not types and found["type"] != "typing"):
                return found


@pytest.fixture
def brain() -> EchoBrain:
    return EchoBrain()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        brain_secret=SECRET,  # pyright: ignore[reportArgumentType] - pydantic makes it a secret
        demo=False,
        merchant_key="m" * 32,  # pyright: ignore[reportArgumentType]
        allowed_origins=["https://shop.example"],
        rate_visitor_burst=12,
        sockets_address=30,
    )


@pytest.fixture
async def server(settings: Settings, brain: EchoBrain) -> AsyncIterator[TestServer]:
    thinking = TestServer(brain.app())
    await thinking.start_server()
    settings = settings.model_copy(update={"brain_urls": [str(thinking.make_url("")).rstrip("/")]})
    upgrade(settings.database)
    running = TestServer(make_app(settings))
    await running.start_server()
    yield running
    await running.close()
    await thinking.close()


@pytest.fixture
async def client(server: TestServer) -> AsyncIterator[Client]:
    async with ClientSession() as http:
        yield Client(http, str(server.make_url("")).rstrip("/"))
