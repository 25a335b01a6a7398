"""The API's endpoints about conversations and messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import log as message_log
from bot.conversations.content import clean_text
from bot.conversations.log import Draft
from bot.conversations.models import Conversation, Message
from bot.desk.api import shapes
from bot.desk.api.door import Call, Endpoint
from bot.desk.audit.service import record
from bot.desk.office import Office
from bot.desk.parses import emotion_of, intent_of
from bot.kit.cursors import read_cursor, write_cursor
from bot.kit.errors import NotFound
from bot.kit.ids import ConversationId, CustomerId, IdentityId
from bot.messages import Content
from bot.store.access.service import log_access
from bot.store.customers.models import Customer
from bot.store.identities.models import ChannelIdentity

LONGEST = 4000


class ConversationEndpoints:
    """Conversations and messages for other systems."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def table(self) -> Iterator[Endpoint]:
        """The endpoints."""
        yield Endpoint(
            "listConversations",
            "GET",
            "/conversations",
            "Conversations, the one that began last first: an order that no new message changes",
            "conversations:read",
            shapes.ConversationPage,
            self.list,
            query=shapes.ConversationQuery,
        )
        yield Endpoint(
            "getConversation",
            "GET",
            "/conversations/{id}",
            "One conversation",
            "conversations:read",
            shapes.Conversation,
            self.one,
        )
        yield Endpoint(
            "listMessages",
            "GET",
            "/conversations/{id}/messages",
            "Messages after a number, oldest first; reading them is logged",
            "messages:read",
            shapes.MessagePage,
            self.messages,
            query=shapes.MessageQuery,
        )
        yield Endpoint(
            "sendMessage",
            "POST",
            "/conversations/{id}/messages",
            "Say something to the customer in the house's name",
            "messages:write",
            shapes.Sent,
            self.send,
            body=shapes.SayBody,
            status=201,
        )

    async def list(self, call: Call) -> shapes.ConversationPage:
        """See `table`."""
        wanted = cast(shapes.ConversationQuery, call.query)
        statement = _conversations().order_by(Conversation.id.desc())
        if wanted.owner is not None:
            statement = statement.where(Conversation.owner == wanted.owner)
        if wanted.channel is not None:
            statement = statement.where(Conversation.channel == wanted.channel)
        if wanted.cursor is not None:
            (before,) = read_cursor(wanted.cursor, 1)
            statement = statement.where(Conversation.id < before)
        async with self._office.database.read() as session:
            rows = (await session.execute(statement.limit(wanted.limit + 1))).all()
        shown = rows[: wanted.limit]
        last = shown[-1][0] if len(rows) > wanted.limit else None
        after = write_cursor(last.id) if last is not None else None
        return shapes.ConversationPage(conversations=[self._shape(row, call) for row in shown], next=after)

    async def one(self, call: Call) -> shapes.Conversation:
        """See `table`."""
        async with self._office.database.read() as session:
            return self._shape(await _row(session, call.path["id"]), call)

    async def messages(self, call: Call) -> shapes.MessagePage:
        """See `table`."""
        wanted = cast(shapes.MessageQuery, call.query)
        async with self._office.work() as work:
            row = await _row(work.session, call.path["id"])
            conversation: Conversation = row[0]
            found = await work.session.scalars(
                select(Message)
                .where(Message.conversation_id == conversation.id, Message.seq > wanted.since)
                .order_by(Message.seq)
                .limit(wanted.limit)
            )
            if row.customer is not None:
                await log_access(
                    work.session,
                    CustomerId(row.customer),
                    "conversation",
                    work.now,
                    why=f"会话 {conversation.id}",
                    reader="system",
                    name=f"api:{call.caller.name}",
                    identity_id=IdentityId(conversation.identity_id),
                )
            return shapes.MessagePage(
                messages=[message_shape(each) for each in found], last_seq=conversation.last_seq
            )

    async def send(self, call: Call) -> shapes.Sent:
        """See `table`. The same key says it once."""
        text = clean_text(cast(shapes.SayBody, call.body).text, LONGEST)
        conversation = ConversationId(call.path["id"])
        async with self._office.work() as work:
            row = await message_log.locked(work.session, conversation)
            known = await work.session.scalar(
                select(Message).where(
                    Message.conversation_id == conversation, Message.channel_message_id == call.key
                )
            )
            if known is not None:
                return shapes.Sent(seq=known.seq, at=known.created_at)
            work.drafts.append((row, Draft("system", Content(text), key=call.key)))
            record(work.session, call.caller.doer, "api_message", row.id, work.now)
            return shapes.Sent(seq=row.last_seq + 1, at=work.now)

    def _shape(self, row: Row[Any], call: Call) -> shapes.Conversation:
        conversation: Conversation = row[0]
        until = row.verified_until if row.level == "verified" else None
        sees_customer = "customers:read" in call.caller.scopes
        return shapes.Conversation(
            id=conversation.id,
            channel=conversation.channel,
            owner=conversation.owner,  # pyright: ignore[reportArgumentType] - a CHECK holds it
            verified=until is not None and until > self._office.clock(),
            member_number=row.member_number if sees_customer else None,
            last_seq=conversation.last_seq,
            created_at=conversation.created_at,
            last_message_at=conversation.last_message_at,
        )


def message_shape(row: Message) -> shapes.Message:
    """A message for other systems."""
    intent, _ = intent_of(row.parse)
    return shapes.Message(
        seq=row.seq,
        author=row.author,  # pyright: ignore[reportArgumentType] - a CHECK holds it
        name=row.author_name,
        at=row.created_at,
        text=str(row.content.get("text") or ""),
        card=row.content.get("card"),
        data=row.content.get("data") or {},
        intent=intent,
        emotion=emotion_of(row.parse)[0],
    )


def _conversations() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Conversation,
            ChannelIdentity.level,
            ChannelIdentity.verified_until,
            Customer.id.label("customer"),
            Customer.member_number,
        )
        .join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)
        .outerjoin(Customer, (Customer.id == ChannelIdentity.customer_id) & Customer.erased_at.is_(None))
        .execution_options(populate_existing=True)
    )


async def _row(session: AsyncSession, conversation: str) -> Row[Any]:
    found = (await session.execute(_conversations().where(Conversation.id == conversation))).one_or_none()
    if found is None:
        raise NotFound("There is no such conversation.")
    return found
