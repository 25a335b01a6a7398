"""The played platform as a web application: both APIs, and the phone."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.channels.wechat_platform.callbacks import Caller
from bot.channels.wechat_platform.customer import OfficialCustomer
from bot.channels.wechat_platform.media import Media
from bot.channels.wechat_platform.official import Official, body_of
from bot.channels.wechat_platform.state import Account, Phone, Platform
from bot.channels.wechat_platform.wecom import Wecom, WecomCustomer

HERE = Path(__file__).parent / "phone"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
WAIT_SECONDS = 20.0
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


class PhonePage:
    """The phone's page and what it asks."""

    def __init__(self, platform: Platform, caller: Caller) -> None:
        self._platform = platform
        self._caller = caller

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/phone/", self.page)
        app.router.add_get("/phone/{name}", self.page)
        app.router.add_get("/phone/api/accounts", self.accounts)
        app.router.add_get("/phone/api/lines", self.lines)
        app.router.add_post("/phone/api/do", self.do)
        app.router.add_get("/phone/media/{id}", self.media)

    async def page(self, request: web.Request) -> web.StreamResponse:
        path = HERE / request.match_info.get("name", "index.html")
        if path.parent != HERE or path.suffix not in TYPES or not path.is_file():
            raise web.HTTPNotFound()
        return web.Response(
            body=path.read_bytes(),
            headers={
                "Content-Type": f"{TYPES[path.suffix]}; charset=utf-8",
                "Content-Security-Policy": POLICY,
                "Cache-Control": "no-cache",
            },
        )

    async def accounts(self, _request: web.Request) -> web.Response:
        return web.json_response(
            [
                {"id": account.id, "kind": "wecom" if account.kfid else "official", "menu": account.menu}
                for account in self._platform.accounts.values()
            ]
        )

    async def lines(self, request: web.Request) -> web.Response:
        """The chat after line `since`; waits a little when there is nothing."""
        phone = self._platform.phone(self._account(request.query).id, request.query.get("user", ""))
        since = int(request.query.get("since", "0"))
        if len(phone.lines) <= since and request.query.get("wait"):
            try:
                await asyncio.wait_for(phone.news.wait(), WAIT_SECONDS)
            except TimeoutError:
                pass
        return web.json_response(
            {
                "lines": phone.lines[since:],
                "typing": phone.typing,
                "follows": phone.follows,
                **_left(self._platform, phone),
            }
        )

    async def do(self, request: web.Request) -> web.Response:
        """What the customer does: {"account", "user", "do", …}."""
        body = await body_of(request)
        account, user = self._account(body), str(body.get("user") or "")
        if not user or len(user) > 40:
            raise web.HTTPBadRequest(text="user is missing")
        if account.kfid:
            self._wecom(WecomCustomer(self._platform, self._caller, account, user), body)
        else:
            self._official(OfficialCustomer(self._platform, self._caller, account, user), body)
        return web.json_response({"ok": True})

    def _official(self, who: OfficialCustomer, body: dict[str, Any]) -> None:
        text = str(body.get("text") or "")
        match body.get("do"):
            case "say":
                who.say(text, menu=body.get("menu"))
            case "picture":
                who.picture("picture.png", _decoded(body))
            case "voice":
                who.voice(text)
            case "follow":
                who.follow(str(body.get("scene") or ""))
            case "leave":
                who.leave()
            case "press":
                who.press(str(body.get("key") or ""))
            case _:
                raise web.HTTPBadRequest(text="unknown")

    def _wecom(self, who: WecomCustomer, body: dict[str, Any]) -> None:
        match body.get("do"):
            case "say":
                who.say(str(body.get("text") or ""), menu=body.get("menu"))
            case "picture":
                who.picture("picture.png", _decoded(body))
            case "follow":
                who.enter(str(body.get("scene") or ""))
            case _:
                raise web.HTTPBadRequest(text="unknown")

    async def media(self, request: web.Request) -> web.Response:
        kept = self._platform.media.get(request.match_info["id"])
        if kept is None:
            raise web.HTTPNotFound()
        return web.Response(body=kept[1], content_type="image/png")

    def _account(self, values: Any) -> Account:
        account = self._platform.accounts.get(str(values.get("account")))
        if account is None:
            raise web.HTTPNotFound()
        return account


def _left(platform: Platform, phone: Phone) -> dict[str, Any]:
    valid = [grant for grant in phone.grants.values() if grant.until > platform.clock()]
    return {"left": sum(grant.left for grant in valid)}


def _decoded(body: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(str(body.get("data") or ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise web.HTTPBadRequest(text="data is no base64") from error


def make_app(platform: Platform) -> web.Application:
    """The application; its platform is the caller's, to look into and to break."""
    app = web.Application(client_max_size=16 * 1024 * 1024)
    caller = Caller(platform)
    Official(platform, caller).add_to(app)
    Wecom(platform).add_to(app)
    Media(platform).add_to(app)
    PhonePage(platform, caller).add_to(app)

    async def closing(_app: web.Application) -> AsyncIterator[None]:
        yield
        await caller.close()

    app.cleanup_ctx.append(closing)
    return app
