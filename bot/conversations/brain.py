"""The way to the brain (docs/protocols/brain.md): several brains, each conversation at home in one."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import structlog

from bot.conversations.content import from_json
from bot.kit.errors import HuitoukeError, Unavailable
from bot.kit.tasks import TaskGroup
from bot.messages import Content

log = structlog.get_logger(__name__)

PROBE_SECONDS = 0.5
READ_SECONDS = 3.0
GRACE_SECONDS = 1.0
"""So much longer than it may take is waited for a turn's end: a brain that answers says what became of it."""
DEADLINE = "Huitouke-Deadline"
"""The header that says when a turn is given up, in seconds since 1970: no work is done for nobody."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One call of the brain: `text`, or an `intent` that carries its parse."""

    message_id: str
    conversation: str
    metadata: Mapping[str, Any]
    text: str | None = None
    intent: str | None = None
    entities: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        said: dict[str, Any] = (
            {"text": self.text}
            if self.intent is None
            else {"intent": self.intent, "entities": dict(self.entities or {})}
        )
        return {
            "message_id": self.message_id,
            "conversation": self.conversation,
            "metadata": dict(self.metadata),
            **said,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the brain answered, and what it understood. `handoff`: what is wanted of the desk."""

    messages: tuple[Content, ...]
    parse: Mapping[str, Any] | None
    actions: tuple[str, ...]
    handoff: Mapping[str, Any] | None = None


class BrainUnavailable(Unavailable):
    """The brain or its actions do not answer: the turn was not taken and may be tried again."""


class BrainLost(BrainUnavailable):
    """The brain was there and went while it had this turn, which may be why."""


class BrainRefused(HuitoukeError):
    """The brain failed on this very turn. When `final`, trying again would not help."""

    status = 502

    def __init__(self, message: str, *, final: bool) -> None:
        super().__init__(message)
        self.final = final


class Brain(Protocol):
    """Whoever takes turns."""

    async def take(self, turn: Turn) -> Answer:
        """Take a turn. Raises BrainUnavailable (try again) or BrainRefused (do not)."""
        ...

    async def wait_ready(self) -> None:
        """Return when a brain answers."""
        ...


class BrainClient:
    """Talks to the brains over loopback HTTP.

    A conversation goes to the brain that scores highest for it (rendezvous hashing, Thaler and Ravishankar
    1998), so its tracker stays warm in one place, and only the conversations of a dead brain move.
    """

    def __init__(self, urls: Sequence[str], secret: str, *, timeout: float) -> None:
        self._urls = list(urls)
        self._down: set[str] = set()
        self._secret = secret
        self._timeout = timeout
        self._ready = asyncio.Event()
        self._ready.set()
        self._tasks = TaskGroup("brain")
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._http = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {self._secret}"},
            timeout=aiohttp.ClientTimeout(total=self._timeout + GRACE_SECONDS, sock_connect=2),
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
        )

    async def close(self) -> None:
        await self._tasks.close()
        if self._http:
            await self._http.close()

    async def take(self, turn: Turn) -> Answer:
        """See Brain.take. A dead brain's conversations go to the next one at once."""
        for url in self._ranked(turn.conversation):
            try:
                return await self._post(url, turn)
            except aiohttp.ClientConnectorError as error:
                self._mark_down(url, error)
            except (aiohttp.ClientError, ConnectionError) as error:
                # Not to the next brain at once: the turn that ended this one would end that one, too.
                self._mark_down(url, error)
                raise BrainLost("The brain was lost in the middle of a turn.") from error
            except TimeoutError as error:
                raise BrainUnavailable(f"The brain took longer than {self._timeout:g} s.") from error
        raise BrainUnavailable("No brain answers.")

    async def read(self, conversation: str, text: str) -> Mapping[str, Any]:
        """What a text is understood as; the conversation does not change. Raises BrainUnavailable."""
        if self._http is None:
            raise RuntimeError("BrainClient.start() comes first.")
        for url in self._ranked(conversation):
            try:
                limit = aiohttp.ClientTimeout(total=READ_SECONDS)
                async with self._http.post(
                    f"{url}/webhooks/brain/parse", json={"text": text}, timeout=limit
                ) as response:
                    if response.status == 200:
                        return (await response.json())["parse"]
                    raise BrainUnavailable(await _reason(response))
            except (aiohttp.ClientConnectionError, ConnectionError) as error:
                self._mark_down(url, error)
            except TimeoutError as error:
                raise BrainUnavailable(f"The brain took longer than {READ_SECONDS:g} s.") from error
        raise BrainUnavailable("No brain answers.")

    async def wait_ready(self) -> None:
        await self._ready.wait()

    async def forget(self, conversation: str) -> None:
        """Have every brain forget a conversation. Raises BrainUnavailable when one cannot be asked."""
        if self._http is None:
            raise RuntimeError("BrainClient.start() comes first.")
        for brain in self._urls:
            try:
                url = f"{brain}/webhooks/brain/conversations/{conversation}"
                async with self._http.delete(url) as response:
                    if response.status != 200:
                        raise BrainUnavailable(await _reason(response))
            except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
                raise BrainUnavailable("A brain could not be asked to forget.") from error

    def _ranked(self, conversation: str) -> list[str]:
        alive = [url for url in self._urls if url not in self._down]
        return sorted(alive, key=lambda url: _score(url, conversation), reverse=True)

    async def _post(self, url: str, turn: Turn) -> Answer:
        if self._http is None:
            raise RuntimeError("BrainClient.start() comes first.")
        headers = {DEADLINE: f"{time.time() + self._timeout:.3f}"}
        async with self._http.post(
            f"{url}/webhooks/brain/turn", json=turn.to_json(), headers=headers
        ) as response:
            if response.status == 200:
                return _answer(await response.json())
            reason = await _reason(response)
        if response.status in (401, 502, 503):
            raise BrainUnavailable(reason)
        raise BrainRefused(reason, final=response.status < 500)

    def _mark_down(self, url: str, error: Exception) -> None:
        if url in self._down:
            return
        log.warning("brain_down", url=url, error=str(error))
        self._down.add(url)
        if len(self._down) == len(self._urls):
            self._ready.clear()
        self._tasks.spawn(self._probe(url), f"probe {url}")

    async def _probe(self, url: str) -> None:
        """Ask a dead brain until it answers, then let its conversations come home."""
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            if await self.healthy(url):
                self._down.discard(url)
                self._ready.set()
                log.info("brain_up", url=url)
                return

    async def healthy(self, url: str) -> bool:
        """Does the brain at `url` answer and have a model?"""
        return await self._health(url) is not None

    async def _health(self, url: str) -> Mapping[str, Any] | None:
        if self._http is None:
            raise RuntimeError("BrainClient.start() comes first.")
        try:
            async with self._http.get(
                f"{url}/webhooks/brain/health", timeout=aiohttp.ClientTimeout(total=2)
            ) as response:
                return await response.json() if response.status == 200 else None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return None

    async def ready(self) -> tuple[bool, bool]:
        """Does any brain answer, and has any that does its actions?"""
        found = await asyncio.gather(*(self._health(url) for url in self._urls))
        answering = [body for body in found if body is not None]
        return bool(answering), any(body.get("actions", True) for body in answering)


def _score(url: str, conversation: str) -> bytes:
    return hashlib.blake2b(f"{url}\0{conversation}".encode(), digest_size=8).digest()


def _answer(body: Mapping[str, Any]) -> Answer:
    return Answer(
        messages=tuple(from_json(message) for message in body["messages"]),
        parse=body.get("parse"),
        actions=tuple(body.get("actions") or ()),
        handoff=body.get("handoff"),
    )


async def _reason(response: aiohttp.ClientResponse) -> str:
    try:
        error = (await response.json())["error"]
        return f"{error['code']}: {error['message']}"
    except (aiohttp.ClientError, ValueError, KeyError, TypeError):
        return f"HTTP {response.status}"
