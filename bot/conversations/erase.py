"""Erase what was said with a customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.conversations.log import locked
from bot.conversations.models import ERASED_USER, Conversation, Message
from bot.kit.db import WriteSession
from bot.kit.ids import ConversationId, CustomerId
from bot.store.identities.models import ChannelIdentity, IdentityBinding

GONE = "（已删除）"


@dataclass(slots=True)
class Talked:
    """What was said with a customer. `users`: how channels call them; `conversations` were theirs alone,
    `trackers` are all that they had a part in."""

    conversations: list[ConversationId] = field(default_factory=list)
    trackers: list[ConversationId] = field(default_factory=list)
    users: list[tuple[str, str, str]] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    messages: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which an identity was this customer's, on a device that others have used as well."""

    since: datetime
    until: datetime | None


async def conversations_of(
    session: WriteSession, customer: CustomerId
) -> dict[ConversationId, list[Stretch]]:
    """Every conversation in which the customer proved who they are; without stretches it was theirs alone."""
    own = select(IdentityBinding.identity_id).where(IdentityBinding.customer_id == customer)
    statement = (
        select(Conversation.id, IdentityBinding.customer_id, IdentityBinding.at)
        .join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)
        .join(IdentityBinding, IdentityBinding.identity_id == ChannelIdentity.id)
        .where(ChannelIdentity.id.in_(own))
        .order_by(Conversation.id, IdentityBinding.at, IdentityBinding.id)
    )
    found: dict[ConversationId, list[tuple[CustomerId, datetime]]] = {}
    for id_, whose, at in (await session.execute(statement)).all():
        found.setdefault(ConversationId(id_), []).append((whose, at))
    return {id_: _stretches(bound, customer) for id_, bound in found.items()}


def _stretches(bound: list[tuple[CustomerId, datetime]], customer: CustomerId) -> list[Stretch]:
    if all(whose == customer for whose, _ in bound):
        return []
    ends = [at for _, at in bound[1:]] + [None]
    return [Stretch(at, end) for (whose, at), end in zip(bound, ends, strict=True) if whose == customer]


async def erase_log(session: WriteSession, customer: CustomerId) -> Talked:
    """Delete the customer's conversations; in one that others share, their own lines become empty.

    A conversation's row stays for the tickets that name it, under a name that no channel knows: whoever
    writes again begins a new one.
    """
    talked = Talked()
    for id_, stretches in (await conversations_of(session, customer)).items():
        row = await locked(session, id_)
        talked.trackers.append(id_)
        if stretches:
            for stretch in stretches:
                await _blank(session, id_, stretch, talked)
        else:
            await _delete(session, row, talked)
    return talked


async def _delete(session: WriteSession, row: Conversation, talked: Talked) -> None:
    gone = delete(Message).where(Message.conversation_id == row.id).returning(Message.content)
    contents = list(await session.scalars(gone))
    _count(talked, contents)
    talked.conversations.append(ConversationId(row.id))
    talked.users.append((row.channel, row.account, row.channel_user))
    row.channel_user = f"{ERASED_USER}{row.id}"
    row.worker = row.worker_until = row.apologised_at = row.desk_until = None
    await session.flush()


async def _blank(session: WriteSession, id_: ConversationId, stretch: Stretch, talked: Talked) -> None:
    within = [Message.conversation_id == id_, Message.created_at >= stretch.since]
    if stretch.until is not None:
        within.append(Message.created_at < stretch.until)
    _count(talked, list(await session.scalars(select(Message.content).where(*within))))
    await session.execute(update(Message).where(*within).values(content={"text": GONE}, parse=None))


def _count(talked: Talked, contents: list[dict[str, Any]]) -> None:
    talked.messages += len(contents)
    for content in contents:
        talked.files.update(files_in(content))


def files_in(content: Mapping[str, Any]) -> Iterator[str]:
    """The ids of the files that a message's content, or the data of a ticket's entry, names."""
    for value in content.values():
        if isinstance(value, str) and value.startswith("f-"):
            yield value
        elif isinstance(value, Mapping):
            yield from files_in(value)
