"""The message log: append in order, read in order. The sequence number is given under the row's lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import load_only

from bot.conversations.content import from_json, to_json
from bot.conversations.models import Conversation, Message
from bot.kit.db import ReadSession, WriteSession
from bot.kit.errors import NotFound
from bot.kit.ids import AgentId, ConversationId, new_message_id
from bot.messages import Author, Content, LoggedMessage

FETCHING_CHANNELS = frozenset({"web"})
"""Channels that fetch from the log themselves; to the others the outbox pushes."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is about to be appended."""

    author: Author
    content: Content
    answers: str | None = None
    agent_id: AgentId | None = None


async def locked(session: WriteSession, conversation: ConversationId) -> Conversation:
    """The conversation, its row locked until the transaction ends. Raises NotFound."""
    row = await session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("This conversation does not exist.")
    return row


def append(
    session: WriteSession, row: Conversation, drafts: Sequence[Draft], now: datetime
) -> list[LoggedMessage]:
    """Append `drafts` to a conversation that the caller holds `locked`."""
    state = "logged" if row.channel in FETCHING_CHANNELS else "queued"
    added: list[LoggedMessage] = []
    for draft in drafts:
        row.last_seq += 1
        session.add(
            Message(
                id=new_message_id(),
                conversation_id=row.id,
                seq=row.last_seq,
                author=draft.author,
                agent_id=draft.agent_id,
                content=to_json(draft.content),
                state=state,
                next_attempt_at=now if state == "queued" else None,
                owner_version=row.owner_version,
                answers=draft.answers,
                created_at=now,
            )
        )
        added.append(LoggedMessage(ConversationId(row.id), row.last_seq, draft.author, now, draft.content))
    if drafts:
        row.last_message_at = now
    return added


async def since(
    session: ReadSession, conversation: ConversationId, seq: int, limit: int
) -> list[LoggedMessage]:
    """Up to `limit` messages after `seq`, oldest first."""
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation, Message.seq > seq)
        .order_by(Message.seq)
        .limit(limit)
        .options(
            load_only(
                Message.seq, Message.author, Message.created_at, Message.content, Message.channel_message_id
            )
        )
    )
    return [logged(row, conversation) for row in rows]


def logged(row: Message, conversation: ConversationId) -> LoggedMessage:
    return LoggedMessage(
        conversation=conversation,
        seq=row.seq,
        author=row.author,  # pyright: ignore[reportArgumentType] - a CHECK holds it to Author
        at=row.created_at,
        content=from_json(row.content),
        channel_message_id=row.channel_message_id,
    )


async def next_waiting(
    session: ReadSession, conversation: ConversationId
) -> tuple[Conversation, Message] | None:
    """The conversation and its oldest message that still waits for a turn."""
    found = (
        await session.execute(
            select(Conversation, Message)
            .join(Message, Message.conversation_id == Conversation.id)
            .where(Conversation.id == conversation, Message.state == "waiting")
            .order_by(Message.seq)
            .limit(1)
        )
    ).first()
    return (found[0], found[1]) if found else None


async def close_message(
    session: WriteSession, message: str, state: str, parse: Mapping[str, Any] | None
) -> bool:
    """Take a customer's message off the waiting list; False when it was off already."""
    result = await session.execute(
        update(Message)
        .where(Message.id == message, Message.state == "waiting")
        .values(state=state, parse=dict(parse) if parse else None)
    )
    return result.rowcount == 1  # type: ignore[attr-defined]
