"""Erase what the desk keeps of a customer: words, numbers and notes go, what was done and when stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, or_, select, update

from bot.conversations.erase import GONE, files_in
from bot.desk.callbacks.models import Callback
from bot.desk.notices.models import Notice
from bot.desk.operations.models import Operation
from bot.desk.prompts.models import DeskPrompt
from bot.desk.satisfaction.models import Rating
from bot.desk.tickets.ending import end
from bot.desk.tickets.models import Ticket, TicketEntry
from bot.desk.tickets.standing import SYSTEM, NewEntry
from bot.desk.work import Work
from bot.kit.ids import ConversationId, CustomerId
from bot.store.privacy.erase import ERASED

REASON: Final = "erased"
FACTS: Final = ("kind", "topic", "last_agent", "state", "score", "operation")
"""What of an entry's data moves the ticket, or is counted in reports, and names nobody."""


async def close_open(work: Work, customer: CustomerId, conversations: Sequence[ConversationId]) -> None:
    """Close the customer's open tickets: nobody is there any more to be answered."""
    theirs = _theirs(customer, conversations)
    for ticket in list(await work.session.scalars(select(Ticket.id).where(theirs, Ticket.state != "closed"))):
        await end(work, await work.access(ticket), NewEntry("closed", SYSTEM, reason=REASON))


async def erase_tickets(
    work: Work, customer: CustomerId, conversations: Sequence[ConversationId]
) -> tuple[int, set[str]]:
    """Empty the customer's tickets, which `close_open` has closed; how many, and the files they name."""
    session = work.session
    tickets = list(await session.scalars(select(Ticket).where(_theirs(customer, conversations))))
    ids = [ticket.id for ticket in tickets]
    files: set[str] = set()
    for ticket in tickets:
        ticket.offer_note = None
        work.touch(ticket)
    for entry in list(await session.scalars(select(TicketEntry).where(TicketEntry.ticket_id.in_(ids)))):
        files.update(files_in(entry.data))
        entry.text = GONE if entry.text else entry.text
        entry.data = _facts(entry.data)
        entry.actor = ERASED if entry.actor_kind == "customer" else entry.actor
    await session.execute(update(Callback).where(Callback.ticket_id.in_(ids)).values(phone=""))
    await session.execute(update(Rating).where(Rating.ticket_id.in_(ids)).values(comment=None))
    await session.execute(update(Notice).where(Notice.ticket_id.in_(ids)).values(text=GONE))
    await session.execute(delete(DeskPrompt).where(DeskPrompt.conversation_id.in_(conversations)))
    await _empty_operations(work, customer, conversations)
    return len(ids), files


async def _empty_operations(
    work: Work, customer: CustomerId, conversations: Sequence[ConversationId]
) -> None:
    theirs = or_(Operation.customer_id == customer, Operation.conversation_id.in_(conversations))
    offered = Operation.state == "offered"
    await work.session.execute(
        update(Operation).where(theirs, offered).values(state="withdrawn", settled_at=work.now)
    )
    await work.session.execute(update(Operation).where(theirs).values(title=GONE, params={}, result=None))


def _theirs(customer: CustomerId, conversations: Sequence[ConversationId]) -> ColumnElement[bool]:
    return or_(Ticket.customer_id == customer, Ticket.conversation_id.in_(conversations))


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in FACTS if name in data}
