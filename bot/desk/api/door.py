"""Lets other systems in: tokens, scopes, checked bodies, and one table that is also the document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import structlog
from aiohttp import web
from pydantic import BaseModel

from bot.desk.api.keys import Keys
from bot.desk.api.shapes import NoQuery
from bot.desk.api.tokens import Caller, Tokens
from bot.desk.http import address_of, read_body, read_query
from bot.kit.errors import BadInput, HuitoukeError, TooMany
from bot.kit.limits import RateLimit

log = structlog.get_logger(__name__)

PATH: Final = "/api/v1"
KEY_HEADER: Final = "Idempotency-Key"


class TooManyCalls(TooMany):
    """This token calls too often: wait as long as Retry-After says, then go on more slowly."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was let in: path, query and body are checked."""

    caller: Caller
    path: dict[str, str]
    query: Any
    body: Any
    key: str

    def number(self, name: str) -> int:
        """A number of the path."""
        if not self.path[name].isdecimal() or len(self.path[name]) > 15:
            raise BadInput(f"{name} is a number.")
        return int(self.path[name])


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation: what it takes, gives, needs and does. POST needs an idempotency key."""

    name: str
    method: Literal["GET", "POST"]
    path: str
    summary: str
    scope: str
    answer: type[BaseModel]
    handle: Callable[[Call], Awaitable[BaseModel]]
    query: type[BaseModel] = NoQuery
    body: type[BaseModel] | None = None
    status: int = 200
    errors: tuple[int, ...] = (404,)


class ApiDoor:
    """Registers endpoints and serves them."""

    def __init__(self, app: web.Application, tokens: Tokens, keys: Keys, limit: RateLimit) -> None:
        """`limit`: how many calls a token has, in this process."""
        self._app = app
        self._tokens = tokens
        self._keys = keys
        self._limit = limit

    def add(self, endpoints: Iterator[Endpoint]) -> None:
        for endpoint in endpoints:
            self._app.router.add_route(endpoint.method, PATH + endpoint.path, self._served(endpoint))

    def _served(self, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            try:
                answer = await endpoint.handle(await self._call(endpoint, request))
            except HuitoukeError as error:
                return _refused(error)
            except Exception:
                log.exception("api_request_failed", method=request.method, endpoint=endpoint.name)
                return _refused(HuitoukeError("Something went wrong here; it was logged. Try again later."))
            return _json(answer, endpoint.status)

        return serve

    async def _call(self, endpoint: Endpoint, request: web.Request) -> Call:
        header = request.headers.get("Authorization", "")
        caller = await self._tokens.find(header, address_of(request))
        if wait := self._limit.take(str(caller.token)):
            raise TooManyCalls(retry_after=wait)
        caller.require(endpoint.scope)
        key = request.headers.get(KEY_HEADER, "")
        if endpoint.method == "POST" and not (8 <= len(key) <= 64 and key.isascii() and key.isprintable()):
            raise BadInput(
                f"Send a header {KEY_HEADER} of 8 to 64 ASCII characters, the same when you try again."
            )
        query = read_query(endpoint.query, request)
        body = read_body(endpoint.body, await request.read()) if endpoint.body else None
        if endpoint.method == "POST":
            await self._keys.claim(caller.token, key, endpoint.method, request.path, body)
        return Call(caller, dict(request.match_info), query, body, f"api{caller.token}:{key}")


def _json(model: BaseModel, status: int) -> web.Response:
    return web.Response(
        text=model.model_dump_json(),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _refused(error: HuitoukeError) -> web.Response:
    headers: dict[str, str] = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        headers |= error.headers
    told = {"code": error.code, "message": error.message, **error.details}
    return web.json_response({"error": told}, status=error.status, headers=headers)
