"""What happens with an arrival before it is acknowledged: everything that must not be lost, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
from bot.messages import Conversations, Deliveries

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

    async def take(
        self, account: str, arrival: Arrival, opened: Opened, body: bytes, *, silent: bool = False
    ) -> None:
        """Keep an arrival; safe when this returns. `silent`: it is not for the bot. Raises Replayed or
        Unavailable."""
        file = await self.intake.expected(account, arrival.user, arrival.id, arrival.said)

        freed = False

        async def note(session: WriteSession) -> None:
            nonlocal freed
            await guard.check_nonce(session, account, opened.timestamp, opened.nonce, body, self.clock)
            if arrival.follow or arrival.scene or arrival.grants:
                await followers.note(session, account, arrival)
            if arrival.grants:
                await self.meter.grant(session, account, arrival.user, arrival.grants, arrival.id, arrival.at)
                freed = await self.deliveries.resume(session, CHANNEL, account, arrival.user)
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
        elif freed:
            self.deliveries.wake()

    async def _leave(self, account: str, arrival: Arrival) -> None:
        """Whoever left gets nothing more, and is nobody's identity until they prove it again."""
        await self.deliveries.drop(CHANNEL, account, arrival.user, sentences.LEFT)
        await self.conversations.forget(CHANNEL, account, arrival.user)
        async with self.database.write() as session:
            await self.meter.none_left(session, account, arrival.user)
