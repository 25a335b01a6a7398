"""Sending a message in one or several calls, each counted and remembered, so that none is made twice.

Before a call its part is written down as `sending`, afterwards how it ended. A process that dies between
the two leaves a part of which nobody knows whether it arrived: it is not sent again, unless the platform
recognises repetitions (WeCom's msgid).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bot.channels.tencent.api import NO_ANSWER
from bot.channels.tencent.errors import CallFailed
from bot.channels.tencent.meter import Meter
from bot.channels.tencent.models import WxPart
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.errors import DeliveryUnknown, HuitoukeError, Unavailable
from bot.messages import OutboundMessage

Call = Callable[[Mapping[str, Any], str], Awaitable[str | None]]
"""Send a body with the part's id; gives the platform's own id for it, if there is one."""


class Sender:
    """Makes the calls of one channel."""

    def __init__(self, database: Database, clock: Clock, meter: Meter, *, repeatable: bool) -> None:
        """`repeatable`: the platform knows a part's id again and does not deliver it twice."""
        self._database = database
        self._clock = clock
        self._meter = meter
        self._repeatable = repeatable

    async def send(self, message: OutboundMessage, bodies: Sequence[Mapping[str, Any]], call: Call) -> None:
        """Make the calls for `bodies` in order; those that were made are not made again.

        Raises as ChannelOutlet.deliver does.
        """
        for part, body in enumerate(bodies):
            if await self._begin(message, part):
                await self._make(message, part, body, call)

    async def _begin(self, message: OutboundMessage, part: int) -> bool:
        """Write down that the part is being sent; False when it was sent before."""
        async with self._database.write() as session:
            row = await session.get(WxPart, (message.message_id, part), populate_existing=True)
            if row is not None:
                if row.state == "sent":
                    return False
                if self._repeatable:
                    return True
                raise DeliveryUnknown(NO_ANSWER)
            kind = await self._meter.take(session, message.account, message.channel_user)
            session.add(
                WxPart(
                    message_id=message.message_id,
                    part=part,
                    state="sending",
                    kind=kind,
                    platform_id=part_id(message.message_id, part),
                    at=self._clock(),
                )
            )
        return True

    async def _make(self, message: OutboundMessage, part: int, body: Mapping[str, Any], call: Call) -> None:
        try:
            platform_id = await call(body, part_id(message.message_id, part))
        except DeliveryUnknown:
            await self._end(message, part, "unknown")
            raise
        except Unavailable:
            if not self._repeatable:
                await self._undo(message, part, None)
            raise
        except HuitoukeError as error:
            await self._undo(message, part, error)
            raise
        await self._end(message, part, "sent", platform_id)

    async def _end(
        self, message: OutboundMessage, part: int, state: str, platform_id: str | None = None
    ) -> None:
        async with self._database.write() as session:
            row = await session.get(WxPart, (message.message_id, part), populate_existing=True)
            if row is not None:
                row.state, row.platform_id = state, platform_id or row.platform_id

    async def _undo(self, message: OutboundMessage, part: int, error: HuitoukeError | None) -> None:
        """The part was certainly not sent: give its place back, and believe what the platform says of it."""
        async with self._database.write() as session:
            row = await session.get(WxPart, (message.message_id, part), populate_existing=True)
            if row is not None:
                await self._meter.give_back(session, message.account, message.channel_user, row.kind)
                await session.delete(row)
            if isinstance(error, CallFailed) and (error.fault.spent or error.fault.closed):
                await self._meter.none_left(session, message.account, message.channel_user)

    async def parts_sent(self, message_id: str) -> int:
        """How many parts of a message went out, counted from its first."""
        async with self._database.read() as session:
            parts = await session.scalars(
                select(WxPart.part).where(WxPart.message_id == message_id, WxPart.state == "sent")
            )
            return len(list(parts))

    async def went_out(self, message_id: str, parts: range, platform_id: str | None = None) -> None:
        """Parts of a message went out without using an allowance: as an answer to a request or an event."""
        async with self._database.write() as session:
            for part in parts:
                session.add(
                    WxPart(
                        message_id=message_id,
                        part=part,
                        state="sent",
                        kind="reply",
                        platform_id=platform_id,
                        at=self._clock(),
                    )
                )

    async def message_of(self, platform_id: str) -> str | None:
        """Which message of ours a platform's id belongs to."""
        async with self._database.read() as session:
            return await session.scalar(select(WxPart.message_id).where(WxPart.platform_id == platform_id))


def part_id(message_id: str, part: int) -> str:
    """An id of at most 32 characters that WeCom takes (0-9 a-z A-Z _ -), the same for the same part."""
    digest = hashlib.sha256(message_id.encode()).digest()[:16]
    return f"{base64.urlsafe_b64encode(digest).decode().rstrip('=')}_{part}"
