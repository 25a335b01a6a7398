"""HTTP of tickets: lists, one ticket, and everything that is done with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from bot.conversations import log as message_log
from bot.desk.audit.service import record
from bot.desk.callbacks.service import settle
from bot.desk.http import Asking, Door
from bot.desk.ids import TeamId, TicketId
from bot.desk.live.presence import Presence
from bot.desk.office import Office
from bot.desk.tickets import ending, holding, passing, speaking
from bot.desk.tickets.errors import NotYours
from bot.desk.tickets.lines import line, lines
from bot.desk.tickets.lists import View, Wanted, bot_page, counts, last_n, page
from bot.desk.tickets.models import Ticket
from bot.desk.tickets.opening import Opening, open_ticket, reopen
from bot.desk.tickets.reads import conversation_row, entries_after, messages
from bot.desk.tickets.summary import summary
from bot.desk.work import Matter, Work
from bot.kit.errors import BadInput, NotFound
from bot.kit.ids import AgentId, ConversationId
from bot.store.access.service import log_access
from bot.store.customers.service import find_customer

ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]
Act = Callable[[Work, Matter, Asking], Awaitable[None]]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AssignBody(Body):
    agent: int


class TransferBody(Body):
    agent: int | None = None
    team: int | None = None
    note: Annotated[str, Field(max_length=2000)]


class NoteBody(Body):
    text: Annotated[str, Field(max_length=speaking.LONGEST)]
    mentions: list[int] = []
    client_id: ClientId


class DeclineBody(Body):
    note: Annotated[str, Field(max_length=2000)] = ""


class HandbackBody(Body):
    settled: Annotated[str, Field(max_length=1000)]
    topic: str | None = None


class CloseBody(Body):
    reason: str
    note: Annotated[str, Field(max_length=2000)] = ""


class CallbackBody(Body):
    state: Literal["done", "failed"]
    note: Annotated[str, Field(max_length=2000)] = ""


class TicketRoutes:
    """Handlers about tickets."""

    def __init__(self, office: Office, presence: Presence) -> None:
        self._office = office
        self._presence = presence

    def add_to(self, door: Door) -> None:
        door.get("/tickets", self.list)
        door.get("/bot", self.bot)
        door.get("/tickets/{id}", self.one)
        door.get("/conversations/{c}/messages", self.messages)
        door.get("/conversations/{c}/tickets", self.of_conversation)
        for name, act in self._acts().items():
            door.post(f"/tickets/{{id}}/{name}", self._doing(act))
        door.post("/conversations/{c}/takeover", self.take_from_bot)

    async def list(self, asking: Asking) -> Any:
        """GET /api/desk/tickets"""
        wanted = await self._wanted(asking)
        async with self._office.database.read() as session:
            rules = await self._office.book.read(session)
            n = await last_n(session)
            found = await page(session, wanted, rules, self._office.clock())
            told = await counts(session, asking.who.agent)
        return {"tickets": found.tickets, "next": found.next, "counts": told, "n": n}

    async def bot(self, asking: Asking) -> Any:
        """GET /api/desk/bot"""
        async with self._office.database.read() as session:
            found, more = await bot_page(
                session, self._office.clock(), asking.request.query.get("cursor"), _limit(asking)
            )
        return {"conversations": found, "next": more}

    async def one(self, asking: Asking) -> Any:
        """GET /api/desk/tickets/{id}; the opening is logged."""
        id_ = TicketId(asking.number("id"))
        async with self._office.work() as work:
            ticket = await work.session.get(Ticket, id_, populate_existing=True)
            if ticket is None:
                raise NotFound("没有这张工单。")
            conversation = ConversationId(ticket.conversation_id)
            row = await conversation_row(work.session, conversation)
            assert row is not None
            if ticket.customer_id is not None:
                await log_access(
                    work.session,
                    ticket.customer_id,
                    "conversation",
                    work.now,
                    why=f"工单 {id_}",
                    reader="agent",
                    name=asking.who.name,
                )
            record(work.session, asking.person.doer, "ticket_opened", f"ticket {id_}", work.now)
            return {
                "ticket": await line(work.session, id_, work.rules, work.now),
                "entries": await entries_after(work.session, id_, 0),
                "summary": await summary(work.session, ticket, row, work.now),
                "viewers": [viewer.to_json() for viewer in self._presence.viewers(conversation)],
            }

    async def messages(self, asking: Asking) -> Any:
        """GET /api/desk/conversations/{c}/messages"""
        async with self._office.database.read() as session:
            row = await conversation_row(session, ConversationId(asking.text("c")))
            if row is None:
                raise NotFound("没有这个会话。")
            found = await messages(
                session,
                row,
                since=asking.query_number("since", 0) or 0,
                before=asking.query_number("before"),
                limit=_limit(asking, 100),
            )
        return {"messages": found, "last_seq": row.last_seq, "seen_seq": row.seen_seq}

    async def of_conversation(self, asking: Asking) -> Any:
        """GET /api/desk/conversations/{c}/tickets"""
        statement = (
            select(Ticket)
            .where(Ticket.conversation_id == asking.text("c"))
            .order_by(Ticket.id.desc())
            .limit(50)
        )
        async with self._office.database.read() as session:
            rules = await self._office.book.read(session)
            return {"tickets": await lines(session, statement, rules, self._office.clock())}

    async def take_from_bot(self, asking: Asking) -> Any:
        """POST /api/desk/conversations/{c}/takeover"""
        async with self._office.work() as work:
            row = await message_log.locked(work.session, ConversationId(asking.text("c")))
            ticket = await work.open_one(row)
            if ticket is None:
                record(work.session, asking.person.doer, "takeover", row.id, work.now)
                matter = await open_ticket(work, row, Opening("live", "agent", asking.person.actor))
                await holding.give(work, matter, asking.person.id, asking.person.actor, "takeover")
            else:
                matter = Matter(row, ticket)
                await holding.take_over(work, matter, asking.person)
        return await self._line(matter.ticket.id)

    def _doing(self, act: Act) -> Callable[[Asking], Awaitable[Any]]:
        async def handle(asking: Asking) -> Any:
            id_ = TicketId(asking.number("id"))
            async with self._office.work() as work:
                await act(work, await work.access(id_), asking)
            return await self._line(id_)

        return handle

    async def _line(self, id_: TicketId) -> dict[str, Any]:
        async with self._office.database.read() as session:
            rules = await self._office.book.read(session)
            return {"ticket": await line(session, id_, rules, self._office.clock())}

    def _acts(self) -> dict[str, Act]:
        return {
            "take": lambda work, matter, asking: holding.take(work, matter, asking.person),
            "takeover": lambda work, matter, asking: holding.take_over(work, matter, asking.person),
            "accept": lambda work, matter, asking: passing.accept(work, matter, asking.person),
            "withdraw": lambda work, matter, asking: passing.withdraw(work, matter, asking.person),
            "assign": _assign,
            "release": _release,
            "transfer": _transfer,
            "decline": _decline,
            "notes": _note,
            "handback": _handback,
            "close": _close,
            "reopen": _reopen,
            "callback": _callback,
        }

    async def _wanted(self, asking: Asking) -> Wanted:
        query = asking.request.query
        view = query.get("view", "mine")
        if view not in get_args(View):
            raise BadInput(f"view 要是其中之一：{'、'.join(get_args(View))}。")
        search = (query.get("q") or "").strip()
        team = asking.query_number("team")
        agent = asking.query_number("agent")
        wanted: dict[str, Any] = {
            "topic": query.get("topic"),
            "kind": query.get("kind"),
            "reason": query.get("reason"),
            "cursor": query.get("cursor"),
            "team": TeamId(team) if team is not None else None,
            "agent": AgentId(agent) if agent is not None else None,
            **(await self._search(search) if search else {}),
        }
        return Wanted(cast("View", view), asking.who.agent, limit=_limit(asking), **wanted)

    async def _search(self, text: str) -> dict[str, Any]:
        """A ticket's or a conversation's id, else a member number or phone; nobody's finds nothing."""
        if text.startswith("c-"):
            return {"conversation": text}
        if text.isdigit() and len(text) < 8:
            return {"ticket": int(text)}
        async with self._office.database.read() as session:
            found = await find_customer(session, text)
        return {"customer": found.customer_id if found else -1}


