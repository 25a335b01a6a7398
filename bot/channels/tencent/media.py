"""Pictures, voices and videos that customers sent: fetched from the platform after the acknowledgement.

What is still to be fetched stands in a table, so that a process that dies loses none. The platforms keep
their media for three days.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update

from bot.channels.tencent.api import Download
from bot.channels.tencent.due import DueLoop
from bot.channels.tencent.models import WxFetch
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession, insert_into
from bot.kit.errors import HuitoukeError, Unavailable
from bot.messages import Channel, Files

log = structlog.get_logger(__name__)

LOOK_SECONDS = 5.0
AT_ONCE = 8
CLAIM = timedelta(seconds=60)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60, 300, 1800, 7200, 21600))

Fetch = Callable[[str, str], Awaitable[Download]]
"""Fetch a media id of an account."""


class MediaFetcher:
    """Fetches for one channel. Several processes may run one each."""

    def __init__(
        self, database: Database, clock: Clock, files: Files, channel: Channel, fetch: Fetch
    ) -> None:
        self._database = database
        self._clock = clock
        self._files = files
        self._channel = channel
        self._fetch = fetch
        self._loop = DueLoop(f"{channel} media", self.fetch_due, LOOK_SECONDS)

    def start(self) -> None:
        self._loop.start()

    async def close(self) -> None:
        await self._loop.close()

    async def want(self, session: WriteSession, file_id: str, account: str, media_id: str) -> None:
        """Write down that `file_id` is to be filled with `media_id`; call `wake` after the commit."""
        await session.execute(
            insert_into(session, WxFetch)
            .values(
                file_id=file_id,
                channel=self._channel,
                account=account,
                media_id=media_id,
                attempts=0,
                next_at=self._clock(),
            )
            .on_conflict_do_nothing(index_elements=["file_id"])
        )

    def wake(self) -> None:
        """Something is wanted just now."""
        self._loop.wake()

    async def fetch_due(self) -> int:
        """Fetch what is due now; how many were tried."""
        rows = await self._claim()
        await asyncio.gather(*(self._fetch_one(*row) for row in rows))
        return len(rows)

    async def _claim(self) -> list[tuple[str, str, str, int]]:
        now = self._clock()
        due = (WxFetch.channel == self._channel, WxFetch.next_at <= now)
        async with self._database.read() as session:
            ids = list(
                await session.scalars(
                    select(WxFetch.file_id).where(*due).order_by(WxFetch.next_at).limit(AT_ONCE)
                )
            )
        if not ids:
            return []
        async with self._database.write() as session:
            rows = await session.execute(
                update(WxFetch)
                .where(WxFetch.file_id.in_(ids), *due)
                .values(next_at=now + CLAIM, attempts=WxFetch.attempts + 1)
                .returning(WxFetch.file_id, WxFetch.account, WxFetch.media_id, WxFetch.attempts)
                .execution_options(synchronize_session=False)
            )
            return [(row.file_id, row.account, row.media_id, row.attempts) for row in rows]

    async def _fetch_one(self, file_id: str, account: str, media_id: str, attempts: int) -> None:
        try:
            download = await self._fetch(account, media_id)
            await self._files.fill(file_id, download.data)
        except Unavailable as error:
            if attempts <= len(PAUSES):
                await self._later(file_id, self._clock() + PAUSES[attempts - 1])
                return
            await self._files.give_up(file_id)
            log.error("media_given_up", file=file_id, error=error.message)
        except HuitoukeError as error:
            await self._files.give_up(file_id)
            log.warning("media_refused", file=file_id, code=error.code, error=error.message)
        await self._done(file_id)

    async def _later(self, file_id: str, at: datetime) -> None:
        async with self._database.write() as session:
            await session.execute(update(WxFetch).where(WxFetch.file_id == file_id).values(next_at=at))

    async def _done(self, file_id: str) -> None:
        async with self._database.write() as session:
            await session.execute(delete(WxFetch).where(WxFetch.file_id == file_id))
