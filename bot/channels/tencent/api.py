"""Calling the platforms: one JSON call, its token, its errors, and whether it happened at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import structlog

from bot.channels.tencent.counters import Counters
from bot.channels.tencent.errors import Fault, failure, token_refused
from bot.kit.errors import DeliveryUnknown, Unavailable
from bot.kit.text import storable_json

log = structlog.get_logger(__name__)

TOTAL_SECONDS = 8.0
CONNECT_SECONDS = 3.0
KEEPALIVE_SECONDS = 4.0
"""Short: a POST on a connection that the platform is just closing would leave us not knowing."""
LARGEST_DOWNLOAD = 25 * 1024 * 1024

UNREACHABLE = "连不上微信的服务器，稍后自动重试。"
NO_ANSWER = "微信没有回应，不知道客户收到没有，请不要直接重发。"


class Tokens(Protocol):
    """Where access tokens come from."""

    async def get(self) -> str:
        """A token that is valid for a while. Raises Unavailable."""
        ...

    async def renew(self, rejected: str) -> str:
        """Another token than the one that was rejected. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Download:
    """A file that the platform handed out."""

    data: bytes
    name: str


class Http:
    """The HTTP client of the channels, between `start` and `close`."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS),
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_SECONDS),
        )

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("Http.start() comes first.")
        return self._session


class Api:
    """The calls of one account. The token stands in the address, so addresses are never logged."""

    def __init__(
        self,
        http: Http,
        base: str,
        account: str,
        faults: dict[int, Fault],
        counters: Counters,
    ) -> None:
        self._http = http
        self._base = base
        self._account = account
        self._faults = faults
        self._counters = counters
        self._tokens: Tokens | None = None

    def use(self, tokens: Tokens) -> None:
        """Take tokens from here; they are fetched through this same Api."""
        self._tokens = tokens

    async def post(self, path: str, body: Mapping[str, Any], *, again: bool = False) -> dict[str, Any]:
        """Call `path` with a token. `again`: it may be repeated without doing it twice.

        Raises Unavailable when it certainly was not done (or may be repeated), DeliveryUnknown when nobody
        knows, and what `errors.failure` makes of an error code.
        """
        return await self._with_token(path, {"data": _json(body)}, again=again)

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Ask `path` with a token."""
        return await self._with_token(path, {"params": dict(params or {})}, again=True, method="GET")

    async def upload(self, path: str, params: Mapping[str, str], name: str, data: bytes) -> dict[str, Any]:
        """Upload a file as the form's `media`; doing it twice does no harm."""
        body = {"params": dict(params)}
        return await self._with_token(path, body, again=True, file=(name, data))

    async def bare(
        self, method: str, path: str, params: Mapping[str, str] | None, body: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Call `path` without a token: for fetching one."""
        parts: dict[str, Any] = {"params": dict(params or {})}
        if body is not None:
            parts["data"] = _json(body)
        return self._checked(path, await self._send(method, path, parts, again=True))

    async def download(self, path: str, params: Mapping[str, str]) -> Download:
        """The file that `path` hands out; an error comes as JSON instead."""
        token = await self._token()
        found = await self._downloaded(path, params, token)
        if isinstance(found, dict) and token_refused(found):
            token = await self._another(path, found, token)
            found = await self._downloaded(path, params, token)
        if isinstance(found, dict):
            self._checked(path, found)
            raise self._no_answer(path, "no_file", again=True)
        self._counters.call(self._account, path, "0")
        return found

    async def _downloaded(
        self, path: str, params: Mapping[str, str], token: str
    ) -> Download | dict[str, Any]:
        """A file, or the error that came in its place."""
        try:
            signed = {**params, "access_token": token}
            async with self._http.session.get(self._base + path, params=signed) as answer:
                data = await answer.content.read(LARGEST_DOWNLOAD + 1)
                disposition = answer.content_disposition
                kind = answer.content_type
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unreachable(path, error) from error
        if kind in ("application/json", "text/plain") and data[:1] == b"{":
            answered = _object(data)
            if answered is not None and answered.get("errcode"):
                return answered
        return Download(data, disposition.filename or "" if disposition else "")

    async def _with_token(
        self,
        path: str,
        parts: dict[str, Any],
        *,
        again: bool,
        method: str = "POST",
        file: tuple[str, bytes] | None = None,
    ) -> dict[str, Any]:
        token = await self._token()
        answer = await self._send(method, path, _signed(parts, token, file), again=again)
        if token_refused(answer):
            token = await self._another(path, answer, token)
            answer = await self._send(method, path, _signed(parts, token, file), again=again)
        return self._checked(path, answer)

    async def _another(self, path: str, refusal: Mapping[str, Any], token: str) -> str:
        """Another token than the one that was refused just now."""
        self._counters.call(self._account, path, str(refusal.get("errcode")))
        log.info("token_refused", account=self._account, call=path, errcode=refusal.get("errcode"))
        assert self._tokens
        return await self._tokens.renew(token)

    async def _token(self) -> str:
        if self._tokens is None:
            raise RuntimeError("Api.use(tokens) comes first.")
        return await self._tokens.get()

    async def _send(self, method: str, path: str, parts: dict[str, Any], *, again: bool) -> dict[str, Any]:
        try:
            async with self._http.session.request(method, self._base + path, **parts) as answer:
                status, raw = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise self._unreachable(path, error) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._no_answer(path, type(error).__name__, again=again) from error
        if status in (429, 503):
            raise self._unreachable(path, None)
        if status >= 500:
            raise self._no_answer(path, f"http_{status}", again=again)
        body = _object(raw)
        if body is None:
            raise self._no_answer(path, "no_json", again=again)
        return body

    def _checked(self, path: str, answer: dict[str, Any] | None) -> dict[str, Any]:
        """The answer, unless it is an error's."""
        errcode = int((answer or {}).get("errcode") or 0)
        if errcode == 0 and answer is not None:
            self._counters.call(self._account, path, "0")
            return answer
        error = failure(self._faults, errcode)
        self._counters.call(self._account, path, str(errcode), alarm=error.fault.alarm)
        write = log.error if error.fault.alarm else log.warning
        write(
            "platform_refused",
            account=self._account,
            call=path,
            errcode=errcode,
            meaning=error.fault.meaning,
            hint=_hint(answer),
        )
        raise error

    def _unreachable(self, path: str, error: Exception | None) -> Unavailable:
        self._counters.call(self._account, path, "unreachable")
        log.warning("platform_unreachable", account=self._account, call=path, error=type(error).__name__)
        return Unavailable(UNREACHABLE)

    def _no_answer(self, path: str, why: str, *, again: bool) -> Unavailable | DeliveryUnknown:
        self._counters.call(self._account, path, "no_answer")
        log.warning("platform_silent", account=self._account, call=path, why=why, again=again)
        return Unavailable(UNREACHABLE) if again else DeliveryUnknown(NO_ANSWER)


def _json(body: Mapping[str, Any]) -> bytes:
    """JSON as the platforms want it: characters as they are (an escape is error 40033)."""
    return json.dumps(storable_json(body), ensure_ascii=False).encode()


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        body = storable_json(json.loads(raw))
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _signed(parts: dict[str, Any], token: str, file: tuple[str, bytes] | None) -> dict[str, Any]:
    result = {**parts, "params": {**parts.get("params", {}), "access_token": token}}
    if file is not None:
        form = aiohttp.FormData()  # a form can be sent once only
        form.add_field("media", file[1], filename=file[0], content_type="application/octet-stream")
        result["data"] = form
    return result


def _hint(answer: Mapping[str, Any] | None) -> str:
    """The platform's own words, cut short; they hold no personal data, but the id to ask its support with."""
    return str((answer or {}).get("errmsg", ""))[:120]
