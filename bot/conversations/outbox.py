"""The outbox: pushes what is queued through the channels, in order within a conversation.

A message is claimed before it is sent. A platform that does not say whether it took a message leaves it
"unknown": it is never sent again blindly, and the conversation goes on with the next one. What the
platform does not let through now is held until the customer writes again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from bot.conversations import delivery
from bot.conversations.delivery import Claimed
from bot.conversations.hub import Hub
from bot.conversations.models import Conversation, Message
from bot.conversations.typing import TypingRelay
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession, let_others_write_first
from bot.kit.errors import DeliveryUnknown, Held, HuitoukeError, Unavailable
from bot.kit.ids import ConversationId
from bot.kit.tasks import TaskGroup, set_within
from bot.messages import (
    Allowance,
    Channel,
    ChannelOutlet,
    ChannelUser,
    ConversationEvent,
    DeliveryChanged,
    DeliveryState,
    MessagesAdded,
    OutboundMessage,
)

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
AT_ONCE = 64
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (1, 3, 10, 30, 60))
HELD_LOOK = timedelta(minutes=15)
"""A channel says when a customer has written; should that be lost, held messages are tried this often."""
SPARE = 1
"""So many messages are kept back for what may still be said: then several go out as one."""


class Outbox:
    """Delivers for the channels that push. Several processes may run one each. The real `Deliveries`."""

    def __init__(
        self, database: Database, outlets: Sequence[ChannelOutlet], clock: Clock, hub: Hub | None = None
    ) -> None:
        self._database = database
        self._outlets: dict[str, ChannelOutlet] = {outlet.name: outlet for outlet in outlets}
        self._clock = clock
        self._hub = hub
        self._wake = asyncio.Event()
        self._tasks = TaskGroup("outbox")
        self._sending = 0
        self._typing: TypingRelay | None = None

    def add(self, outlet: ChannelOutlet) -> None:
        """Deliver for one more channel; before `start`."""
        self._outlets[outlet.name] = outlet

    def start(self) -> None:
        if not self._outlets:
            return
        if self._hub is not None:
            self._hub.watch(self._heard)
            self._typing = TypingRelay(self._database, self._hub, self._outlets)
        self._tasks.spawn(self._run(), "run")

    async def close(self) -> None:
        if self._typing is not None:
            await self._typing.close()
        await self._tasks.close()

    def wake(self) -> None:
        """Something was queued just now."""
        self._wake.set()

    def _heard(self, _conversation: ConversationId, event: ConversationEvent) -> None:
        if isinstance(event, MessagesAdded) and any(each.author != "customer" for each in event.messages):
            self.wake()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            claimed: list[Claimed] = []
            try:
                claimed = await self._claim(AT_ONCE - self._sending)
            except Unavailable as error:
                log.warning("outbox_waits", error=error.message)
            for item in claimed:
                self._sending += 1
                self._tasks.spawn(self._deliver_and_go_on(item), item.message.message_id)
            if not claimed or self._sending >= AT_ONCE:
                await set_within(self._wake, LOOK_SECONDS)

    async def _deliver_and_go_on(self, item: Claimed) -> None:
        let_others_write_first()
        try:
            await self._deliver(item)
        finally:
            self._sending -= 1
            self.wake()

    async def deliver_due(self) -> int:
        """Deliver what is due now, one message per conversation; how many were tried."""
        claimed = await self._claim(AT_ONCE)
        await asyncio.gather(*(self._deliver(item) for item in claimed))
        return len(claimed)

    async def _claim(self, limit: int) -> list[Claimed]:
        if limit <= 0:
            return []
        now = self._clock()
        async with self._database.read() as session:
            ids = await delivery.due(session, self._outlets.keys(), now, limit)
        if not ids:
            return []
        async with self._database.write() as session:
            return await delivery.claim(session, ids, now)

    async def _deliver(self, item: Claimed) -> None:
        outlet = self._outlets[item.channel]
        try:
            item = await self._with_others(outlet, item)
            await outlet.deliver(item.outgoing)
        except DeliveryUnknown as error:
            await self._settle(item, "unknown", error.message)
        except Unavailable as error:
            log.warning("delivery_postponed", message=item.message.message_id, error=error.message)
            again = self._clock() + BACKOFF[min(item.attempts, len(BACKOFF)) - 1]
            await self._settle(item, "queued", error.message, again)
        except Held as error:
            await self._settle(item, "held", error.message, self._clock() + HELD_LOOK)
        except HuitoukeError as error:
            log.error(
                "delivery_refused", message=item.message.message_id, code=error.code, error=error.message
            )
            await self._settle(item, "refused", error.message)
        else:
            await self._settle(item, "sent")

    async def _with_others(self, outlet: ChannelOutlet, item: Claimed) -> Claimed:
        """`item` together with what waits behind it, where the platform lets few messages through."""
        if item.message.author == "agent":
            return item  # a person's words stand alone
        async with self._database.read() as session:
            others = await delivery.followers(session, item)
        if not others:
            return item
        if item.attempts == 1:
            left = (await outlet.allowance(item.message.account, item.message.channel_user)).left
            if left is None or left > len(others) + SPARE:
                return item
        async with self._database.write() as session:
            return await delivery.merge(session, item, others)

    async def _settle(
        self, item: Claimed, state: DeliveryState, problem: str | None = None, again: datetime | None = None
    ) -> None:
        ids = [each.message_id for each in item.all]
        async with self._database.write() as session:
            await delivery.settle(session, ids, state, problem=problem, again=again)
        for each in item.all:
            self._tell(item.conversation, each.seq, state, problem)

    def _tell(
        self, conversation: ConversationId, seq: int, state: DeliveryState, problem: str | None
    ) -> None:
        if self._hub is not None:
            self._hub.publish(conversation, DeliveryChanged(seq, state, problem))

    async def allowance(self, conversation: ConversationId) -> Allowance:
        """How many messages may still be sent in a conversation, and until when: for bot, care and desk."""
        async with self._database.read() as session:
            row = await session.get(Conversation, conversation)
        outlet = self._outlets.get(row.channel) if row else None
        if row is None or outlet is None:
            return Allowance()
        return await outlet.allowance(row.account, ChannelUser(row.channel_user))

    async def resume(self, session: WriteSession, channel: Channel, account: str, user: ChannelUser) -> bool:
        """See Deliveries.resume."""
        return await delivery.release(session, channel, account, user, self._clock())

    async def drop(self, channel: Channel, account: str, user: ChannelUser, problem: str) -> None:
        """See Deliveries.drop."""
        async with self._database.write() as session:
            dropped = await delivery.refuse_waiting(session, channel, account, user, problem)
        for conversation, seq in dropped:
            self._tell(conversation, seq, "refused", problem)

    async def failed(self, message_id: str, problem: str) -> None:
        """See Deliveries.failed."""
        async with self._database.write() as session:
            marked = await delivery.mark_failed(session, message_id, problem)
        for conversation, seq in marked:
            self._tell(conversation, seq, "refused", problem)

    async def collect(self, channel: Channel, account: str, user: ChannelUser) -> Sequence[OutboundMessage]:
        """See Deliveries.collect."""
        async with self._database.write() as session:
            claimed = await delivery.claim_waiting(session, channel, account, user, self._clock())
        return [item.message for item in claimed]

    async def settle(self, message_ids: Sequence[str], state: DeliveryState) -> None:
        """See Deliveries.settle."""
        again = self._clock() + HELD_LOOK if state == "held" else None
        async with self._database.write() as session:
            await delivery.settle(session, message_ids, state, again=again)
            rows = await session.execute(
                select(Message.conversation_id, Message.seq).where(Message.id.in_(message_ids))
            )
        for conversation, seq in rows:
            self._tell(ConversationId(conversation), seq, state, None)
