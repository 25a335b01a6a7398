"""The statements that every turn runs, built once: building one costs more than running it.

They are for tables, not for mapped classes: a session that holds changed rows is flushed before (`settled`).
Parameters are named `p_…`, because an UPDATE takes a bare column's name for a value to set.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    Boolean,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    case,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversations.models import Conversation, Message
from bot.kit.db import UtcTime, WriteSession
from bot.store.identities.models import ChannelIdentity

CONVERSATIONS = cast(Table, Conversation.__table__)
MESSAGES = cast(Table, Message.__table__)
conversation = CONVERSATIONS.c
message = MESSAGES.c
identity = cast(Table, ChannelIdentity.__table__).c


async def settled(session: WriteSession) -> None:
    """Write what the session still holds back."""
    if session.new or session.dirty:
        await session.flush()


@cache
def take_number() -> Any:
    """The next number of `p_conversation`, if its channel and user are these, and the lease for `p_worker`.

    `p_wants`: the message wants a turn; `p_now`, `p_until`: from when to when the lease runs.
    """
    free = or_(
        conversation.worker.is_(None),
        conversation.worker == _text("p_worker"),
        conversation.worker_until <= _time("p_now"),
    )
    takes = and_(conversation.owner != "agent", free, bindparam("p_wants", type_=Boolean()))
    # In RETURNING, SQLite is given bare names: `id` would be the message's own.
    others = exists().where(message.conversation_id == _text("p_conversation"), message.state == "waiting")
    return (
        update(CONVERSATIONS)
        .where(
            conversation.id == _text("p_conversation"),
            conversation.channel == _text("p_channel"),
            conversation.account == _text("p_account"),
            conversation.channel_user == _text("p_user"),
        )
        .values(
            last_seq=conversation.last_seq + 1,
            last_message_at=_time("p_now"),
            worker=case((takes, _text("p_worker")), else_=conversation.worker),
            worker_until=case((takes, _time("p_until")), else_=conversation.worker_until),
        )
        .returning(
            conversation.last_seq,
            conversation.owner,
            conversation.owner_version,
            conversation.worker,
            conversation.identity_id,
            conversation.channel,
            conversation.locale,
            conversation.time_zone,
            conversation.apologised_at,
            conversation.desk_until,
            others.label("others_wait"),
        )
    )


@cache
def give_numbers() -> Any:
    """`p_count` numbers of `p_conversation` for the answer to `p_message`, if the bot may still give one.

    It may when no agent has the conversation, or had it since `p_version`, and the message still waits. The
    lease of `p_worker` ends either way.
    """
    waits = exists().where(message.id == _text("p_message"), message.state == "waiting")
    version = bindparam("p_version", type_=Integer())
    may_answer = and_(conversation.owner != "agent", conversation.agent_version <= version, waits)
    mine = conversation.worker == _text("p_worker")
    count = bindparam("p_count", type_=Integer())
    verified = (
        select(and_(identity.level == "verified", identity.verified_until > _time("p_now")))
        .where(identity.id == conversation.identity_id)
        .scalar_subquery()
    )
    return (
        update(CONVERSATIONS)
        .where(conversation.id == _text("p_conversation"))
        .values(
            last_seq=case((may_answer, conversation.last_seq + count), else_=conversation.last_seq),
            last_message_at=case((may_answer, _time("p_now")), else_=conversation.last_message_at),
            apologised_at=case((may_answer, None), else_=conversation.apologised_at),
            worker=case((mine, None), else_=conversation.worker),
            worker_until=case((mine, None), else_=conversation.worker_until),
        )
        .returning(
            conversation.last_seq,
            conversation.channel,
            may_answer.label("may_answer"),
            verified.label("verified"),
        )
    )


def add_inbound(session: WriteSession) -> Any:
    """A customer's message, unless the channel delivered it before (then no row is counted)."""
    return _add_inbound(session.get_bind().dialect.name)


@cache
def _add_inbound(dialect: str) -> Any:
    inserting = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return (
        inserting(MESSAGES)
        .on_conflict_do_nothing(index_elements=["conversation_id", "channel_message_id"])
        .execution_options(preserve_rowcount=True)
    )


@cache
def add_answers() -> Any:
    """Messages of ours, one row each."""
    return insert(MESSAGES)


@cache
def close() -> Any:
    """`p_message` is off the waiting list, as `p_state` with `p_parse`, if it was on it."""
    return (
        update(MESSAGES)
        .where(message.id == _text("p_message"), message.state == "waiting")
        .values(state=_text("p_state"), parse=bindparam("p_parse", type_=message.parse.type))
    )


def _text(name: str) -> BindParameter[str]:
    return bindparam(name, type_=String())


def _time(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=UtcTime())
