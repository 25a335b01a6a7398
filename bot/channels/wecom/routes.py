"""GET and POST /api/wecom/{account}: verification, and "there is something to pull"."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from aiohttp import web

from bot.channels.tencent import guard, xml
from bot.channels.tencent.accounts import WecomAccount
from bot.channels.tencent.counters import Counters
from bot.channels.tencent.crypto import BadSignature, Envelope, check_signature
from bot.channels.wecom import pulls
from bot.channels.wecom.sync import Puller
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.errors import HuitoukeError, NotFound

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Callbacks:
    """The handlers; `accounts` by their names."""

    accounts: Mapping[str, WecomAccount]
    database: Database
    clock: Clock
    puller: Puller
    counters: Counters

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/api/wecom/{account}", self.verify)
        app.router.add_post("/api/wecom/{account}", self.receive)

    async def verify(self, request: web.Request) -> web.Response:
        """GET: decrypt the echo."""
        account = self._account(request)
        echo = self._opened(account, request, request.query.get("echostr", ""))
        self.counters.callback(account.name, "verified")
        return web.Response(body=echo, content_type="text/plain")

    async def receive(self, request: web.Request) -> web.Response:
        """POST: note that there is something to pull, acknowledge, and pull afterwards."""
        began = time.perf_counter()
        account = self._account(request)
        try:
            await self._noted(account, request, await request.read())
        except HuitoukeError as error:
            self.counters.callback(account.name, error.code)
            log.warning("callback_refused", account=account.name, code=error.code)
            raise
        self.puller.wake()
        self.counters.callback(account.name, "taken", time.perf_counter() - began)
        return web.Response(text="success", content_type="text/plain")

    async def _noted(self, account: WecomAccount, request: web.Request, body: bytes) -> None:
        encrypted = xml.text(xml.read(body), "Encrypt").strip()
        fields = xml.read(self._opened(account, request, encrypted))
        timestamp, nonce = request.query.get("timestamp", ""), request.query.get("nonce", "")
        kfid = xml.text(fields, "OpenKfId").strip()
        wanted = xml.text(fields, "Event").strip() == "kf_msg_or_event" and 0 < len(kfid) <= 64
        if account.open_kfids and kfid not in account.open_kfids:
            wanted = False
        async with self.database.write() as session:
            await guard.check_nonce(session, account.corp_id, timestamp, nonce, body, self.clock)
            if wanted:
                token = xml.text(fields, "Token").strip()
                await pulls.want(session, account.corp_id, kfid, token, self.clock())

    def _opened(self, account: WecomAccount, request: web.Request, encrypted: str) -> bytes:
        """What `encrypted` says. Raises Forbidden."""
        timestamp, nonce = request.query.get("timestamp", ""), request.query.get("nonce", "")
        if not encrypted:
            raise BadSignature()
        given = request.query.get("msg_signature", "")
        check_signature(given, account.token.get_secret_value(), timestamp, nonce, encrypted)
        guard.check_time(timestamp, self.clock())
        return Envelope(account.keys, account.corp_id).open(encrypted).message

    def _account(self, request: web.Request) -> WecomAccount:
        account = self.accounts.get(request.match_info["account"])
        if account is None:
            raise NotFound("There is no such account.")
        return account
