"""The rows of the outbox: what is due, who claims it, how it ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, String, and_, bindparam, or_, select, update
from sqlalchemy.orm import aliased

from bot.conversations.content import from_json
from bot.conversations.models import Conversation, Message
from bot.conversations.statements import CONVERSATIONS, MESSAGES
from bot.kit.db import ReadSession, UtcTime, WriteSession
from bot.kit.ids import ConversationId
from bot.messages import Channel, ChannelUser, Content, DeliveryState, OutboundMessage

OPEN = ("queued", "sending", "held")
CLAIM = timedelta(seconds=60)
"""A sender that dies holds its message this long; then the outlet is asked again: it knows what it sent."""
HOLD = timedelta(hours=48)
"""What the customer has not come back for by then would only puzzle them."""
TOO_LATE = "客户一直没有再发消息，平台不允许发送，这条没有送达。"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in the hands of this process, and those that go out with it."""

    conversation: ConversationId
    channel: Channel
    attempts: int
    message: OutboundMessage
    others: tuple[OutboundMessage, ...] = ()

    @property
    def all(self) -> tuple[OutboundMessage, ...]:
        return (self.message, *self.others)

    @property
    def outgoing(self) -> OutboundMessage:
        """What the channel is to deliver: all of it as one message, under the first one's id."""
        if not self.others:
            return self.message
        with_buttons = next((each for each in reversed(self.all) if each.content.quick_replies), self.message)
        text = "\n\n".join(each.content.text for each in self.all)
        content = Content(
            text, quick_replies=with_buttons.content.quick_replies, number=with_buttons.content.number
        )
        return replace(self.message, content=content, seq=with_buttons.seq)


async def due(session: ReadSession, channels: Collection[str], now: datetime, limit: int) -> list[str]:
    """Ids of the messages to deliver now: in each conversation only the oldest that is open."""
    given = {"now": now, "channels": list(channels), "most": limit}
    return list(await session.scalars(_due(), given))


@cache  # asked after every answer; building a statement costs more than running it
def _due() -> Select[str]:
    earlier = aliased(Message)
    return (
        select(Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.state.in_(OPEN),
            Message.next_attempt_at <= bindparam("now"),
            Message.merged_into.is_(None),
            Conversation.channel.in_(bindparam("channels", expanding=True)),
            ~select(earlier.id)
            .where(
                earlier.conversation_id == Message.conversation_id,
                earlier.state.in_(OPEN),
                earlier.seq < Message.seq,
            )
            .exists(),
        )
        .order_by(Message.next_attempt_at)
        .limit(bindparam("most"))
    )


