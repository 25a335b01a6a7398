"""Ask for a call back, settle it, or let it go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update

from bot.desk.callbacks.models import Callback
from bot.desk.ids import TicketId
from bot.desk.tickets.holding import Person
from bot.desk.tickets.standing import Actor, NewEntry
from bot.desk.tickets.thread import add
from bot.desk.work import Matter, Work
from bot.kit.clock import iso
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.store.customers.numbers import Number, masked, read_phone


@dataclass(frozen=True, slots=True)
class Wish:
    """When a customer wants to be called, and where."""

    phone: str
    start: datetime
    end: datetime


async def ask(work: Work, matter: Matter, wish: Wish, by: Actor) -> Callback:
    """Note a call back; a newer wish replaces the one that was open. BadInput: no phone number."""
    phone = read_phone(wish.phone)
    if phone is None:
        raise BadInput("这不像一个电话号码，请再发一次，例如 13800138000。")
    await cancel_open(work, matter.ticket.id)
    row = Callback(
        ticket_id=matter.ticket.id,
        phone=phone,
        window_from=wish.start,
        window_to=wish.end,
        state="open",
        asked_at=work.now,
    )
    work.session.add(row)
    await add(work, matter, NewEntry("callback", by, data=told(row)))
    return row


async def settle(
    work: Work, matter: Matter, state: Literal["done", "failed"], note: str, person: Person
) -> None:
    """The call was made, or nobody answered it."""
    row = await open_callback(work, matter.ticket.id)
    if row is None:
        raise NotFound("这张工单没有待回的电话。")
    if matter.ticket.state == "assigned" and matter.ticket.agent_id != person.id:
        raise Conflict("这通电话由另一位同事负责。")
    row.state, row.settled_at, row.agent_id = state, work.now, person.id
    await add(work, matter, NewEntry("callback", person.actor, text=note.strip() or None, data=told(row)))


async def open_callback(work: Work, ticket: TicketId) -> Callback | None:
    """The call that a ticket still owes."""
    return await work.session.scalar(
        select(Callback).where(Callback.ticket_id == ticket, Callback.state == "open")
    )


async def cancel_open(work: Work, ticket: TicketId) -> None:
    """What is over needs no call."""
    await work.session.execute(
        update(Callback)
        .where(Callback.ticket_id == ticket, Callback.state == "open")
        .values(state="cancelled", settled_at=work.now)
    )


def told(row: Callback) -> dict[str, Any]:
    """A call back as agents see it in lists; the number is masked."""
    return {
        "phone": masked(Number("phone", row.phone)),
        "from": iso(row.window_from),
        "to": iso(row.window_to),
        "state": row.state,
    }
