"""The outbox: pushes what is queued through the channels, in order within a conversation.

A message is claimed before it is sent. A platform that does not say whether it took a message leaves it
"unknown": it is never sent again blindly, and the conversation goes on with the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from bot.conversations.content import from_json
from bot.conversations.models import Conversation, Message
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession
from bot.kit.errors import DeliveryUnknown, HuitoukeError, Unavailable
from bot.kit.tasks import TaskGroup
from bot.messages import ChannelOutlet, ChannelUser, OutboundMessage

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
CLAIM = timedelta(seconds=60)
"""A sender that dies holds its message this long; then it counts as unknown, not as unsent."""
BATCH = 100
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600))


@dataclass(frozen=True, slots=True)
class _Claimed:
    channel: str
    attempts: int
    message: OutboundMessage


class Outbox:
    """Delivers for the channels that push. Several processes may run one each."""

    def __init__(self, database: Database, outlets: Sequence[ChannelOutlet], clock: Clock) -> None:
        self._database = database
        self._outlets = {outlet.name: outlet for outlet in outlets}
        self._clock = clock
        self._wake = asyncio.Event()
        self._tasks = TaskGroup("outbox")

    def start(self) -> None:
        if self._outlets:
            self._tasks.spawn(self._run(), "run")

    async def close(self) -> None:
        await self._tasks.close()

    def wake(self) -> None:
        """Something was queued just now."""
        self._wake.set()

    async def _run(self) -> None:
        while True:
            try:
                delivered = await self.deliver_due()
            except Unavailable as error:
                log.warning("outbox_waits", error=error.message)
                delivered = 0
            if delivered == 0:
                self._wake.clear()
                try:
                    await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
                except TimeoutError:
                    continue

    async def deliver_due(self) -> int:
        """Deliver what is due now, one message per conversation at a time; how many were tried."""
        claimed = await self._claim()
        await asyncio.gather(*(self._deliver(item) for item in claimed))
        return len(claimed)

    async def _claim(self) -> list[_Claimed]:
        now = self._clock()
        earlier = aliased(Message)
        async with self._database.write() as session:
            due = (
                await session.execute(
                    select(Message, Conversation)
                    .join(Conversation, Conversation.id == Message.conversation_id)
                    .where(
                        Message.state == "queued",
                        Message.next_attempt_at <= now,
                        Conversation.channel.in_(self._outlets),
                        ~select(earlier.id)
                        .where(
                            earlier.conversation_id == Message.conversation_id,
                            earlier.state.in_(("queued", "sending")),
                            earlier.seq < Message.seq,
                        )
                        .exists(),
                    )
                    .order_by(Message.next_attempt_at)
                    .limit(BATCH)
                    .with_for_update(of=Message, skip_locked=True)
                )
            ).all()
            claimed = []
            for message, conversation in due:
                message.state = "sending"
                message.attempts += 1
                message.next_attempt_at = now + CLAIM
                claimed.append(_claimed(message, conversation))
            await self._give_up_stale(session, now)
        return claimed

    async def _give_up_stale(self, session: WriteSession, now: datetime) -> None:
        await session.execute(
            update(Message)
            .where(Message.state == "sending", Message.next_attempt_at <= now)
            .values(state="unknown", next_attempt_at=None)
        )

    async def _deliver(self, item: _Claimed) -> None:
        try:
            await self._outlets[item.channel].deliver(item.message)  # type: ignore[index]
        except DeliveryUnknown:
            await self._settle(item, "unknown")
        except Unavailable as error:
            log.warning("delivery_postponed", message=item.message.message_id, error=error.message)
            await self._settle(item, "queued")
        except HuitoukeError as error:
            log.error(
                "delivery_refused", message=item.message.message_id, code=error.code, error=error.message
            )
            await self._settle(item, "refused")
        else:
            await self._settle(item, "sent")

    async def _settle(self, item: _Claimed, state: str) -> None:
        again = self._clock() + BACKOFF[min(item.attempts, len(BACKOFF)) - 1] if state == "queued" else None
        async with self._database.write() as session:
            await session.execute(
                update(Message)
                .where(Message.id == item.message.message_id, Message.state == "sending")
                .values(state=state, next_attempt_at=again)
            )


def _claimed(message: Message, conversation: Conversation) -> _Claimed:
    return _Claimed(
        channel=conversation.channel,
        attempts=message.attempts,
        message=OutboundMessage(
            message_id=message.id,
            account=conversation.account,
            channel_user=ChannelUser(conversation.channel_user),
            author=message.author,  # pyright: ignore[reportArgumentType] - a CHECK holds it to Author
            content=from_json(message.content),
        ),
    )
