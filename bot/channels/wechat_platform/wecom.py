"""qyapi.weixin.qq.com, as far as the customer service needs it."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import web

from bot.channels.wechat_platform.callbacks import Caller
from bot.channels.wechat_platform.official import body_of, error, faulty, shown
from bot.channels.wechat_platform.state import Account, Phone, Platform

THREE_DAYS = 3 * 86400
PAGE = 1000
CODE_SECONDS = 20


class Wecom:
    """The calls."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/cgi-bin/gettoken", self.gettoken)
        for path, handler in {
            "/cgi-bin/kf/sync_msg": self.sync,
            "/cgi-bin/kf/send_msg": self.send,
            "/cgi-bin/kf/send_msg_on_event": self.send_on_event,
            "/cgi-bin/kf/service_state/get": self.get_state,
            "/cgi-bin/kf/service_state/trans": self.set_state,
            "/cgi-bin/kf/account/list": self.accounts,
        }.items():
            app.router.add_post(path, self._guarded(path, handler))

    def _guarded(self, path: str, handler: Any) -> Any:
        async def guarded(request: web.Request) -> web.StreamResponse:
            id_, code = self._platform.token_error(request.query.get("access_token", ""))
            body = await body_of(request)
            self._platform.calls.append((path, body))
            if (answer := await faulty(self._platform, path)) is not None:
                return answer
            if code:
                return error(code)
            account = self._platform.accounts[id_]
            kfid = body.get("open_kfid", account.kfid)
            return error(95000) if kfid != account.kfid else await handler(account, body)

        return guarded

    async def gettoken(self, request: web.Request) -> web.StreamResponse:
        self._platform.calls.append(("/cgi-bin/gettoken", dict(request.query)))
        if (answer := await faulty(self._platform, "/cgi-bin/gettoken")) is not None:
            return answer
        account = self._platform.accounts.get(request.query.get("corpid", ""))
        if account is None or not account.kfid:
            return error(40013)
        if request.query.get("corpsecret") != account.secret:
            return error(40001)
        token, seconds = self._platform.issue(account.id, force=False)
        return web.json_response({"errcode": 0, "access_token": token, "expires_in": seconds})

    async def sync(self, account: Account, body: dict[str, Any]) -> web.Response:
        """A page after the cursor; three days back at most."""
        token = body.get("token")
        if token and token not in self._platform.codes:
            return error(95007)
        log = self._platform.log[account.id]
        cursor = str(body.get("cursor") or "")
        start = int(cursor.removeprefix("cur-")) if cursor else 0
        limit = min(int(body.get("limit") or PAGE), PAGE)
        oldest = self._platform.clock() - THREE_DAYS
        page = [line for line in log[start : start + limit] if line["send_time"] >= oldest]
        end = min(start + limit, len(log))
        return web.json_response(
            {
                "errcode": 0,
                "next_cursor": f"cur-{end}",
                "has_more": int(end < len(log)),
                "msg_list": page,
            }
        )

    async def send(self, account: Account, body: dict[str, Any]) -> web.Response:
        phone = self._platform.phones.get((account.id, str(body.get("touser"))))
        if phone is None:
            return error(40096)
        msgid = str(body.get("msgid") or secrets.token_hex(16))
        if len(msgid) > 32:
            return error(40035)
        if msgid in self._platform.sent_ids:
            return web.json_response({"errcode": 0, "msgid": msgid})
        if phone.session not in (0, 1):
            return error(95018, "send msg session status invalid")
        line, code = shown(self._platform, body)
        code = code or {45015: 95002, 45047: 95001, 0: 0}[self._platform.use_grant(phone)]
        if code:
            return error(code)
        self._platform.sent_ids[msgid] = phone.user
        phone.show(line, self._platform.clock())
        after = self._platform.faults["after /cgi-bin/kf/send_msg"]
        if after:
            after.popleft()
            return web.Response(status=504)
        return web.json_response({"errcode": 0, "msgid": msgid})

    async def send_on_event(self, account: Account, body: dict[str, Any]) -> web.Response:
        user, until = self._platform.codes.pop(str(body.get("code")), ("", 0.0))
        if until < self._platform.clock():
            return error(95014)
        line, code = shown(self._platform, body)
        if code == 0:
            self._platform.phone(account.id, user).show(line, self._platform.clock())
        return error(code)

    async def get_state(self, account: Account, body: dict[str, Any]) -> web.Response:
        phone = self._platform.phone(account.id, str(body.get("external_userid")))
        return web.json_response({"errcode": 0, "service_state": phone.session})

    async def set_state(self, account: Account, body: dict[str, Any]) -> web.Response:
        phone = self._platform.phone(account.id, str(body.get("external_userid")))
        wanted = int(body.get("service_state") or 0)
        allowed = {0: (1, 2, 3, 4), 1: (1, 2, 3, 4), 2: (2, 3, 4), 3: (3, 4), 4: ()}[phone.session]
        if wanted not in allowed:
            return error(95016)
        phone.session = wanted
        return error(0)

    async def accounts(self, account: Account, _body: dict[str, Any]) -> web.Response:
        found = [{"open_kfid": account.kfid, "name": "回头客商城", "manage_privilege": True}]
        return web.json_response({"errcode": 0, "account_list": found})


