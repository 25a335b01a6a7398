"""The two transactions that every turn pays for, in as few statements as they can be.

Each locks the conversation by its first UPDATE, which also brings back what the rest needs to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversations import sentences, statements
from bot.conversations.content import from_json, to_json
from bot.conversations.handoff import DESK_INTENTS, HandoffDesk, Heard, Inbound
from bot.conversations.log import FETCHING_CHANNELS, Draft, append, locked
from bot.conversations.waiting import Waiting, waiting
from bot.kit.db import WriteSession
from bot.kit.errors import NotFound
from bot.kit.ids import ConversationId, new_message_id
from bot.messages import Author, Content, InboundMessage, LoggedMessage


class AlreadyStored(Exception):
    """The channel delivered this message before; the transaction must be rolled back."""


class AlreadyAnswered(Exception):
    """Another worker answered this message just before; the transaction must be rolled back."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who takes a conversation's turns, and until when."""

    worker: str
    now: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored message. `leased`: this process takes its turn; `next`: and it is the oldest that waits.
    `answered`: what the house said at once; `heard`: the desk was asked, and may have changed things."""

    logged: LoggedMessage
    leased: bool
    next: Waiting | None
    answered: tuple[LoggedMessage, ...] = ()
    heard: Heard | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A turn's end: what was appended (nothing when somebody else owns the conversation by now)."""

    added: tuple[LoggedMessage, ...]
    discarded: bool
    verified: bool


async def store_inbound(
    session: WriteSession,
    conversation: ConversationId,
    message: InboundMessage,
    content: Mapping[str, Any],
    lease: Lease,
    desk: HandoffDesk,
) -> Stored:
    """Append a customer's message and take the lease for its turn. Raises NotFound or AlreadyStored."""
    taking = {
        "p_conversation": conversation,
        "p_channel": message.channel,
        "p_account": message.account,
        "p_user": message.channel_user,
        "p_wants": message.wants_turn,
        "p_worker": lease.worker,
        "p_now": lease.now,
        "p_until": lease.until,
    }
    await statements.settled(session)
    row = (await session.execute(statements.take_number(), taking)).one_or_none()
    if row is None:
        raise NotFound("This conversation does not exist.")
    id_ = new_message_id()
    heard = Heard(for_bot=row.owner != "agent")
    listens = _desk_listens(row.desk_until, content, lease.now)
    if listens:
        heard = await desk.heard(session, conversation, Inbound(id_, row.last_seq, content), lease.now)
    for_bot = heard.for_bot and message.wants_turn
    line = {
        "id": id_,
        "conversation_id": conversation,
        "seq": row.last_seq,
        "author": "customer",
        "channel_message_id": message.channel_message_id,
        "content": dict(content),
        # Whoever else owns the conversation reads it from the log.
        "state": "waiting" if for_bot else "done",
        "owner_version": row.owner_version,
        "attempts": 0,
        "created_at": lease.now,
    }
    await statements.settled(session)
    stored = await session.execute(statements.add_inbound(session), line)
    if stored.rowcount == 0:  # pyright: ignore[reportAttributeAccessIssue]
        raise AlreadyStored
    leased = for_bot and row.worker == lease.worker
    logged = LoggedMessage(
        conversation,
        row.last_seq,
        "customer",
        lease.now,
        from_json(content),
        message.channel_message_id,
    )
    said = [Draft("system", content) for content in heard.says]
    if message.answer is not None and row.owner == "bot" and heard.for_bot:
        said.append(Draft("bot", message.answer, answers=id_))
    answered: tuple[LoggedMessage, ...] = ()
    idle = not for_bot and row.worker == lease.worker and not row.others_wait
    if said or idle:
        held = await locked(session, conversation)
        answered = tuple(append(session, held, said, lease.now))
        if idle:
            held.worker = held.worker_until = None
    if not leased or row.others_wait:
        return Stored(logged, leased, None, answered, heard if listens else None)
    turn = waiting(
        message=id_,
        content=content,
        conversation=conversation,
        identity_id=row.identity_id,
        channel=row.channel,
        locale=row.locale,
        time_zone=row.time_zone,
        owner=row.owner,
        owner_version=row.owner_version,
        apologised_at=row.apologised_at,
        now=lease.now,
    )
    return Stored(logged, leased, turn, answered, heard if listens else None)


async def store_answer(
    session: WriteSession,
    turn: Waiting,
    contents: Sequence[Content],
    parse: Mapping[str, Any] | None,
    lease: Lease,
    *,
    says: Sequence[Content] = (),
    state: str = "done",
) -> Settled:
    """Take the customer's message off the waiting list and append its answer, if the bot may still answer.

    `says`: what the house says after it.
    """
    lines: list[tuple[Author, Content]] = [("bot", content) for content in contents]
    lines.extend(("system", content) for content in says)
    if turn.apologised and lines:
        lines.insert(0, ("system", sentences.BACK))
    # The conversation is locked before the message, as by everybody else, or two could wait for each other.
    giving = {
        "p_conversation": turn.conversation,
        "p_message": turn.message,
        "p_version": turn.owner_version,
        "p_count": len(lines),
        "p_worker": lease.worker,
        "p_now": lease.now,
    }
    await statements.settled(session)
    row = (await session.execute(statements.give_numbers(), giving)).one_or_none()
    if row is None:
        raise NotFound("This conversation does not exist.")
    closing = {"p_message": turn.message, "p_state": state, "p_parse": dict(parse) if parse else None}
    closed = await session.execute(statements.close(), closing)
    waited = closed.rowcount == 1  # pyright: ignore[reportAttributeAccessIssue]
    if row.may_answer and lines and not waited:
        raise AlreadyAnswered
    if not lines or not row.may_answer:
        return Settled((), discarded=bool(lines) and waited, verified=row.verified)
    pushed = row.channel not in FETCHING_CHANNELS
    first = row.last_seq - len(lines) + 1
    await session.execute(
        statements.add_answers(),
        [
            {
                "id": new_message_id(),
                "conversation_id": turn.conversation,
                "seq": seq,
                "author": author,
                "content": to_json(content),
                "state": "queued" if pushed else "logged",
                "attempts": 0,
                "next_attempt_at": lease.now if pushed else None,
                "owner_version": turn.owner_version,
                "answers": turn.message,
                "created_at": lease.now,
            }
            for seq, (author, content) in enumerate(lines, first)
        ],
    )
    added = tuple(
        LoggedMessage(turn.conversation, seq, author, lease.now, content)
        for seq, (author, content) in enumerate(lines, first)
    )
    return Settled(added, discarded=False, verified=row.verified)


def _desk_listens(until: datetime | None, content: Mapping[str, Any], now: datetime) -> bool:
    listening = until is not None and until > now
    return listening or str(content.get("intent") or "").startswith(DESK_INTENTS)
