"""GET and POST /api/wechat/{account}: the address that is entered on the platform's page."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from aiohttp import web

from bot.channels.tencent.accounts import OfficialAccount
from bot.channels.tencent.counters import Counters
from bot.channels.wechat.decode import Arrival, decode
from bot.channels.wechat.door import Door, Opened
from bot.channels.wechat.inbound import Inbound
from bot.channels.wechat.passive import PassiveReplies, reply_xml
from bot.kit.clock import Clock
from bot.kit.errors import HuitoukeError, NotFound

log = structlog.get_logger(__name__)

ACKNOWLEDGED = b"success"


@dataclass(frozen=True, slots=True)
class Callbacks:
    """The handlers; `accounts` by their names."""

    accounts: Mapping[str, OfficialAccount]
    doors: Mapping[str, Door]
    inbound: Inbound
    passive: PassiveReplies
    counters: Counters
    clock: Clock

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/api/wechat/{account}", self.verify)
        app.router.add_post("/api/wechat/{account}", self.receive)

    async def verify(self, request: web.Request) -> web.Response:
        """GET: the platform checks that the address is ours."""
        account = self._account(request)
        try:
            echo = self.doors[account.name].verify(request.query)
        except HuitoukeError as error:
            self.counters.callback(account.name, error.code)
            raise
        self.counters.callback(account.name, "verified")
        return web.Response(text=echo, content_type="text/plain")

    async def receive(self, request: web.Request) -> web.Response:
        """POST: a message or an event. It is acknowledged as soon as it cannot be lost any more."""
        began = time.perf_counter()
        account = self._account(request)
        body = await request.read()
        try:
            opened = self.doors[account.name].open(request.query, body)
            answer = await self._handle(account, opened, decode(opened.fields), body)
        except HuitoukeError as error:
            self.counters.callback(account.name, error.code)
            log.warning("callback_refused", account=account.name, code=error.code)
            raise
        self.counters.callback(account.name, "taken", time.perf_counter() - began)
        kind = "text/plain" if answer == ACKNOWLEDGED else "application/xml"
        return web.Response(body=answer, content_type=kind)

    async def _handle(self, account: OfficialAccount, opened: Opened, arrival: Arrival, body: bytes) -> bytes:
        if account.reply == "service":
            await self.inbound.take(account.app_id, arrival, opened, body)
            return ACKNOWLEDGED
        return await self._answered(account, opened, arrival, body)

    async def _answered(
        self, account: OfficialAccount, opened: Opened, arrival: Arrival, body: bytes
    ) -> bytes:
        text = await self.passive.known(account.app_id, arrival, opened, body)
        if text is None:
            await self.inbound.take(
                account.app_id, arrival, opened, body, silent=self.passive.is_fetch(arrival)
            )
            if arrival.said is None or arrival.said.silent:
                return ACKNOWLEDGED
            text = await self.passive.answer(account.app_id, arrival)
        reply = reply_xml(arrival, text, int(self.clock().timestamp()))
        return self.doors[account.name].seal(reply, opened)

    def _account(self, request: web.Request) -> OfficialAccount:
        account = self.accounts.get(request.match_info["account"])
        if account is None:
            raise NotFound("There is no such account.")
        return account
