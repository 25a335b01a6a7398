"""Conversations as channels see them: open, receive, read, subscribe (bot.messages.Conversations)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.conversations import log as message_log
from bot.conversations.content import clean_text, from_json, inbound_json
from bot.conversations.greeting import BUTTONS, for_everybody, greeting, may_greet, prompts
from bot.conversations.handoff import HandoffDesk, NoDesk
from bot.conversations.handoff import Stored as DeskHeard
from bot.conversations.hot import AlreadyStored, store_inbound
from bot.conversations.hub import Hub
from bot.conversations.models import ERASED_USER, Conversation, Message
from bot.conversations.turns import Turns
from bot.conversations.typed import typed_button
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession
from bot.kit.errors import BadInput, NotFound
from bot.kit.ids import ConversationId, IdentityId, new_conversation_id
from bot.messages import (
    Also,
    Channel,
    ChannelUser,
    CustomerSaw,
    CustomerTyping,
    InboundMessage,
    Listener,
    LoggedMessage,
    MessagesAdded,
    OpenConversation,
    Prompt,
    QuickReply,
    Receipt,
    Unsubscribe,
    VerifiedChanged,
    Visitor,
)
from bot.store.identities.service import (
    access,
    ensure_identity,
    revoke,
    verify_by_external_id,
    verify_by_merchant,
)

MOST_HOMES = 50_000


class BadChoice(BadInput):
    """这个选项已经不能用了，请直接输入您的问题。"""

    code = "bad_choice"


class ConversationService:
    """The real `Conversations`, for one process."""

    def __init__(
        self,
        database: Database,
        turns: Turns,
        hub: Hub,
        clock: Clock,
        *,
        max_text: int,
        desk: HandoffDesk | None = None,
    ) -> None:
        self._database = database
        self._turns = turns
        self._hub = hub
        self._clock = clock
        self._max_text = max_text
        self._homes: dict[tuple[Channel, str, ChannelUser], ConversationId] = {}
        self._desk: HandoffDesk = desk or NoDesk()

    async def open(self, visitor: Visitor) -> OpenConversation:
        """See Conversations.open. Two first openings at once end in one conversation."""
        try:
            return await self._open(visitor)
        except IntegrityError:
            return await self._open(visitor)

    async def _open(self, visitor: Visitor) -> OpenConversation:
        now = self._clock()
        async with self._database.write() as session:
            identity = await ensure_identity(
                session, visitor.channel, visitor.account, visitor.channel_user, now
            )
            if visitor.member_number is not None:
                await verify_by_merchant(session, identity, visitor.member_number, now)
            elif visitor.external_id is not None:
                await verify_by_external_id(session, identity, visitor.external_id, now)
            row = await session.scalar(
                select(Conversation).where(
                    Conversation.channel == visitor.channel,
                    Conversation.account == visitor.account,
                    Conversation.channel_user == visitor.channel_user,
                )
            )
            if row is None:
                row = self._new(visitor, identity)
                session.add(row)
            row.locale, row.time_zone = visitor.locale, visitor.time_zone
            proved = (await access(session, identity, now)).verified
        return OpenConversation(ConversationId(row.id), row.last_seq, row.seen_seq, proved)

    def _new(self, visitor: Visitor, identity: IdentityId) -> Conversation:
        now = self._clock()
        return Conversation(
            id=new_conversation_id(),
            channel=visitor.channel,
            account=visitor.account,
            channel_user=visitor.channel_user,
            identity_id=identity,
            owner="bot",
            owner_version=1,
            last_seq=0,
            seen_seq=0,
            created_at=now,
            last_message_at=now,
        )

    async def state(self, conversation: ConversationId) -> OpenConversation | None:
        """See Conversations.state."""
        async with self._database.read() as session:
            row = await session.get(Conversation, conversation)
            if row is None or row.channel_user.startswith(ERASED_USER):
                return None
            now = self._clock()
            proved = (await access(session, IdentityId(row.identity_id), now)).verified
            served = await self._desk.served_by(session, row, now)
        return OpenConversation(conversation, row.last_seq, row.seen_seq, proved, served)

    async def receive(
        self,
        message: InboundMessage,
        conversation: ConversationId | None = None,
        also: Also | None = None,
    ) -> Receipt:
        """See Conversations.receive. Without `conversation` the visitor's own is found or opened."""
        if conversation is None:
            return await self._receive_from(message, also)
        text = clean_text(message.text, self._max_text) if message.text is not None else None
        try:
            async with self._database.write() as session:
                if also is not None:
                    await also(session)
                content = await self._content(session, conversation, text, message)
                if message.origin:
                    content["origin"] = dict(message.origin)
                message = await self._greeted(session, conversation, message)
                stored = await store_inbound(
                    session, conversation, message, content, self._turns.lease(), self._desk
                )
        except AlreadyStored:
            return await self._first_receipt(conversation, message.channel_message_id)
        self._hub.publish(conversation, MessagesAdded((stored.logged, *stored.answered)))
        if stored.leased:
            self._turns.notify(conversation, stored.next)
        if stored.heard is not None:
            self._desk.committed(conversation, DeskHeard(stored.logged, stored.heard.note))
        return Receipt(stored.logged.seq, duplicate=False)

    async def _greeted(
        self, session: WriteSession, conversation: ConversationId, message: InboundMessage
    ) -> InboundMessage:
        """The message with the greeting as its answer, if it asks for one."""
        if not message.greet:
            return message
        row = await session.get(Conversation, conversation)
        if row is None:
            raise NotFound("This conversation does not exist.")
        answer = await greeting(session, IdentityId(row.identity_id), self._clock())
        return replace(message, answer=answer)

    async def _receive_from(self, message: InboundMessage, also: Also | None) -> Receipt:
        """Store a message in its sender's conversation, which is looked up once and then remembered."""
        sender = (message.channel, message.account, message.channel_user)
        if (known := self._homes.get(sender)) is not None:
            try:
                return await self.receive(message, known, also)
            except NotFound:
                del self._homes[sender]  # it was erased; who writes again begins anew
        if len(self._homes) >= MOST_HOMES:
            self._homes.clear()
        self._homes[sender] = await self._conversation_of(message)
        return await self.receive(message, self._homes[sender], also)

    async def _conversation_of(self, message: InboundMessage) -> ConversationId:
        """The sender's own conversation; opening it costs a transaction only the first time."""
        async with self._database.read() as session:
            found = await session.scalar(
                select(Conversation.id).where(
                    Conversation.channel == message.channel,
                    Conversation.account == message.account,
                    Conversation.channel_user == message.channel_user,
                )
            )
        if found is not None:
            return ConversationId(found)
        return (await self.open(Visitor(message.channel, message.account, message.channel_user))).conversation

    async def _first_receipt(self, conversation: ConversationId, channel_message_id: str) -> Receipt:
        async with self._database.read() as session:
            seq = await session.scalar(
                select(Message.seq).where(
                    Message.conversation_id == conversation,
                    Message.channel_message_id == channel_message_id,
                )
            )
        if seq is None:
            raise NotFound("This message is gone.")
        return Receipt(seq, duplicate=True)

    async def _content(
        self, session: WriteSession, conversation: ConversationId, text: str | None, message: InboundMessage
    ) -> dict[str, Any]:
        choice = message.choice
        if sum(part is not None for part in (text, choice, message.prompt)) != 1:
            raise BadInput("A message has one of a text, a choice and a prompt.")
        if text is not None:
            kept = inbound_json(message, text)
            if message.intent is None and message.file is None and message.wants_turn:
                button = await typed_button(session, conversation, text)
                return kept if button is None else {**_pressed(button), "text": button.text or text}
            return kept
        if choice is None:
            return _prompt_json(message.prompt)
        offered = await session.scalar(
            select(Message.content).where(
                Message.conversation_id == conversation,
                Message.seq == choice.seq,
                Message.author != "customer",
            )
        )
        replies = from_json(offered).quick_replies if offered else ()
        if not 0 <= choice.index < len(replies):
            raise BadChoice()
        return _pressed(replies[choice.index])

    async def prompts(self, conversation: ConversationId) -> Sequence[Prompt]:
        """See Conversations.prompts."""
        now = self._clock()
        async with self._database.read() as session:
            row = await session.get(Conversation, conversation)
            if row is None:
                raise NotFound("This conversation does not exist.")
            if not may_greet(row, now):
                return ()
            identity = IdentityId(row.identity_id)
            if not (await access(session, identity, now)).verified:
                return for_everybody()
        async with self._database.write() as session:
            return await prompts(session, identity, now)

    async def since(
        self, conversation: ConversationId, seq: int, limit: int = 200
    ) -> Sequence[LoggedMessage]:
        """See Conversations.since."""
        async with self._database.read() as session:
            return await message_log.since(session, conversation, seq, limit)

    async def seen(self, conversation: ConversationId, seq: int) -> None:
        """See Conversations.seen. Going back, or past the end, changes nothing."""
        async with self._database.write() as session:
            await session.execute(
                update(Conversation)
                .where(
                    Conversation.id == conversation, Conversation.seen_seq < seq, Conversation.last_seq >= seq
                )
                .values(seen_seq=seq)
            )
        self._hub.publish(conversation, CustomerSaw(seq))

    async def takes_files(self, conversation: ConversationId) -> bool:
        """See Conversations.takes_files."""
        async with self._database.read() as session:
            owner = await session.scalar(select(Conversation.owner).where(Conversation.id == conversation))
        return owner in ("queue", "agent")

    def typing(self, conversation: ConversationId, text: str) -> None:
        """See Conversations.typing."""
        self._hub.publish(conversation, CustomerTyping(text[: self._max_text]))

    def subscribe(self, conversation: ConversationId, listener: Listener) -> Unsubscribe:
        """See Conversations.subscribe."""
        return self._hub.subscribe(conversation, listener)

    async def forget(self, channel: Channel, account: str, user: ChannelUser) -> bool:
        """See Conversations.forget."""
        now = self._clock()
        async with self._database.write() as session:
            row = await session.scalar(
                select(Conversation).where(
                    Conversation.channel == channel,
                    Conversation.account == account,
                    Conversation.channel_user == user,
                )
            )
            if row is None:
                return False
            identity = IdentityId(row.identity_id)
            known = (await access(session, identity, now)).customer_id is not None
            if known:
                await revoke(session, identity, now)
        self._hub.publish(ConversationId(row.id), VerifiedChanged(verified=False))
        return known


def _pressed(reply: QuickReply) -> dict[str, Any]:
    """What is kept of a pressed button: what it says, and the parse it carries."""
    if reply.intent is None:
        return {"text": reply.text or reply.title}
    return {"text": reply.title, "intent": reply.intent, "entities": dict(reply.entities)}


def _prompt_json(name: str | None) -> dict[str, Any]:
    """Raises BadChoice."""
    if name not in BUTTONS:
        raise BadChoice()
    return _pressed(BUTTONS[name])