async def _assign(work: Work, matter: Matter, asking: Asking) -> None:
    wish = await asking.body(AssignBody)
    await holding.assign(work, matter, AgentId(wish.agent), asking.person)


async def _release(work: Work, matter: Matter, asking: Asking) -> None:
    await holding.require_held(work, matter, asking.person)
    await holding.release(work, matter, asking.person.actor, "agent")


async def _transfer(work: Work, matter: Matter, asking: Asking) -> None:
    wish = await asking.body(TransferBody)
    if (wish.agent is None) == (wish.team is None):
        raise BadInput("转给一位同事或一个小组，二选一。")
    if wish.agent is not None:
        await passing.offer(work, matter, AgentId(wish.agent), wish.note, asking.person)
    else:
        await passing.pass_to_team(work, matter, TeamId(wish.team or 0), wish.note, asking.person)


async def _decline(work: Work, matter: Matter, asking: Asking) -> None:
    await passing.decline(work, matter, (await asking.body(DeclineBody)).note, asking.person)


async def _note(work: Work, matter: Matter, asking: Asking) -> None:
    wish = await asking.body(NoteBody)
    mentions = [AgentId(agent) for agent in wish.mentions]
    await speaking.note(work, matter, wish.text, mentions, wish.client_id, asking.person)


async def _handback(work: Work, matter: Matter, asking: Asking) -> None:
    wish = await asking.body(HandbackBody)
    await ending.hand_back(work, matter, wish.settled, wish.topic, asking.person)


async def _close(work: Work, matter: Matter, asking: Asking) -> None:
    wish = await asking.body(CloseBody)
    await ending.close(work, matter, wish.reason, wish.note, asking.person)


async def _reopen(work: Work, matter: Matter, asking: Asking) -> None:
    other = await work.open_one(matter.row)
    if other is not None and other.id != matter.ticket.id:
        raise NotYours("这位客户已经有一张打开的工单。")
    await reopen(work, matter, asking.person.actor, "agent")
    await holding.give(work, matter, asking.person.id, asking.person.actor, "taken")


async def _callback(work: Work, matter: Matter, asking: Asking) -> None:
    wish = await asking.body(CallbackBody)
    await settle(work, matter, wish.state, wish.note, asking.person)


def _limit(asking: Asking, default: int = 50) -> int:
    return max(1, min(200, asking.query_number("limit", default) or default))
