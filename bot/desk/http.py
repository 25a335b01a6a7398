"""What the desk's endpoints share: who is asking, forged requests, roles, bodies, and errors with details."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.desk.agents.models import Role
from bot.desk.agents.sessions import Sessions, SignedIn, SignedOut, csrf_fits
from bot.desk.tickets.holding import Person
from bot.kit.bodies import problems_of, read_model
from bot.kit.errors import BadInput, Forbidden, HuitoukeError, TooMany
from bot.kit.proxies import Proxies

log = structlog.get_logger(__name__)

COOKIE: Final = "huitouke_desk"
PATH: Final = "/api/desk"
PROXIES: Final = web.AppKey("proxies", Proxies)
"""Who may say where a request comes from."""
_RANK: Final[dict[Role, int]] = {"agent": 0, "supervisor": 1, "admin": 2}

LONGEST_NUMBER: Final = 15

M = TypeVar("M", bound=BaseModel)
Handler = Callable[["Asking"], Awaitable[Any]]


class ForgedRequest(Forbidden):
    """这个请求不是从客服台页面发出的，请刷新页面再试。"""

    code = "csrf"


class ChangePassword(Forbidden):
    """请先修改一次性密码。"""

    code = "must_change_password"


class Asking:
    """A request to the desk, and who makes it."""

    def __init__(self, request: web.Request, who: SignedIn) -> None:
        self.request = request
        self.who = who

    @property
    def person(self) -> Person:
        return Person(self.who.agent, self.who.name, self.who.role, address_of(self.request))

    def number(self, name: str) -> int:
        """A number of the path."""
        return _number(name, self.request.match_info[name])

    def text(self, name: str) -> str:
        """A text of the path."""
        return self.request.match_info[name]

    def query_text(self, name: str) -> str | None:
        """A text of the query."""
        return self.request.query.get(name)

    def query_number(self, name: str, default: int | None = None) -> int | None:
        """A number of the query, or the default."""
        raw = self.request.query.get(name)
        return _number(name, raw) if raw else default

    async def body(self, model: type[M]) -> M:
        """The JSON body, checked. Raises BadInput with the problems."""
        return read_body(model, await self.request.read())


def read_body(model: type[M], raw: bytes) -> M:
    """`raw` as `model`. Raises BadInput with the problems."""
    return read_model(model, raw)


def read_query(model: type[M], request: web.Request) -> M:
    """The query as `model`. Raises BadInput with the problems."""
    try:
        return model.model_validate(dict(request.query), strict=False, extra="forbid")
    except ValidationError as error:
        raise problems_of(error) from error


def _number(name: str, raw: str) -> int:
    """A number of the path or the query, of a size that ids and counts have. Raises BadInput."""
    if not raw.isascii() or not raw.isdecimal() or len(raw) > LONGEST_NUMBER:
        raise BadInput(f"{name} 应该是一个数字。")
    return int(raw)


class Door:
    """Lets agents in, and what they ask to the handlers."""

    def __init__(self, app: web.Application, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    def get(self, path: str, handler: Handler, role: Role = "agent") -> None:
        self._add("GET", path, handler, role)

    def post(self, path: str, handler: Handler, role: Role = "agent") -> None:
        self._add("POST", path, handler, role)

    def add(self, method: str, path: str, handler: Handler, role: Role = "agent") -> None:
        self._add(method, path, handler, role)

    def open(self, method: str, path: str, handler: Callable[[web.Request], Awaitable[Any]]) -> None:
        """An endpoint for who is not signed in yet; it must still come from our own page."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            async def work() -> Any:
                check_origin(request)
                return await handler(request)

            return await _answered(work, request)

        self._app.router.add_route(method, PATH + path, guarded)

    async def signed_in(self, request: web.Request) -> SignedIn:
        """Who sends this request. Raises SignedOut."""
        token = request.cookies.get(COOKIE)
        if not token:
            raise SignedOut()
        return await self._sessions.find(token)

    def _add(self, method: str, path: str, handler: Handler, role: Role) -> None:
        async def guarded(request: web.Request) -> web.StreamResponse:
            async def work() -> Any:
                who = await self.signed_in(request)
                if method != "GET":
                    check_origin(request)
                    if not csrf_fits(who, request.headers.get("X-CSRF-Token", "")):
                        raise ForgedRequest()
                if who.must_change_password and path not in ("/me", "/logout", "/password"):
                    raise ChangePassword()
                if _RANK[who.role] < _RANK[role]:
                    raise Forbidden("您的角色不能做这件事。")
                return await handler(Asking(request, who))

            return await _answered(work, request)

        self._app.router.add_route(method, PATH + path, guarded)


def address_of(request: web.Request) -> str:
    """Where a request really comes from: what a trusted proxy says, else the peer."""
    return request.app[PROXIES].address(request.remote or "", request.headers.get("X-Forwarded-For", ""))


def is_https(request: web.Request) -> bool:
    """Did the browser ask over https? A trusted proxy says so where it ends the encryption."""
    through = request.app[PROXIES].trusts(request.remote or "")
    return request.secure or (through and request.headers.get("X-Forwarded-Proto") == "https")


def check_origin(request: web.Request) -> None:
    """A browser says where a request comes from; it must be our own page. Raises ForgedRequest."""
    origin = request.headers.get("Origin")
    hosts = {request.host.lower()}
    if request.app[PROXIES].trusts(request.remote or ""):
        hosts.add(request.headers.get("X-Forwarded-Host", request.host).lower())
    if origin is None or urlsplit(origin).netloc.lower() not in hosts:
        raise ForgedRequest()


async def _answered(work: Callable[[], Awaitable[Any]], request: web.Request) -> web.StreamResponse:
    try:
        result = await work()
    except HuitoukeError as error:
        return _error(error)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("desk_request_failed", method=request.method, path=request.path)
        return _error(HuitoukeError("服务出了点问题，我们已经记录，请稍后再试。"))
    if isinstance(result, web.StreamResponse):
        return result
    if result is None:
        return web.Response(status=204)
    return web.json_response(result, dumps=_dumps, headers={"Cache-Control": "no-store"})


def _error(error: HuitoukeError) -> web.Response:
    told: dict[str, Any] = {"code": error.code, "message": error.message, **error.details}
    headers = error.headers if isinstance(error, TooMany) else None
    return web.json_response({"error": told}, status=error.status, dumps=_dumps, headers=headers)


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
