"""Add entries to a ticket's thread. This is the only place that writes what a ticket has come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from bot.conversations.models import Conversation, Message
from bot.conversations.ownership import BOT as BOT_OWNS
from bot.conversations.ownership import QUEUE, Owner, hand_to, owner_of
from bot.desk.prompts.service import LIFE
from bot.desk.tickets.models import Ticket, TicketEntry
from bot.desk.tickets.standing import NewEntry, Standing, after
from bot.desk.work import Matter, Work

FOR_EVER: Final = datetime(9000, 1, 1, tzinfo=UTC)


async def add(work: Work, matter: Matter, entry: NewEntry) -> TicketEntry:
    """Add an entry; the ticket and the conversation's owner follow. The same key adds nothing twice.

    Raises the refusal that the ticket's standing calls for.
    """
    if entry.key is not None:
        known = await work.session.scalar(select(TicketEntry).where(TicketEntry.key == entry.key))
        if known is not None:
            return known
    ticket = matter.ticket
    before = standing_of(ticket) if ticket.last_number else None
    standing = after(before, entry)
    ticket.last_number += 1
    row = TicketEntry(
        ticket_id=ticket.id,
        number=ticket.last_number,
        at=work.now,
        kind=entry.kind,
        actor_kind=entry.by.kind,
        agent_id=entry.by.agent,
        actor=entry.by.name,
        to_agent_id=entry.to_agent,
        to_team_id=entry.to_team,
        reason=entry.reason,
        text=entry.text,
        data=dict(entry.data),
        key=entry.key,
    )
    work.session.add(row)
    write(work, ticket, standing)
    if entry.kind == "offered":
        ticket.offer_note, ticket.offer_at = entry.text, work.now
    work.touch(ticket, moved=standing != before)
    await _give_to_owner(work, matter.row, ticket)
    _listen(work, matter.row, ticket)
    await work.session.flush()
    return row


def standing_of(ticket: Ticket) -> Standing:
    """What the ticket's row says."""
    return Standing(
        state=ticket.state,  # pyright: ignore[reportArgumentType] - CHECKs hold these
        kind=ticket.kind,  # pyright: ignore[reportArgumentType]
        agent=ticket.agent_id,
        last_agent=ticket.last_agent_id,
        team=ticket.team_id,
        offer_to=ticket.offer_agent_id,
        offer_by=ticket.offer_by_id,
        close_reason=ticket.close_reason,
    )


def write(work: Work, ticket: Ticket, standing: Standing) -> None:
    """Put a standing into the ticket's row, with the times that go with it."""
    if standing.state == "assigned" and ticket.assigned_at is None:
        ticket.assigned_at = work.now
    if standing.state == "closed" and ticket.state != "closed":
        ticket.closed_at = work.now
        ticket.waits_since, ticket.unread = None, 0
    elif standing.state != "closed":
        ticket.closed_at = None
    if standing.state != ticket.state:
        ticket.promised_by = None
    ticket.state = standing.state
    ticket.kind = standing.kind
    ticket.agent_id = standing.agent
    ticket.last_agent_id = standing.last_agent
    ticket.team_id = standing.team
    ticket.offer_agent_id = standing.offer_to
    ticket.offer_by_id = standing.offer_by
    if standing.offer_to is None:
        ticket.offer_note = ticket.offer_at = None
    ticket.close_reason = standing.close_reason


def owner_for(ticket: Ticket) -> Owner:
    """Who owns the conversation of a ticket that stands so."""
    if ticket.state == "assigned":
        return Owner("agent", ticket.agent_id)
    return QUEUE if ticket.state == "waiting" and ticket.kind == "live" else BOT_OWNS


def _listen(work: Work, row: Conversation, ticket: Ticket) -> None:
    """While a ticket is open, or may be opened again, the desk hears what the customer writes."""
    if ticket.state != "closed":
        row.desk_until = FOR_EVER
    elif row.desk_until == FOR_EVER:
        row.desk_until = work.now + max(LIFE, timedelta(minutes=work.rules.reopen_minutes))


async def _give_to_owner(work: Work, row: Conversation, ticket: Ticket) -> None:
    wanted = owner_for(ticket)
    if owner_of(row) == wanted:
        return
    hand_to(row, wanted, expected_version=row.owner_version)
    if wanted.kind == "agent":
        # What waited for the bot is the agent's now: the bot must not answer it after a hand-back.
        await work.session.execute(
            update(Message)
            .where(Message.conversation_id == row.id, Message.state == "waiting")
            .values(state="done")
        )
