"""The plain case: a customer writes to the agent who has them. It is most of what the desk hears.

Three statements that are built once do what `Handoff.heard` does with rows and rules for everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import BigInteger, Integer, String, Table, bindparam, exists, func, select, update

from bot.conversations.handoff import Inbound
from bot.conversations.models import Conversation
from bot.desk.ids import TicketId
from bot.desk.prompts.models import DeskPrompt
from bot.desk.tickets.models import Ticket
from bot.desk.work import COUNTER
from bot.kit.db import UtcTime, WriteSession
from bot.kit.ids import ConversationId
from bot.store.counters.service import take

TICKETS: Final = cast(Table, Ticket.__table__)
CONVERSATIONS: Final = cast(Table, Conversation.__table__)
PROMPTS: Final = cast(Table, DeskPrompt.__table__)


@dataclass(frozen=True, slots=True)
class Unread:
    """A text for an agent that the brain is to read. `mood`: what the ticket shows so far."""

    mood: str | None


async def hear_plainly(
    session: WriteSession, conversation: ConversationId, message: Inbound, now: datetime
) -> Unread | None:
    """Count a text as unread for the agent who has the customer; None when more than that may follow from it.

    The conversation is locked by the caller; the ticket is locked before the house's counter, as always.
    """
    if message.content.get("intent") or message.content.get("card"):
        return None
    found = (await session.execute(_held(), {"p_conversation": conversation})).one_or_none()
    if found is None:
        return None
    n = await take(session, COUNTER)
    await session.execute(_count(), {"p_ticket": TicketId(found.id), "p_n": n, "p_now": now})
    return Unread(found.emotion)


@cache
def _held() -> Any:
    """The ticket with which an agent has `p_conversation`, when nothing is asked there."""
    ticket, conversation = TICKETS.c, CONVERSATIONS.c
    asked = exists().where(PROMPTS.c.conversation_id == _conversation())
    return (
        select(ticket.id, ticket.emotion)
        .join(CONVERSATIONS, conversation.id == ticket.conversation_id)
        .where(
            ticket.conversation_id == _conversation(),
            ticket.state == "assigned",
            conversation.owner == "agent",
            ~asked,
        )
        .with_for_update(of=TICKETS)
    )


@cache
def _count() -> Any:
    ticket = TICKETS.c
    return (
        update(TICKETS)
        .where(ticket.id == bindparam("p_ticket", type_=Integer()))
        .values(
            unread=ticket.unread + 1,
            waits_since=func.coalesce(ticket.waits_since, bindparam("p_now", type_=UtcTime())),
            n=bindparam("p_n", type_=BigInteger()),
        )
    )


def _conversation() -> Any:
    return bindparam("p_conversation", type_=String())
