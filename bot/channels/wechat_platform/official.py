"""api.weixin.qq.com, as far as an official account needs it."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from aiohttp import web

from bot.channels.wechat_platform.callbacks import Caller
from bot.channels.wechat_platform.state import Account, Phone, Platform
from bot.channels.wechat_platform.templates import as_read, problem_with

DAILY = 500_000
TEXTS = {
    40001: "invalid credential, access_token is invalid or not latest",
    40014: "invalid access_token",
    41001: "access_token missing",
    42001: "access_token expired",
}


def error(code: int, text: str = "") -> web.Response:
    text = text or TEXTS.get(code, "")
    return web.json_response({"errcode": code, "errmsg": text or ("ok" if code == 0 else f"error {code}")})


async def faulty(platform: Platform, call: str) -> web.Response | None:
    """What a fault on request answers: an error code, "http500", "silent" (done, then no answer), …"""
    if platform.down:
        return web.Response(status=503)
    if not platform.faults[call]:
        return None
    fault = platform.faults[call].popleft()
    if isinstance(fault, int):
        return error(fault)
    if fault == "http503":
        return web.Response(status=503)
    if fault == "slow":
        await asyncio.sleep(1)
        return None
    return web.Response(status=502, text="<html>bad gateway</html>")


async def body_of(request: web.Request) -> dict[str, Any]:
    try:
        found = json.loads(await request.read())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class Official:
    """The calls."""

    def __init__(self, platform: Platform, caller: Caller) -> None:
        self._platform = platform
        self._caller = caller

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/cgi-bin/stable_token", self.stable_token)
        for path, handler in {
            "/cgi-bin/message/custom/send": self.send,
            "/cgi-bin/message/custom/typing": self.typing,
            "/cgi-bin/message/template/send": self.template,
            "/cgi-bin/message/subscribe/bizsend": self.subscription,
            "/cgi-bin/menu/create": self.menu,
            "/cgi-bin/callback/check": self.check,
            "/cgi-bin/openapi/quota/get": self.calls_left,
        }.items():
            app.router.add_post(path, self._guarded(path, handler))
        for path, handler in {
            "/cgi-bin/getcallbackip": self.ips,
            "/cgi-bin/get_api_domain_ip": self.ips,
            "/cgi-bin/get_current_selfmenu_info": self.get_menu,
        }.items():
            app.router.add_get(path, self._guarded(path, handler))

    def _guarded(self, path: str, handler: Any) -> Any:
        async def guarded(request: web.Request) -> web.StreamResponse:
            account, code = self._platform.token_error(request.query.get("access_token", ""))
            body = await body_of(request)
            self._platform.calls.append((path, body))
            if (answer := await faulty(self._platform, path)) is not None:
                return answer
            return error(code) if code else await handler(account, body)

        return guarded

    async def stable_token(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        self._platform.calls.append(("/cgi-bin/stable_token", body))
        if (answer := await faulty(self._platform, "/cgi-bin/stable_token")) is not None:
            return answer  # pyright: ignore[reportReturnType]
        account = self._platform.accounts.get(str(body.get("appid")))
        if account is None or account.kfid:
            return error(40013)
        if body.get("secret") != account.secret:
            return error(40125)
        token, seconds = self._platform.issue(account.id, force=bool(body.get("force_refresh")))
        return web.json_response({"access_token": token, "expires_in": seconds})

    async def send(self, account: str, body: dict[str, Any]) -> web.Response:
        """A customer-service message: window, count, form; then it stands on the phone."""
        phone = self._platform.phones.get((account, str(body.get("touser"))))
        if phone is None:
            return error(40003)
        if not phone.follows:
            return error(45015, "response out of time limit or subscription is canceled")
        line, code = shown(self._platform, body)
        code = code or self._platform.use_grant(phone)
        if code:
            return error(code)
        phone.typing = False
        phone.show(line, self._platform.clock())
        if self._platform.faults["after " + "/cgi-bin/message/custom/send"]:
            self._platform.faults["after /cgi-bin/message/custom/send"].popleft()
            return web.Response(status=504)
        return error(0)

    async def typing(self, account: str, body: dict[str, Any]) -> web.Response:
        phone = self._platform.phones.get((account, str(body.get("touser"))))
        if phone is None or body.get("command") not in ("Typing", "CancelTyping"):
            return error(45072)
        phone.typing = body["command"] == "Typing"
        phone.news.set()
        phone.news = asyncio.Event()
        return error(0)

    async def template(self, account: str, body: dict[str, Any]) -> web.Response:
        phone = self._platform.phones.get((account, str(body.get("touser"))))
        known = self._platform.accounts[account]
        if phone is None or not phone.follows:
            return error(43004)
        if body.get("template_id") not in known.templates:
            return error(40037)
        if (wrong := self._note(known, phone, body)) is not None:
            return wrong
        id_ = str(secrets.randbelow(10**15))
        fields = {
            "ToUserName": "gh_fake", "FromUserName": phone.user, "CreateTime": int(self._platform.clock()),
            "MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": id_, "Status": "success",
        }  # fmt: skip
        self._caller.call_soon(known, fields)
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": int(id_)})

    async def subscription(self, account: str, body: dict[str, Any]) -> web.Response:
        phone = self._platform.phones.get((account, str(body.get("touser"))))
        template = str(body.get("template_id"))
        known = self._platform.accounts[account]
        if phone is None or template not in known.templates:
            return error(40037)
        if not phone.consents.get(template):
            return error(43101, "user refuse to accept the msg")
        if (wrong := self._note(known, phone, body)) is not None:
            return wrong
        phone.consents[template] -= 1
        return error(0)

    def _note(self, account: Account, phone: Phone, body: dict[str, Any]) -> web.Response | None:
        """Show it; or what is wrong with its values."""
        content, data = account.templates[str(body["template_id"])], body.get("data", {})
        wrong = problem_with(content, data)
        if wrong is not None:
            return error(47003, wrong)
        line = {"who": "them", "type": "notice", "text": as_read(content, data)}
        phone.show(line, self._platform.clock())
        return None

    async def menu(self, account: str, body: dict[str, Any]) -> web.Response:
        buttons = body.get("button")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
            return error(40016)
        self._platform.accounts[account].menu = body
        return error(0)

    async def get_menu(self, account: str, _body: dict[str, Any]) -> web.Response:
        menu = self._platform.accounts[account].menu
        return web.json_response({"is_menu_open": int(bool(menu)), "selfmenu_info": menu or {}})

    async def ips(self, _account: str, _body: dict[str, Any]) -> web.Response:
        return web.json_response({"ip_list": ["127.0.0.1"]})

    async def calls_left(self, _account: str, body: dict[str, Any]) -> web.Response:
        if not str(body.get("cgi_path", "")).startswith("/cgi-bin/"):
            return error(76021, "cgi_path not found")
        used = sum(path == body["cgi_path"] for path, _ in self._platform.calls)
        quota = {"daily_limit": DAILY, "used": used, "remain": DAILY - used}
        return web.json_response({"errcode": 0, "errmsg": "ok", "quota": quota})

    async def check(self, _account: str, _body: dict[str, Any]) -> web.Response:
        return web.json_response({"dns": [{"ip": "127.0.0.1"}], "ping": [{"package_loss": "0%"}]})


def shown(platform: Platform, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """How a message looks on the phone; or the error code of its form."""
    kind = body.get("msgtype")
    if kind == "text":
        text = str(body.get("text", {}).get("content", ""))
        code = 44004 if not text else 45002 if len(text.encode()) > 2048 else 0
        return {"who": "them", "type": "text", "text": text}, code
    if kind == "msgmenu":
        menu = body.get("msgmenu", {})
        items = [item.get("click", item) for item in menu.get("list", [])]
        code = 0 if 1 <= len(items) <= 10 and all(str(item.get("id")).isdigit() for item in items) else 40035
        head = str(menu.get("head_content", ""))
        return {"who": "them", "type": "menu", "text": head, "items": items}, code
    if kind in ("image", "file"):
        id_ = str(body.get(kind, {}).get("media_id"))
        return {"who": "them", "type": kind, "media": id_, "text": ""}, 0 if id_ in platform.media else 40007
    return {}, 40008
