"""What happens with an arrival before it is acknowledged: everything that must not be lost, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from bot.channels.tencent import guard
from bot.channels.tencent.media import MediaFetcher
from bot.channels.tencent.meter import Meter
from bot.channels.tencent.offers import Offers, choice_of
from bot.channels.wechat import followers, sentences
from bot.channels.wechat.decode import Arrival, Said
from bot.channels.wechat.door import Opened
from bot.channels.wechat.notices import Notices
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.errors import BadInput
from bot.messages import Conversations, Deliveries, FileRef, Files, InboundMessage

log = structlog.get_logger(__name__)

CHANNEL = "wechat"
PIECE = 1500
"""Characters of a text that one message holds; a longer one becomes several."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """Takes the arrivals of all accounts."""

    database: Database
    clock: Clock
    conversations: Conversations
    deliveries: Deliveries
    files: Files
    meter: Meter
    offers: Offers
    media: MediaFetcher
    notices: Notices

    async def take(
        self, account: str, arrival: Arrival, opened: Opened, body: bytes, *, silent: bool = False
    ) -> None:
        """Keep an arrival; safe when this returns. `silent`: it is not for the bot. Raises Replayed or
        Unavailable."""
        file = await self._expected(account, arrival)
        async with self.database.write() as session:
            await guard.check_nonce(session, account, opened.timestamp, opened.nonce, body, self.clock)
            if arrival.follow or arrival.scene or arrival.grants:
                await followers.note(session, account, arrival)
            if arrival.grants:
                await self.meter.grant(session, account, arrival.user, arrival.grants, arrival.id, arrival.at)
            if file is not None and arrival.said and arrival.said.media:
                await self.media.want(session, file.id, account, arrival.said.media.media_id)
            await self.notices.note(session, account, arrival)
        if file is not None:
            self.media.wake()
        if arrival.said is not None:
            said = replace(arrival.said, silent=True) if silent else arrival.said
            await self._say(account, arrival, said, file)
        if arrival.follow == "unsubscribed":
            await self._leave(account, arrival)
        elif arrival.grants:
            await self.deliveries.resume(CHANNEL, account, arrival.user)

    async def _expected(self, account: str, arrival: Arrival) -> FileRef | None:
        media = arrival.said.media if arrival.said else None
        if media is None or not media.media_id:
            return None
        key = f"{CHANNEL}|{account}|{arrival.user}|{arrival.id}"
        return await self.files.expect(media.name, media.content_type, key)

    async def _say(self, account: str, arrival: Arrival, said: Said, file: FileRef | None) -> None:
        message = InboundMessage(
            channel=CHANNEL,
            account=account,
            channel_user=arrival.user,
            channel_message_id=arrival.id,
            text=said.text,
            intent=said.intent,
            entities=said.entities,
            file=file,
            event=said.event,
            answer=said.answer,
            silent=said.silent,
        )
        if arrival.kind == "text":
            message = await self._understood(message, said)
        try:
            await self._receive(message)
        except BadInput as error:
            # A choice that is no longer offered is what it says; a text without anything to read is said so.
            log.info("arrival_as_text", account=account, code=error.code)
            plain = replace(message, choice=None, text=said.text or "[空消息]")
            if error.code == "empty":
                plain = replace(plain, text="[空消息]", answer=sentences.UNSUPPORTED)
            await self._receive(plain)

    async def _understood(self, message: InboundMessage, said: Said) -> InboundMessage:
        """A menu's click or a bare number is a choice; "解绑" is a wish that the bot has no part in."""
        if said.text.strip() in sentences.UNBIND:
            bound = await self.conversations.forget(CHANNEL, message.account, message.channel_user)
            return replace(message, answer=sentences.UNBOUND if bound else sentences.NOT_BOUND)
        choice = choice_of(said.menu) if said.menu else None
        if choice is None:
            choice = await self.offers.answered(message.account, message.channel_user, said.text)
        return replace(message, choice=choice, text=None) if choice else message

    async def _receive(self, message: InboundMessage) -> None:
        text = message.text or ""
        pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
        if len(pieces) < 2:
            await self.conversations.receive(message)
            return
        for number, piece in enumerate(pieces):
            if piece.strip():
                id_ = f"{message.channel_message_id}#{number}"
                await self.conversations.receive(replace(message, text=piece, channel_message_id=id_))

    async def _leave(self, account: str, arrival: Arrival) -> None:
        """Whoever left gets nothing more, and is nobody's identity until they prove it again."""
        await self.deliveries.drop(CHANNEL, account, arrival.user, sentences.LEFT)
        await self.conversations.forget(CHANNEL, account, arrival.user)
        async with self.database.write() as session:
            await self.meter.none_left(session, account, arrival.user)
