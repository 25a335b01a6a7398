"""The message log: append in order, read in order. The sequence number is given under the row's lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
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
class Event:
    """Something that happened, and that the bot goes on from: an intent of the brain's, with its entities."""

    intent: str
    entities: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is about to be appended. With an `event`, it also waits for the bot's turn.

    `name`: how an agent is called; `key`: an id of the sender's own, that stops a second copy.
    `delivered`: it reached the customer another way, and is not pushed again.
    """

    author: Author
    content: Content
    answers: str | None = None
    agent_id: AgentId | None = None
    name: str | None = None
    key: str | None = None
    event: Event | None = None
    delivered: bool = False


async def locked(session: WriteSession, conversation: ConversationId) -> Conversation:
    """The conversation, its row locked until the transaction ends. Raises NotFound."""
    row = await session.scalar(_locking(), {"conversation": conversation})
    if row is None:
        raise NotFound("This conversation does not exist.")
    return row


async def locked_all(
    session: WriteSession, conversations: Collection[ConversationId]
) -> dict[ConversationId, Conversation]:
    """Several conversations at once, locked in the order of their ids; what does not exist is left out."""
    rows = await session.scalars(_locking_all(), {"conversations": list(conversations)})
    return {ConversationId(row.id): row for row in rows}


def append(
    session: WriteSession, row: Conversation, drafts: Sequence[Draft], now: datetime
) -> list[LoggedMessage]:
    """Append `drafts` to a conversation that the caller holds `locked`."""
    fetched = row.channel in FETCHING_CHANNELS
    added: list[LoggedMessage] = []
    for draft in drafts:
        waits = draft.event is not None and fetched
        state = "waiting" if waits else _state(fetched=fetched, delivered=draft.delivered)
        added.append(_add(session, row, draft, now, state=state))
        if draft.event is not None and not fetched:
            # What is pushed waits for its delivery; the turn waits in a line of its own that shows nothing.
            _add(session, row, replace(draft, content=Content(""), key=None), now, state="waiting")
    if drafts:
        row.last_message_at = now
    return added


def _state(*, fetched: bool, delivered: bool) -> str:
    if fetched:
        return "logged"
    return "sent" if delivered else "queued"


def _add(
    session: WriteSession, row: Conversation, draft: Draft, now: datetime, *, state: str
) -> LoggedMessage:
    row.last_seq += 1
    content = to_json(draft.content)
    if state == "waiting" and draft.event is not None:
        content |= {"intent": draft.event.intent, "entities": dict(draft.event.entities)}
    session.add(
        Message(
            id=new_message_id(),
            conversation_id=row.id,
            seq=row.last_seq,
            author=draft.author,
            agent_id=draft.agent_id,
            author_name=draft.name,
            channel_message_id=draft.key,
            content=content,
            state=state,
            next_attempt_at=now if state == "queued" else None,
            owner_version=row.owner_version,
            answers=draft.answers,
            created_at=now,
        )
    )
    conversation = ConversationId(row.id)
    return LoggedMessage(conversation, row.last_seq, draft.author, now, draft.content, name=draft.name)


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
                Message.seq,
                Message.author,
                Message.author_name,
                Message.created_at,
                Message.content,
                Message.channel_message_id,
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
        channel_message_id=row.channel_message_id if row.author == "customer" else None,
        name=row.author_name,
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


async def waits(session: ReadSession | WriteSession, message: str) -> bool:
    """Does this customer's message still wait for its turn to end?"""
    return await session.scalar(_state_of(), {"message": message}) == "waiting"


@cache  # built once: building a statement costs more than running it
def _locking() -> Select[Conversation]:
    return (
        select(Conversation)
        .where(Conversation.id == bindparam("conversation"))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


@cache
def _locking_all() -> Select[Conversation]:
    return (
        select(Conversation)
        .where(Conversation.id.in_(bindparam("conversations", expanding=True)))
        .order_by(Conversation.id)  # who locks several does so in one order
        .with_for_update()
        .execution_options(populate_existing=True)
    )


@cache
def _state_of() -> Select[str]:
    return select(Message.state).where(Message.id == bindparam("message"))
