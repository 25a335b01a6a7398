"""What runs beside the queue: assign, take back from who vanished, tell customers their place, alarms."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import monotonic
from typing import Final

import structlog
from sqlalchemy import and_, or_, select

from bot.desk.agents.models import Agent
from bot.desk.callbacks.models import Callback
from bot.desk.complaints.alarms import alarm_complaints
from bot.desk.handoff import sentences
from bot.desk.handoff.request import tell_place
from bot.desk.ids import TicketId
from bot.desk.office import Office
from bot.desk.operations.models import Operation
from bot.desk.operations.settling import expire_late
from bot.desk.queue.choice import choose
from bot.desk.queue.places import Place, Waiting, candidates, places, waiting_line
from bot.desk.tickets.holding import give, release
from bot.desk.tickets.models import Ticket
from bot.desk.tickets.standing import SYSTEM
from bot.kit.errors import HuitoukeError
from bot.kit.ids import AgentId, ConversationId
from bot.kit.tasks import TaskGroup, set_within
from bot.messages import ServedBy, ServiceChanged

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 1.0
REST_SECONDS: Final = 0.2
ALARM_SECONDS: Final = 15.0


class Keeper:
    """Keeps the queue moving. Every process may run one: each step checks again under the locks."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._news = asyncio.Event()
        self._told: dict[ConversationId, Place] = {}
        self._tasks = TaskGroup("queue")
        office.on_change(self._news.set)

    def start(self) -> None:
        self._tasks.spawn(self._run(), "run")

    async def close(self) -> None:
        await self._tasks.close()

    async def _run(self) -> None:
        looked = alarmed = 0.0
        while True:
            await set_within(self._news, LOOK_SECONDS)
            self._news.clear()
            now = monotonic()
            try:
                await self.assign()
                if now - looked >= LOOK_SECONDS:
                    looked = now
                    await self.take_back()
                    await self.tell_places()
                if now - alarmed >= ALARM_SECONDS:
                    alarmed = now
                    await self.alarm()
                    await self.expire_offers()
                    await alarm_complaints(self._office)
            except HuitoukeError as error:
                log.warning("queue_waits", error=error.message)
            except Exception:
                log.exception("queue_failed")
            await asyncio.sleep(REST_SECONDS)

    async def assign(self) -> int:
        """Give waiting customers to agents who are free, in the order of the queue; how many."""
        given = 0
        async with self._office.database.read() as session:
            rules = await self._office.book.read(session)
            if rules.strategy == "manual":
                return 0
            line = await waiting_line(session, 200)
            agents = await candidates(session, self._office.clock()) if line else []
        if not any(agent.free for agent in agents):
            return 0
        for waiting in line:
            chosen = choose(agents, waiting.wanted, rules, self._office.clock())
            if chosen is None:
                continue
            if await self._give(waiting.ticket, chosen.id):
                given += 1
            async with self._office.database.read() as session:
                agents = await candidates(session, self._office.clock())
        return given

    async def _give(self, ticket: TicketId, agent: AgentId) -> bool:
        async with self._office.work() as work:
            matter = await work.access(ticket)
            if matter.ticket.state != "waiting" or matter.ticket.kind != "live":
                return False
            # The agent's row is locked, so that two processes cannot fill the same last slot.
            await work.session.get(Agent, agent, with_for_update=True, populate_existing=True)
            free = {each.id: each.free for each in await candidates(work.session, work.now)}
            if not free.get(agent):
                return False
            await give(work, matter, agent, SYSTEM, "auto")
        return True

    async def take_back(self) -> int:
        """Put the live tickets of agents who vanished back into the queue; how many."""
        now = self._office.clock()
        async with self._office.database.read() as session:
            rules = await self._office.book.read(session)
            gone = now - timedelta(seconds=rules.vanish_seconds)
            lost = list(
                await session.scalars(
                    select(Ticket.id)
                    .join(Agent, Agent.id == Ticket.agent_id)
                    .where(
                        Ticket.state == "assigned",
                        Ticket.kind == "live",
                        or_(
                            Agent.seen_at < gone,
                            and_(Agent.seen_at.is_(None), Ticket.assigned_at < gone),
                        ),
                    )
                    .limit(200)
                )
            )
        for ticket in lost:
            async with self._office.work() as work:
                matter = await work.access(ticket)
                agent = matter.ticket.agent_id
                row = await work.session.get(Agent, agent, populate_existing=True) if agent else None
                if row is None or (row.seen_at is not None and row.seen_at >= gone):
                    continue
                await release(work, matter, SYSTEM, "vanished")
        return len(lost)

    async def tell_places(self) -> None:
        """Show waiting customers their place when it changed; say so when it takes longer than told."""
        now = self._office.clock()
        async with self._office.database.read() as session:
            rules = await self._office.book.read(session)
            line = await waiting_line(session)
            found = await places(session, line, rules, now) if line else {}
        still: dict[ConversationId, Place] = {}
        for waiting in line:
            place = still[waiting.conversation] = found[waiting.ticket]
            if self._told.get(waiting.conversation) != place:
                wait = (place.wait.low, place.wait.high) if place.wait else None
                served = ServedBy("queue", position=place.position, wait=wait)
                self._office.hub.publish(waiting.conversation, ServiceChanged(served))
            if waiting.promised_by is not None and waiting.promised_by < now:
                await self._admit_delay(waiting)
        self._told = still

    async def _admit_delay(self, waiting: Waiting) -> None:
        """Once per promise: the new place, and what else there is."""
        async with self._office.work() as work:
            matter = await work.access(waiting.ticket)
            ticket = matter.ticket
            if ticket.state != "waiting" or ticket.promised_by is None or ticket.promised_by >= work.now:
                return
            place = await tell_place(work, ticket)
            if place.wait is not None:
                # Whoever is told again and again reads nothing but apologies: twice as long each time.
                later = work.now + max(work.now - ticket.queued_at, timedelta(seconds=place.wait.high))
                ticket.promised_by = later
            work.say(matter.row, sentences.later_than_told(place))

    async def alarm(self) -> None:
        """Tell the owner of an unanswered customer, and of a call that is due, once each."""
        now = self._office.clock()
        async with self._office.database.read() as session:
            rules = await self._office.book.read(session)
            late = now - timedelta(seconds=rules.first_reply_seconds)
            unanswered = select(Ticket.id).where(Ticket.state == "assigned", Ticket.waits_since < late)
            tickets = list(await session.scalars(unanswered.limit(200)))
            calls = list(
                await session.scalars(
                    select(Callback).where(Callback.state == "open", Callback.window_from <= now).limit(200)
                )
            )
        for id_ in tickets:
            async with self._office.work() as work:
                ticket = (await work.access(id_)).ticket
                if ticket.agent_id is not None and ticket.waits_since is not None:
                    key = f"late:{ticket.id}:{ticket.waits_since.isoformat()}"
                    await work.tell(ticket.agent_id, "reply_due", ticket.id, "客户在等您回复", key)
        for call in calls:
            async with self._office.work() as work:
                ticket = (await work.access(call.ticket_id)).ticket
                if ticket.agent_id is not None:
                    await work.tell(
                        ticket.agent_id, "callback_due", ticket.id, "到回电的时间了", f"call:{call.id}"
                    )

    async def expire_offers(self) -> int:
        """Offers that no customer answered in time are over; how many."""
        async with self._office.database.read() as session:
            late = select(Operation.id).where(
                Operation.state == "offered", Operation.until <= self._office.clock()
            )
            found = list(await session.scalars(late.limit(200)))
        for operation in found:
            async with self._office.work() as work:
                await expire_late(work, operation)
        return len(found)
