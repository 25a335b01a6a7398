"""The access token of an app: one process fetches it, all share it through the database.

Official accounts: POST /cgi-bin/stable_token, which gives the same token again until 5 minutes before its
end; `force_refresh` gives another one, at most 20 times a day and every 30 s
(developers.weixin.qq.com, getStableAccessToken). WeCom: GET /cgi-bin/gettoken
(developer.work.weixin.qq.com/document/path/91039).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import or_, select, update

from bot.channels.tencent.models import WxToken
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.errors import Unavailable

log = structlog.get_logger(__name__)

EARLY = timedelta(minutes=5)
LEASE = timedelta(seconds=15)
FORCE_PAUSE = timedelta(seconds=30)
WAIT_SECONDS = 10.0
LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Fetched:
    """A new token and how long it lives, in seconds."""

    token: str
    expires_in: int


Fetch = Callable[[bool], Awaitable[Fetched]]
"""Fetch a token; True: another one than before."""


class NoToken(Unavailable):
    """The platform gives no access token now."""


class TokenKeeper:
    """The token of one app. The real `Tokens`."""

    def __init__(self, database: Database, clock: Clock, app: str, secret: str, fetch: Fetch) -> None:
        self._database = database
        self._clock = clock
        self._app = app
        self._fetch = fetch
        # A token opens the account for two hours: in the database it is sealed with the app's secret.
        key = hashlib.sha256(f"wx-token:{app}:{secret}".encode()).digest()
        self._seal = Fernet(base64.urlsafe_b64encode(key))
        self._me = secrets.token_hex(8)
        self._token: str | None = None
        self._until: datetime | None = None
        self._one = asyncio.Lock()

    async def get(self) -> str:
        """See Tokens.get."""
        if (token := self._remembered()) is not None:
            return token
        async with self._one:
            return self._remembered() or await self._shared(None)

    async def renew(self, rejected: str) -> str:
        """See Tokens.renew."""
        async with self._one:
            if self._token == rejected:
                self._token = self._until = None
            return self._remembered() or await self._shared(rejected)

    def _remembered(self) -> str | None:
        if self._token and self._until and self._clock() < self._until - EARLY:
            return self._token
        return None

    async def _shared(self, rejected: str | None) -> str:
        """The token that all processes share; fetch it when it is none of our turn to wait for another."""
        for _ in range(int(WAIT_SECONDS / LOOK_SECONDS)):
            token = await self._stored(rejected)
            if token is not None:
                return token
            if await self._lease():
                return await self._fetched(rejected)
            await asyncio.sleep(LOOK_SECONDS)
        raise NoToken()

    async def _stored(self, rejected: str | None) -> str | None:
        async with self._database.read() as session:
            row = await session.get(WxToken, self._app)
        if row is None or row.sealed is None or row.expires_at is None:
            return None
        if row.expires_at - EARLY <= self._clock():
            return None
        try:
            token = self._seal.decrypt(row.sealed.encode()).decode()
        except InvalidToken:
            return None  # sealed with the secret before it was changed
        if token == rejected:
            return None
        self._token, self._until = token, row.expires_at
        return token

    async def _lease(self) -> bool:
        """Become the one who fetches."""
        now = self._clock()
        async with self._database.write() as session:
            if await session.get(WxToken, self._app) is None:
                session.add(WxToken(app=self._app, lease=self._me, lease_until=now + LEASE))
                return True
            free = or_(WxToken.lease.is_(None), WxToken.lease_until <= now)
            taken = await session.execute(
                update(WxToken)
                .where(WxToken.app == self._app, free)
                .values(lease=self._me, lease_until=now + LEASE)
            )
            return taken.rowcount == 1  # type: ignore[attr-defined]

    async def _fetched(self, rejected: str | None) -> str:
        forced = False
        try:
            fresh = await self._fetch(False)
            if fresh.token == rejected and await self._may_force():
                forced = True
                fresh = await self._fetch(True)
        except BaseException:
            await self._store(None, forced=forced)
            raise
        await self._store(fresh, forced=forced)
        if fresh.token == rejected:
            raise NoToken("The platform gave the rejected token again: wait half a minute.")
        log.info("token_fetched", app=self._app, forced=forced, expires_in=fresh.expires_in)
        return fresh.token

    async def _may_force(self) -> bool:
        async with self._database.read() as session:
            at = await session.scalar(select(WxToken.forced_at).where(WxToken.app == self._app))
        return at is None or self._clock() - at >= FORCE_PAUSE

    async def _store(self, fresh: Fetched | None, *, forced: bool) -> None:
        """Keep what was fetched, and let go of the lease in any case."""
        now = self._clock()
        values: dict[str, object] = {"lease": None, "lease_until": None}
        if fresh is not None:
            self._token, self._until = fresh.token, now + timedelta(seconds=fresh.expires_in)
            values |= {
                "sealed": self._seal.encrypt(fresh.token.encode()).decode(),
                "expires_at": self._until,
            }
        if forced:
            values["forced_at"] = now
        async with self._database.write() as session:
            await session.execute(
                update(WxToken).where(WxToken.app == self._app, WxToken.lease == self._me).values(**values)
            )
