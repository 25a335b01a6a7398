"""Pulling messages: a callback only says that there are some; sync_msg gives them, page by page.

A page is handed on before its cursor is kept, so a process that dies pulls it again, and the message log
knows what it has. `has_more` may come with an empty page; the history reaches back three days.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.channels.tencent.api import Api
from bot.channels.tencent.due import DueLoop
from bot.channels.tencent.errors import CallFailed
from bot.channels.wecom import pulls
from bot.channels.wecom.pulls import Pull
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.errors import HuitoukeError, Unavailable
from bot.kit.tasks import TaskGroup

log = structlog.get_logger(__name__)

SYNC = "/cgi-bin/kf/sync_msg"
LIMIT = 1000
LOOK_SECONDS = 1.0
MOST_PAGES = 500
EMPTY_PAGES = 20
BAD_TOKEN = 95007
PAUSE = timedelta(seconds=10)
STARTED_AGAIN = timedelta(minutes=1)

Handle = Callable[[str, Mapping[str, Any]], Awaitable[None]]
"""Hand on one line of a company's messages; twice is once."""


class Puller:
    """Pulls for all companies. Several processes may run one each."""

    def __init__(self, database: Database, clock: Clock, apis: Mapping[str, Api], handle: Handle) -> None:
        self.me = secrets.token_hex(8)
        self._database = database
        self._clock = clock
        self._apis = apis
        self._handle = handle
        self._loop = DueLoop("wecom sync", self.pull_due, LOOK_SECONDS)
        self._leases = TaskGroup("wecom leases")

    def start(self) -> None:
        self._loop.start()

    async def close(self) -> None:
        await self._loop.close()
        await self._leases.close()

    def wake(self) -> None:
        """A callback came just now."""
        self._loop.wake()

    async def pull_due(self) -> int:
        """Pull what is due now; how many accounts that were."""
        due = await pulls.claim(self._database, self.me, list(self._apis), self._clock())
        await asyncio.gather(*(self._pull(each) for each in due))
        return len(due)

    async def _pull(self, pull: Pull) -> None:
        keeping = self._leases.spawn(self._keep(pull), f"lease {pull.open_kfid}")
        try:
            await self._pages(pull)
        except HuitoukeError as error:
            log.warning("sync_failed", account=pull.open_kfid, code=error.code, error=error.message)
            await pulls.finish(self._database, self.me, pull, self._clock() + PAUSE)
        except Exception:
            await pulls.finish(self._database, self.me, pull, self._clock() + PAUSE)
            raise
        else:
            await pulls.finish(self._database, self.me, pull, None)
        finally:
            keeping.cancel()

    async def _keep(self, pull: Pull) -> None:
        """Renew the lease as long as the pull takes."""
        while True:
            await asyncio.sleep(pulls.RENEW_SECONDS)
            try:
                await pulls.renew(self._database, self.me, pull, self._clock())
            except Unavailable as error:
                log.warning("lease_not_renewed", account=pull.open_kfid, error=error.message)

    async def _pages(self, pull: Pull) -> None:
        cursor, empty = pull.cursor, 0
        for _ in range(MOST_PAGES):
            page = await self._page(pull, cursor)
            lines = [line for line in page.get("msg_list") or [] if isinstance(line, dict)]
            for line in lines:
                await self._handle(pull.corp_id, line)
            following = str(page.get("next_cursor") or cursor)
            empty = 0 if lines or following != cursor else empty + 1
            cursor = following
            if not await pulls.advance(self._database, self.me, pull, cursor, self._clock()):
                return  # it took too long, and another process has it now
            if not page.get("has_more") or empty > EMPTY_PAGES:
                return

    async def _page(self, pull: Pull, cursor: str) -> dict[str, Any]:
        body: dict[str, Any] = {"open_kfid": pull.open_kfid, "limit": LIMIT, "voice_format": 0}
        if cursor:
            body["cursor"] = cursor
        api = self._apis[pull.corp_id]
        if not pull.token:
            return await api.post(SYNC, body, again=True)
        try:
            return await api.post(SYNC, {**body, "token": pull.token}, again=True)
        except CallFailed as error:
            if error.errcode != BAD_TOKEN:
                raise
        # Without a token the platform allows far fewer calls, but it answers.
        return await api.post(SYNC, body, again=True)
