"""The API's endpoints about tickets and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import log as message_log
from bot.desk.api import shapes
from bot.desk.api.door import Call, Endpoint
from bot.desk.audit.service import record
from bot.desk.ids import TeamId, TicketId
from bot.desk.office import Office
from bot.desk.teams.models import Team
from bot.desk.tickets.ending import CLOSE_REASONS, end
from bot.desk.tickets.errors import AlreadyClosed, Taken
from bot.desk.tickets.lines import with_lines
from bot.desk.tickets.models import Ticket, TicketEntry
from bot.desk.tickets.opening import Opening, open_ticket
from bot.desk.tickets.standing import Actor, NewEntry
from bot.desk.tickets.thread import add
from bot.desk.work import Matter
from bot.kit.cursors import number_of
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import ConversationId


class StillOpen(Conflict):
    """This conversation has an open ticket already: write a note there."""

    code = "still_open"


class TicketEndpoints:
    """Tickets for other systems."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def table(self) -> Iterator[Endpoint]:
        """The endpoints."""
        yield Endpoint(
            "listTickets",
            "GET",
            "/tickets",
            "Tickets in the order in which they changed: the cursor of the end gives later what is new",
            "tickets:read",
            shapes.TicketPage,
            self.list,
            query=shapes.TicketQuery,
        )
        yield Endpoint(
            "getTicket",
            "GET",
            "/tickets/{id}",
            "One ticket with its entries, the notes among them",
            "tickets:read",
            shapes.TicketWithEntries,
            self.one,
        )
        yield Endpoint(
            "openTicket",
            "POST",
            "/tickets",
            "Open a ticket that people see to; the customer's conversation stays where it is",
            "tickets:write",
            shapes.TicketAnswer,
            self.open,
            body=shapes.OpenBody,
            status=201,
            errors=(404, 409),
        )
        yield Endpoint(
            "closeTicket",
            "POST",
            "/tickets/{id}/close",
            f"Close a ticket that no agent has. Reasons: {', '.join(CLOSE_REASONS)}",
            "tickets:write",
            shapes.TicketAnswer,
            self.close,
            body=shapes.CloseBody,
            errors=(404, 409),
        )
        yield Endpoint(
            "addNote",
            "POST",
            "/tickets/{id}/notes",
            "Write an internal note; the customer never sees it",
            "notes:write",
            shapes.EntryAnswer,
            self.note,
            body=shapes.NoteBody,
            status=201,
        )

    async def list(self, call: Call) -> shapes.TicketPage:
        """See `table`."""
        wanted = cast(shapes.TicketQuery, call.query)
        after = number_of(wanted.cursor) if wanted.cursor else 0
        statement = select(Ticket).where(Ticket.n > after).order_by(Ticket.n).limit(wanted.limit + 1)
        for column, value in (
            (Ticket.state, wanted.state),
            (Ticket.kind, wanted.kind),
            (Ticket.topic, wanted.topic),
            (Ticket.conversation_id, wanted.conversation),
        ):
            if value is not None:
                statement = statement.where(column == value)
        async with self._office.database.read() as session:
            rules = await self._office.book.read(session)
            found = await with_lines(session, statement, rules, self._office.clock())
        shown = found[: wanted.limit]
        reached = shown[-1][0].n if shown else after
        return shapes.TicketPage(
            tickets=[ticket_shape(line) for _, line in shown],
            next=str(reached) if reached else None,
            more=len(found) > wanted.limit,
        )

    async def one(self, call: Call) -> shapes.TicketWithEntries:
        """See `table`."""
        id_ = TicketId(call.number("id"))
        async with self._office.database.read() as session:
            ticket = await self._ticket(session, id_)
            entries = await session.scalars(
                select(TicketEntry).where(TicketEntry.ticket_id == id_).order_by(TicketEntry.number)
            )
            return shapes.TicketWithEntries(ticket=ticket, entries=[entry_shape(each) for each in entries])

    async def open(self, call: Call) -> shapes.TicketAnswer:
        """See `table`. The same key opens one."""
        wish = cast(shapes.OpenBody, call.body)
        conversation = ConversationId(wish.conversation)
        async with self._office.work() as work:
            row = await message_log.locked(work.session, conversation)
            known = await work.session.scalar(
                select(TicketEntry.ticket_id).where(TicketEntry.key == call.key)
            )
            if known is None:
                existing = await work.open_one(row)
                if existing is not None:
                    raise StillOpen(ticket=existing.id)
                if wish.team is not None and await work.session.get(Team, wish.team) is None:
                    raise NotFound("There is no such team.")
                team = TeamId(wish.team) if wish.team is not None else None
                opening = Opening("message", "api", _actor(call), wish.topic, team=team, key=call.key)
                matter = await open_ticket(work, row, opening)
                await add(work, matter, NewEntry("message", _actor(call), text=wish.text.strip()))
                record(work.session, call.caller.doer, "api_ticket", f"ticket {matter.ticket.id}", work.now)
                known = matter.ticket.id
        return await self._answer(TicketId(known))

    async def close(self, call: Call) -> shapes.TicketAnswer:
        """See `table`."""
        wish = cast(shapes.CloseBody, call.body)
        if wish.reason not in CLOSE_REASONS:
            raise BadInput(f"The reason is one of {', '.join(CLOSE_REASONS)}.")
        id_ = TicketId(call.number("id"))
        async with self._office.work() as work:
            matter = await work.access(id_)
            if not await self._was_done(work.session, call.key):
                if matter.ticket.state == "closed":
                    raise AlreadyClosed()
                if matter.ticket.state == "assigned":
                    raise Taken("An agent has this ticket: they close it.")
                note = wish.note.strip() or None
                await end(
                    work,
                    matter,
                    NewEntry("closed", _actor(call), reason=wish.reason, text=note, key=call.key),
                )
                record(work.session, call.caller.doer, "api_close", f"ticket {id_}", work.now)
        return await self._answer(id_)

    async def note(self, call: Call) -> shapes.EntryAnswer:
        """See `table`. The same key writes one; the ticket's agent hears of it."""
        text = cast(shapes.NoteBody, call.body).text.strip()
        if not text:
            raise BadInput("A note says something.")
        id_ = TicketId(call.number("id"))
        async with self._office.work() as work:
            matter: Matter = await work.access(id_)
            entry = await add(work, matter, NewEntry("note", _actor(call), text=text, key=call.key))
            agent = matter.ticket.agent_id
            if agent is not None:
                await work.tell(agent, "whisper", id_, f"{call.caller.name}：{text}", f"w:{call.key}")
            return shapes.EntryAnswer(entry=entry_shape(entry))

    async def _was_done(self, session: AsyncSession, key: str) -> bool:
        return await session.scalar(select(TicketEntry.id).where(TicketEntry.key == key)) is not None

    async def _answer(self, id_: TicketId) -> shapes.TicketAnswer:
        async with self._office.database.read() as session:
            return shapes.TicketAnswer(ticket=await self._ticket(session, id_))

    async def _ticket(self, session: AsyncSession, id_: TicketId) -> shapes.Ticket:
        rules = await self._office.book.read(session)
        statement = select(Ticket).where(Ticket.id == id_)
        found = await with_lines(session, statement, rules, self._office.clock())
        if not found:
            raise NotFound("There is no such ticket.")
        return ticket_shape(found[0][1])


def ticket_shape(line: dict[str, Any]) -> shapes.Ticket:
    """A ticket for other systems, from the desk's line."""
    known = {name: line[name] for name in shapes.Ticket.model_fields if name != "changed"}
    return shapes.Ticket.model_validate({**known, "changed": line["n"]})


def entry_shape(entry: TicketEntry) -> shapes.Entry:
    """An entry for other systems."""
    return shapes.Entry(
        number=entry.number,
        at=entry.at,
        kind=entry.kind,  # pyright: ignore[reportArgumentType] - CHECKs hold these
        by=entry.actor,
        by_kind=entry.actor_kind,  # pyright: ignore[reportArgumentType]
        reason=entry.reason,
        text=entry.text,
        data=entry.data,
    )


def _actor(call: Call) -> Actor:
    return Actor("api", call.caller.name)
