"""A customer who speaks the web chat protocol directly, as docs/protocols/webchat.md has it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import uuid4

import aiohttp

Frame = dict[str, Any]
PATIENCE_SECONDS = 20.0


class Customer:
    """One visitor with one socket. Frames are kept in `frames` as they come."""

    def __init__(self, url: str, token: str | None = None, user_token: str | None = None) -> None:
        self.url = url
        self.token = token
        self.conversation = ""
        self.user_token = user_token
        self.frames: list[Frame] = []
        self.last_seq = 0
        self._news = asyncio.Condition()
        self._http = aiohttp.ClientSession()
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()
        await self._http.close()

    async def session(self) -> Frame:
        """Get a session; keeps its token and its conversation."""
        wish = {"token": self.token, "user_token": self.user_token}
        async with self._http.post(f"{self.url}/api/web/session", json=wish) as answer:
            answer.raise_for_status()
            found = await answer.json()
        self.token, self.conversation = found["token"], found["conversation"]
        return found

    async def connect(self, since: int | None = None) -> Frame:
        """Open the socket and say hello; returns the welcome."""
        if self.token is None:
            await self.session()
        self._ws = await self._http.ws_connect(f"{self.url}/api/web/socket", heartbeat=25)
        await self._ws.send_json(
            {"type": "hello", "token": self.token, "since": self.last_seq if since is None else since}
        )
        self._listening = asyncio.create_task(self._listen(self._ws))
        return await self.until(lambda frame: frame["type"] == "welcome")

    async def disconnect(self) -> None:
        if self._ws is not None:
            await self._ws.close()
        if self._listening is not None:
            await self._listening

    async def send(self, frame: Frame) -> None:
        """Send one frame as it is."""
        assert self._ws is not None
        await self._ws.send_json(frame)

    async def send_raw(self, data: str) -> None:
        """Send something that need not be a frame."""
        assert self._ws is not None
        await self._ws.send_str(data)

    async def say(self, text: str, client_id: str | None = None) -> int:
        """Send a text until it is acknowledged, as the widget does; returns its sequence number."""
        client_id = client_id or str(uuid4())
        while True:
            await self.send({"type": "message", "client_id": client_id, "text": text})
            answer = await self.until(lambda frame: frame.get("client_id") == client_id)
            if answer["type"] == "ack":
                return answer["seq"]
            if answer["code"] not in ("rate_limited", "unavailable"):
                raise AssertionError(f"“{text}” was refused: {answer}")
            self.frames.remove(answer)
            await asyncio.sleep(answer.get("retry_after", 1.0))

    async def ask(self, text: str) -> Frame:
        """Send a text and wait for the first answer that is not the customer's own message."""
        return await self.answer_after(await self.say(text))

    async def answer_after(self, seq: int, patience: float = PATIENCE_SECONDS) -> Frame:
        """The first message of somebody else after number `seq`."""
        frame = await self.until(
            lambda frame: (
                frame["type"] == "message"
                and frame["message"]["seq"] > seq
                and frame["message"]["author"] != "customer"
            ),
            patience,
        )
        return frame["message"]

    async def until(self, wanted: Callable[[Frame], bool], patience: float = PATIENCE_SECONDS) -> Frame:
        """The first frame so far or still to come that is `wanted`. Raises TimeoutError."""
        async with asyncio.timeout(patience), self._news:
            while True:
                for frame in self.frames:
                    if wanted(frame):
                        return frame
                await self._news.wait()

    def messages(self) -> list[Frame]:
        """The messages received, in the order of their arrival."""
        return [frame["message"] for frame in self.frames if frame["type"] == "message"]

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for incoming in ws:
            if incoming.type != aiohttp.WSMsgType.TEXT:
                continue
            frame: Frame = incoming.json()
            if frame["type"] == "message":
                self.last_seq = max(self.last_seq, frame["message"]["seq"])
            async with self._news:
                self.frames.append(frame)
                self._news.notify_all()


@asynccontextmanager
async def customer(url: str, **options: Any) -> AsyncGenerator[Customer]:
    """A connected customer."""
    async with Customer(url, **options) as one:
        yield one
