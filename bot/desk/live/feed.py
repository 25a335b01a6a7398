"""The feed: what changed at the desk, in the order of its numbers, for every open socket of this process.

A ticket's row carries the number of its last change, so whoever was away asks for the rows above the number
they know: nothing is missed and nothing is doubled, whichever process made the change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any, Final

import structlog
from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.agents.reads import AgentView, agent_views
from bot.desk.ids import TicketId
from bot.desk.live.frames import dumps
from bot.desk.notices.models import Notice
from bot.desk.office import Office
from bot.desk.tickets.lines import joined, lines_of
from bot.desk.tickets.lists import last_n
from bot.desk.tickets.models import Ticket
from bot.kit.clock import iso
from bot.kit.errors import HuitoukeError
from bot.kit.ids import AgentId, ConversationId
from bot.kit.tasks import TaskGroup, set_within

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 0.5
"""How often changes of other processes are looked for."""
REST_SECONDS: Final = 0.2
"""At most five looks a second: a burst of changes is told together, a ticket that changed often once."""
MOST: Final = 500
"""More changes than this at once, and the lists are to be loaded anew."""


@dataclass(frozen=True, slots=True)
class TicketChanged:
    """A ticket as it is now. `moved`: its state, agent or team changed, so it may leave a list."""

    n: int
    ticket: TicketId
    conversation: ConversationId
    agent: AgentId | None
    offered_to: AgentId | None
    state: str
    moved: bool
    entries: int
    """The number of its last entry."""
    frame: str
    """What a screen is told, written out once for all of them."""


@dataclass(frozen=True, slots=True)
class NoticeAdded:
    """A notice for one agent."""

    n: int
    agent: AgentId
    notice: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TooMuch:
    """More changed than is worth telling one by one, up to `n`."""

    n: int


@dataclass(frozen=True, slots=True)
class AgentsChanged:
    """Some agents are not as they were. `frame`: what every screen is told."""

    frame: str


Change = TicketChanged | NoticeAdded | TooMuch
FeedEvent = Change | AgentsChanged
Listener = Callable[[FeedEvent], None]


class Feed:
    """Looks for changes and tells them, as long as anybody listens."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._listeners: list[Listener] = []
        self._news = asyncio.Event()
        self._n = 0
        self._agents: dict[AgentId, AgentView] = {}
        self._agents_seen = 0.0
        self._tasks = TaskGroup("desk feed")
        office.on_touch(self.nudge)

    async def start(self) -> None:
        async with self._office.database.read() as session:
            self._n = await last_n(session)
        self._tasks.spawn(self._run(), "run")

    async def close(self) -> None:
        await self._tasks.close()

    def nudge(self) -> None:
        """Something changed: look now."""
        self._news.set()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    async def changes(self, since: int) -> list[Change]:
        """What changed after `since`, in order."""
        async with self._office.database.read() as session:
            return await self._changes(session, since)

    async def _run(self) -> None:
        while True:
            await set_within(self._news, LOOK_SECONDS)
            self._news.clear()
            try:
                await self.look()
            except HuitoukeError as error:
                log.warning("feed_look_failed", error=error.message)
            except Exception:
                log.exception("feed_failed")
            await asyncio.sleep(REST_SECONDS)

    async def look(self) -> None:
        """Tell what changed since the last look."""
        async with self._office.database.read() as session:
            n = await last_n(session)
            if not self._listeners:
                self._n = n
                return
            changes = await self._changes(session, self._n) if n > self._n else []
            agents: tuple[AgentView, ...] = ()
            if monotonic() - self._agents_seen >= LOOK_SECONDS:
                self._agents_seen = monotonic()
                agents = await self._agents_changed(session)
        if changes:
            self._n = changes[-1].n
        for change in changes:
            self._tell(change)
        if agents:
            told = {"type": "agents", "agents": [agent.to_json() for agent in agents]}
            self._tell(AgentsChanged(dumps(told)))

    async def _changes(self, session: AsyncSession, since: int) -> list[Change]:
        rules = await self._office.book.read(session)
        now = self._office.clock()
        tickets = await lines_of(session, _tickets(), rules, now, {"since": since})
        if len(tickets) > MOST:
            return [TooMuch(await last_n(session))]
        notices = await session.scalars(_notices(), {"since": since})
        changes: list[Change] = [_ticket_changed(ticket, line, since) for ticket, line in tickets]
        changes += [_notice_added(notice) for notice in notices]
        return sorted(changes, key=lambda change: change.n)

    async def _agents_changed(self, session: AsyncSession) -> tuple[AgentView, ...]:
        views = {view.id: view for view in await agent_views(session, self._office.clock())}
        changed = [
            view
            for id_, view in views.items()
            if (known := self._agents.get(id_)) is None or known.to_json() != view.to_json()
        ]
        first = not self._agents
        self._agents = views
        return () if first else tuple(changed)

    def _tell(self, event: FeedEvent) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("feed_listener_failed")


@cache  # asked several times a second: building a statement costs more than running it
def _tickets() -> Select[*tuple[Any, ...]]:
    return joined(select(Ticket).where(Ticket.n > bindparam("since")).order_by(Ticket.n).limit(MOST + 1))


@cache
def _notices() -> Select[Notice]:
    return select(Notice).where(Notice.n > bindparam("since")).order_by(Notice.n).limit(MOST)


def _ticket_changed(ticket: Ticket, line: dict[str, Any], since: int) -> TicketChanged:
    return TicketChanged(
        n=ticket.n,
        ticket=ticket.id,
        conversation=ConversationId(ticket.conversation_id),
        agent=ticket.agent_id,
        offered_to=ticket.offer_agent_id,
        state=ticket.state,
        moved=ticket.moved_n > since,
        entries=ticket.last_number,
        frame=dumps({"type": "ticket", "n": ticket.n, "ticket": line}),
    )


def _notice_added(notice: Notice) -> NoticeAdded:
    told = {
        "id": notice.id,
        "kind": notice.kind,
        "ticket": notice.ticket_id,
        "complaint": notice.complaint,
        "text": notice.text,
        "at": iso(notice.at),
    }
    return NoticeAdded(notice.n, notice.agent_id, told)
