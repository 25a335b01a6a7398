"""How the brain calls the action server."""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar
from typing import Any

import aiohttp
import orjson
from rasa.core.actions.constants import SELECTIVE_DOMAIN
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.brain.settings import ACTION_SECONDS

logger = logging.getLogger(__name__)

HEALTH_SECONDS = 1.0
REJECTED = 400
"""rasa-sdk's answer when an action refuses to run, which lets the policies choose again."""


class ActionsUnavailable(Exception):
    """The action server is down, slow or failed. Not a RasaException: Rasa swallows those."""


class ActionFailed(ActionsUnavailable):
    """The action server answers, but not with this action's result; it counts against the turn."""


class ActionTooMuch(ActionsUnavailable):
    """The action was interrupted because it worked too long: it would again."""


DEADLINE = "Huitouke-Deadline"
"""When the turn is given up, in seconds since 1970 (docs/protocols/brain.md)."""
deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
"""That of the turn that is being taken."""
TOO_MUCH, TOO_LONG, BROKEN = 422, 504, 500


class ActionEndpoint(EndpointConfig):
    """One kept connection pool, a short limit, and failures that are told apart.

    Rasa opens a session per call, waits 300 s, and carries on as if a failed action had run (3.6.21).
    """

    def __init__(self, url: str, secret: str = "", seconds: float = ACTION_SECONDS) -> None:
        super().__init__(url, **{SELECTIVE_DOMAIN: True})
        self._secret = secret
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        json: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """POST `json`; the decoded answer. Raises `ActionsUnavailable`, or Rasa's own error on a refusal."""
        body = orjson.dumps(json, option=orjson.OPT_SERIALIZE_NUMPY)
        action = (json or {}).get("next_action")
        until = deadline.get()
        headers = None if until is None else {DEADLINE: f"{until:.3f}"}
        try:
            async with self._kept_session().post(self.url, data=body, headers=headers) as response:
                content = await response.read()
        except aiohttp.ClientConnectorError as error:
            raise ActionsUnavailable(f"{action}: nobody listens at {self.url}") from error
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise ActionFailed(f"{action}: {type(error).__name__} at {self.url}") from error
        if response.status == REJECTED:
            raise ClientResponseError(response.status, response.reason or "", content.decode())
        if response.status == TOO_MUCH:
            raise ActionTooMuch(f"{action}: interrupted at {self.url}")
        if response.status in (BROKEN, TOO_LONG):
            raise ActionFailed(f"{action}: status {response.status} from {self.url}")
        if response.status != 200:
            raise ActionsUnavailable(f"{action}: status {response.status} from {self.url}")
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise ActionFailed(f"{action}: no JSON from {self.url}") from error

    def _kept_session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            headers = {"Content-Type": "application/json"}
            if self._secret:
                headers["Authorization"] = f"Bearer {self._secret}"
            # Shorter than the server keeps an idle connection, so that none is used as it closes.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=10)
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers=headers,
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def healthy(self) -> bool:
        """Does the action server answer, and is it ready?"""
        limit = aiohttp.ClientTimeout(total=HEALTH_SECONDS)
        try:
            url = f"{str(self.url).removesuffix('/webhook')}/health"
            async with self._kept_session().get(url, timeout=limit) as response:
                return response.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            return False

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
