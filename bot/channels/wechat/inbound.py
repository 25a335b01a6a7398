"""What happens with an arrival before it is acknowledged: everything that must not be lost, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from bot.channels.tencent import guard, sentences
from bot.channels.tencent.intake import Intake
from bot.channels.tencent.media import MediaFetcher
from bot.channels.tencent.meter import Meter
from bot.channels.wechat import followers
from bot.channels.wechat.decode import Arrival
from bot.channels.wechat.door import Opened
from bot.channels.wechat.notices import Notices
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession
from bot.kit.errors import Unavailable
from bot.kit.tasks import TaskGroup
from bot.messages import ChannelUser, Conversations, Deliveries

log = structlog.get_logger(__name__)

CHANNEL = "wechat"


@dataclass(frozen=True, slots=True)
class Inbound:
    """Takes the arrivals of all accounts."""

    database: Database
    clock: Clock
    conversations: Conversations
    deliveries: Deliveries
    intake: Intake
    meter: Meter
    media: MediaFetcher
    notices: Notices
    after: TaskGroup
    """What need not be done before the acknowledgement."""

    async def take(
        self, account: str, arrival: Arrival, opened: Opened, body: bytes, *, silent: bool = False
    ) -> None:
        """Keep an arrival; safe when this returns. `silent`: it is not for the bot. Raises Replayed or
        Unavailable."""
        file = await self.intake.expected(account, arrival.user, arrival.id, arrival.said)

        async def note(session: WriteSession) -> None:
            await guard.check_nonce(session, account, opened.timestamp, opened.nonce, body, self.clock)
            if arrival.follow or arrival.scene or arrival.grants:
                await followers.note(session, account, arrival)
            if arrival.grants:
                await self.meter.grant(session, account, arrival.user, arrival.grants, arrival.id, arrival.at)
            if file is not None and arrival.said and arrival.said.media:
                await self.media.want(session, file.id, account, arrival.said.media.media_id)
            await self.notices.note(session, account, arrival)

        if arrival.said is None:
            async with self.database.write() as session:
                await note(session)
        else:
            said = replace(arrival.said, silent=True) if silent else arrival.said
            words = arrival.kind == "text"
            await self.intake.say(account, arrival.user, arrival.id, said, file, note, words=words)
        if file is not None:
            self.media.wake()
        if arrival.follow == "unsubscribed":
            await self._leave(account, arrival)
        elif arrival.grants:
            self.after.spawn(self._resume(account, arrival.user), f"resume {arrival.id}")

    async def _resume(self, account: str, user: ChannelUser) -> None:
        """What was held may go out. Should it fail, it is looked for again before long."""
        try:
            await self.deliveries.resume(CHANNEL, account, user)
        except Unavailable as error:
            log.warning("resume_failed", account=account, error=error.message)

    async def _leave(self, account: str, arrival: Arrival) -> None:
        """Whoever left gets nothing more, and is nobody's identity until they prove it again."""
        await self.deliveries.drop(CHANNEL, account, arrival.user, sentences.LEFT)
        await self.conversations.forget(CHANNEL, account, arrival.user)
        async with self.database.write() as session:
            await self.meter.none_left(session, account, arrival.user)