class WecomCustomer:
    """A WeChat user who writes to the customer service."""

    def __init__(self, platform: Platform, caller: Caller, account: Account, user: str) -> None:
        self._platform = platform
        self._caller = caller
        self._account = account
        self.user = user

    @property
    def phone(self) -> Phone:
        return self._platform.phone(self._account.id, self.user)

    def say(self, text: str, menu: str | None = None, *, call: bool = True) -> Any:
        """Write a text, or click the item `menu` of a message's menu."""
        self._begin()
        self.phone.show({"who": "me", "type": "text", "text": text}, self._platform.clock())
        content = {"content": text, **({"menu_id": menu} if menu else {})}
        return self.line({"msgtype": "text", "text": content}, call=call)

    def picture(self, name: str, data: bytes) -> Any:
        """Send a picture."""
        self._begin()
        id_ = self._platform.keep(name, data)
        self.phone.show({"who": "me", "type": "image", "media": id_, "text": ""}, self._platform.clock())
        return self.line({"msgtype": "image", "image": {"media_id": id_}})

    def enter(self, scene: str = "") -> Any:
        """Open the chat; within 48 hours only the first time brings a welcome code."""
        now, code = self._platform.clock(), {}
        if now - self.phone.greeted_at > 48 * 3600:
            self.phone.greeted_at = now
            name = secrets.token_hex(12)
            self._platform.codes[name] = (self.user, now + CODE_SECONDS)
            code = {"welcome_code": name}
        return self.event("enter_session", scene=scene, **code)

    def fails(self, msgid: str, fail_type: int) -> Any:
        """A message that was taken cannot be delivered."""
        return self.event("msg_send_fail", fail_msgid=msgid, fail_type=fail_type)

    def event(self, kind: str, **fields: Any) -> Any:
        """Any event."""
        body = {
            "event_type": kind, "open_kfid": self._account.kfid, "external_userid": self.user, **fields,
        }  # fmt: skip
        return self.line({"msgtype": "event", "event": body}, origin=4)

    def line(self, body: dict[str, Any], *, origin: int = 3, call: bool = True) -> Any:
        """Put a line into the history, and tell the merchant that there is something."""
        head: dict[str, Any] = {
            "msgid": secrets.token_hex(16), "send_time": int(self._platform.clock()), "origin": origin,
        }  # fmt: skip
        if origin == 3:
            head |= {"open_kfid": self._account.kfid, "external_userid": self.user}
        self._platform.log[self._account.id].append({**head, **body})
        return self.tell() if call else None

    def tell(self) -> Any:
        """The callback alone."""
        token = "ENC" + secrets.token_hex(16)
        self._platform.codes[token] = ("", 0.0)
        fields = {
            "ToUserName": self._account.id, "CreateTime": int(self._platform.clock()), "MsgType": "event",
            "Event": "kf_msg_or_event", "Token": token, "OpenKfId": self._account.kfid,
        }  # fmt: skip
        return self._caller.call_soon(self._account, fields)

    def _begin(self) -> None:
        self._platform.grant(self.phone, "message")
        if self.phone.session == 4:
            self.phone.session = 0
