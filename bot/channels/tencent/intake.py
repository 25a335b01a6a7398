"""From what a customer said to a message in their conversation, the same on both platforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from bot.channels.tencent import sentences
from bot.channels.tencent.offers import Offers, choice_of
from bot.kit.errors import BadInput
from bot.messages import Also, Channel, ChannelUser, Content, Conversations, FileRef, Files, InboundMessage

log = structlog.get_logger(__name__)

PIECE = 1500
"""Characters of a text that one message holds; a longer one becomes several."""


@dataclass(frozen=True, slots=True)
class Media:
    """Something to fetch: its media id, and what it is called and presumed to be until then."""

    media_id: str
    name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Said:
    """What becomes a message in the conversation."""

    text: str
    intent: str | None = None
    entities: Mapping[str, Any] = field(default_factory=dict)
    menu: str | None = None
    media: Media | None = None
    event: Mapping[str, str] = field(default_factory=dict)
    answer: Content | None = None
    greet: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Intake:
    """Hands on what customers of one channel say."""

    channel: Channel
    conversations: Conversations
    files: Files
    offers: Offers

    async def expected(self, account: str, user: ChannelUser, id_: str, said: Said | None) -> FileRef | None:
        """The file that `said` announces; the same when it is delivered again."""
        media = said.media if said else None
        if media is None or not media.media_id:
            return None
        key = f"{self.channel}|{account}|{user}|{id_}"
        return await self.files.expect(media.name, media.content_type, key)

    async def say(
        self,
        account: str,
        user: ChannelUser,
        id_: str,
        said: Said,
        file: FileRef | None,
        also: Also,
        *,
        words: bool,
    ) -> None:
        """Store it, and `also` what goes with it; `words`: a text that the customer wrote or clicked."""
        message = InboundMessage(
            channel=self.channel,
            account=account,
            channel_user=user,
            channel_message_id=id_,
            text=said.text,
            intent=said.intent,
            entities=said.entities,
            file=file,
            event=said.event,
            answer=said.answer,
            greet=said.greet,
            silent=said.silent,
        )
        if words and not said.silent:
            message = await self._understood(message, said)
        try:
            await self._receive(message, also)
        except BadInput as error:
            # A choice that is no longer offered is what it says; a text without anything to read is said so.
            log.info("arrival_as_text", account=account, code=error.code)
            plain = replace(message, choice=None, text=said.text)
            if error.code == "empty" or not said.text.strip():
                plain = replace(plain, text="[空消息]", answer=sentences.UNSUPPORTED)
            await self._receive(plain, also)

    async def _understood(self, message: InboundMessage, said: Said) -> InboundMessage:
        """A menu's click or a bare number is a choice; "解绑" is a wish that the bot has no part in."""
        if said.text.strip() in sentences.UNBIND:
            bound = await self.conversations.forget(self.channel, message.account, message.channel_user)
            return replace(message, answer=sentences.UNBOUND if bound else sentences.NOT_BOUND)
        choice = choice_of(said.menu) if said.menu else None
        if choice is None:
            choice = await self.offers.answered(message.account, message.channel_user, said.text)
        return replace(message, choice=choice, text=None) if choice else message

    async def _receive(self, message: InboundMessage, also: Also) -> None:
        text = message.text or ""
        pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
        if len(pieces) < 2:
            await self.conversations.receive(message, also=also)
            return
        for number, piece in enumerate(pieces):
            if piece.strip():
                id_ = f"{message.channel_message_id}#{number}"
                await self.conversations.receive(
                    replace(message, text=piece, channel_message_id=id_), also=also
                )