async def claim(session: WriteSession, ids: Sequence[str], now: datetime) -> list[Claimed]:
    """Take the messages that are still due; what is held for too long is refused instead."""
    await session.execute(
        update(Message)
        .where(Message.id.in_(ids), Message.state == "held", Message.created_at < now - HOLD)
        .values(state="refused", problem=TOO_LATE, next_attempt_at=None)
    )
    taken = await session.scalars(
        update(Message)
        .where(Message.id.in_(ids), Message.state.in_(OPEN), Message.next_attempt_at <= now)
        .values(state="sending", attempts=Message.attempts + 1, next_attempt_at=now + CLAIM)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return await _claimed(session, list(taken))


async def claim_waiting(
    session: WriteSession, channel: Channel, account: str, user: ChannelUser, now: datetime
) -> list[Claimed]:
    """Take all that waits for one customer, oldest first, unless something is being sent to them."""
    theirs = _of(channel, account, user)
    sending = await session.scalar(select(Message.id).where(theirs, Message.state == "sending").limit(1))
    if sending is not None:
        return []
    rows = await session.scalars(
        select(Message.id)
        .where(theirs, Message.state.in_(("queued", "held")), Message.created_at >= now - HOLD)
        .order_by(Message.seq)
    )
    ids = list(rows)
    await session.execute(
        update(Message)
        .where(Message.id.in_(ids))
        .values(state="sending", attempts=Message.attempts + 1, next_attempt_at=now + CLAIM)
    )
    return await _claimed(session, ids)


async def followers(session: ReadSession, item: Claimed) -> list[OutboundMessage]:
    """What could go out together with `item`: what was merged before, else the bot's next messages."""
    if item.attempts > 1:
        chosen = Message.merged_into == item.message.message_id
    else:
        chosen = and_(
            Message.conversation_id == item.conversation,
            Message.seq > item.message.seq,
            Message.state == "queued",
            Message.attempts == 0,
            Message.merged_into.is_(None),
        )
    rows = await session.scalars(select(Message).where(chosen).order_by(Message.seq))
    found: list[OutboundMessage] = []
    for row in rows:
        if row.author == "agent":
            break  # a person's words stand alone
        found.append(_outbound(row, item.message.account, item.message.channel_user))
    return found


async def merge(session: WriteSession, item: Claimed, others: Sequence[OutboundMessage]) -> Claimed:
    """Let `others` go out with `item`. What was merged once stays so: a part may have been sent already."""
    await session.execute(
        update(Message)
        .where(Message.id.in_([other.message_id for other in others]), Message.state.in_(("queued", "held")))
        .values(state="sending", merged_into=item.message.message_id, next_attempt_at=None)
    )
    return replace(item, others=tuple(others))


async def settle(
    session: WriteSession,
    ids: Collection[str],
    state: DeliveryState,
    *,
    problem: str | None = None,
    again: datetime | None = None,
) -> None:
    """How it went with messages that this process had claimed."""
    await session.execute(
        update(Message)
        .where(Message.id.in_(ids), Message.state == "sending")
        .values(state=state, next_attempt_at=again, problem=problem)
    )


async def release(
    session: WriteSession, channel: Channel, account: str, user: ChannelUser, now: datetime
) -> bool:
    """What was held for somebody is due now; was there anything?"""
    released = await session.execute(
        _release(),
        {"p_channel": channel, "p_account": account, "p_user": user, "p_now": now},
    )
    return released.rowcount > 0  # pyright: ignore[reportAttributeAccessIssue]


@cache
def _release() -> Any:
    """Built once: every message of a channel that pushes runs it."""
    theirs = (
        select(CONVERSATIONS.c.id)
        .where(
            CONVERSATIONS.c.channel == bindparam("p_channel", type_=String()),
            CONVERSATIONS.c.account == bindparam("p_account", type_=String()),
            CONVERSATIONS.c.channel_user == bindparam("p_user", type_=String()),
        )
        .scalar_subquery()
    )
    message = MESSAGES.c
    return (
        update(MESSAGES)
        .where(message.conversation_id == theirs, message.state == "held", message.merged_into.is_(None))
        .values(next_attempt_at=bindparam("p_now", type_=UtcTime()))
        .execution_options(preserve_rowcount=True)
    )


async def refuse_waiting(
    session: WriteSession, channel: Channel, account: str, user: ChannelUser, problem: str
) -> list[tuple[ConversationId, int]]:
    """Refuse all that waits for somebody; which messages those were."""
    rows = await session.execute(
        update(Message)
        .where(_of(channel, account, user), Message.state.in_(("queued", "held")))
        .values(state="refused", problem=problem, next_attempt_at=None)
        .returning(Message.conversation_id, Message.seq)
        .execution_options(synchronize_session=False)
    )
    return [(ConversationId(conversation), seq) for conversation, seq in rows]


async def mark_failed(
    session: WriteSession, message_id: str, problem: str
) -> list[tuple[ConversationId, int]]:
    """A message that counted as sent did not arrive, nor did those that went with it."""
    rows = await session.execute(
        update(Message)
        .where(
            or_(Message.id == message_id, Message.merged_into == message_id),
            Message.state.in_(("sent", "sending", "unknown")),
        )
        .values(state="refused", problem=problem, next_attempt_at=None)
        .returning(Message.conversation_id, Message.seq)
        .execution_options(synchronize_session=False)
    )
    return [(ConversationId(conversation), seq) for conversation, seq in rows]


def _of(channel: Channel, account: str, user: ChannelUser) -> Any:
    """Messages of the one conversation that this user has here."""
    conversation = (
        select(Conversation.id)
        .where(
            Conversation.channel == channel,
            Conversation.account == account,
            Conversation.channel_user == user,
        )
        .scalar_subquery()
    )
    return Message.conversation_id == conversation


async def _claimed(session: WriteSession, ids: Sequence[str]) -> list[Claimed]:
    rows = await session.execute(
        select(Message, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.id.in_(ids))
        .order_by(Message.conversation_id, Message.seq)
        .execution_options(populate_existing=True)
    )
    return [
        Claimed(
            ConversationId(conversation.id),
            conversation.channel,  # pyright: ignore[reportArgumentType] - only channels write it
            message.attempts,
            _outbound(message, conversation.account, ChannelUser(conversation.channel_user)),
        )
        for message, conversation in rows
    ]


def _outbound(message: Message, account: str, user: ChannelUser) -> OutboundMessage:
    return OutboundMessage(
        message_id=message.id,
        account=account,
        channel_user=user,
        author=message.author,  # pyright: ignore[reportArgumentType] - a CHECK holds it to Author
        content=from_json(message.content),
        seq=message.seq,
    )
