"""Who holds a ticket: take, assign, take over, release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from bot.desk.agents.models import Agent, Role
from bot.desk.audit.service import Doer, record
from bot.desk.tickets import sentences
from bot.desk.tickets.errors import AlreadyClosed, NotYours, OffDuty, Taken
from bot.desk.tickets.standing import SYSTEM, Actor, NewEntry
from bot.desk.tickets.thread import add
from bot.desk.work import Matter, Work
from bot.kit.errors import Forbidden, NotFound
from bot.kit.ids import AgentId

Why = Literal["auto", "taken", "supervisor", "takeover", "same_agent"]


@dataclass(frozen=True, slots=True)
class Person:
    """An agent who does something."""

    id: AgentId
    name: str
    role: Role
    address: str = ""

    @property
    def actor(self) -> Actor:
        return Actor("agent", self.name, self.id)

    @property
    def doer(self) -> Doer:
        return Doer(self.name, self.id, self.address)

    @property
    def leads(self) -> bool:
        return self.role in ("supervisor", "admin")


async def give(work: Work, matter: Matter, to: AgentId, by: Actor, why: Why) -> None:
    """Give a ticket to an agent; the customer is told who serves them now."""
    agent = await agent_row(work, to)
    before = matter.ticket.agent_id
    entry = NewEntry("assigned", by, to_agent=to, reason=why)
    await add(work, matter, entry)
    if before == to:
        return
    agent.last_assigned_at = work.now
    work.say(matter.row, sentences.served_by(agent.name, again=why == "same_agent"))
    if by.agent != to:
        await work.tell(to, "assigned", matter.ticket.id, f"{by.name}把一位客户分配给您")
    if before is not None:
        await work.tell(before, "taken_over", matter.ticket.id, f"{agent.name}接管了您的会话")


async def take(work: Work, matter: Matter, person: Person) -> None:
    """An agent takes a waiting ticket. Taking what one has already changes nothing; Taken is another's."""
    ticket = matter.ticket
    if ticket.state == "assigned":
        if ticket.agent_id == person.id:
            return
        raise Taken(**await _holder(work, ticket.agent_id))
    await give(work, matter, person.id, person.actor, "taken")


async def take_over(work: Work, matter: Matter, person: Person) -> None:
    """A supervisor takes a ticket from its agent."""
    ticket = matter.ticket
    if ticket.state == "closed":
        raise AlreadyClosed()
    if ticket.agent_id == person.id:
        return
    if ticket.agent_id is not None and not person.leads:
        raise Forbidden("只有主管可以接管同事的会话。")
    data = {"from": ticket.agent_id, "ticket": ticket.id}
    record(work.session, person.doer, "takeover", matter.row.id, work.now, data)
    await give(work, matter, person.id, person.actor, "takeover")


async def assign(work: Work, matter: Matter, to: AgentId, person: Person) -> None:
    """A supervisor gives a ticket to somebody (or anybody takes it on themselves)."""
    if to == person.id and matter.ticket.state == "waiting":
        return await take(work, matter, person)
    if not person.leads:
        raise Forbidden("只有主管可以分配会话。")
    if matter.ticket.agent_id == to:
        return None
    await require_on_duty(work, to)
    return await give(work, matter, to, person.actor, "supervisor")


async def release(work: Work, matter: Matter, by: Actor, why: Literal["agent", "vanished", "away"]) -> None:
    """Back to the queue, at the place it had: the customer has waited already."""
    holder = matter.ticket.agent_id
    await add(work, matter, NewEntry("released", by, reason=why))
    if matter.ticket.kind == "live":
        work.say(matter.row, sentences.BACK_IN_QUEUE)
    if by is SYSTEM and holder is not None:
        await work.tell(holder, "released", matter.ticket.id, "您离线了，客户已转回队列")


async def require_held(work: Work, matter: Matter, person: Person) -> None:
    """Raises NotYours unless this agent holds the ticket."""
    if matter.ticket.state == "closed":
        raise AlreadyClosed()
    if matter.ticket.agent_id != person.id:
        raise NotYours(**await _holder(work, matter.ticket.agent_id))


async def require_on_duty(work: Work, agent_id: AgentId) -> None:
    """Raises OffDuty, or NotFound."""
    agent = await agent_row(work, agent_id)
    if agent.disabled or agent.duty != "on":
        raise OffDuty()


async def agent_row(work: Work, agent_id: AgentId) -> Agent:
    """An agent; NotFound."""
    agent = await work.session.get(Agent, agent_id, populate_existing=True)
    if agent is None:
        raise NotFound("没有这位同事。")
    return agent


async def _holder(work: Work, agent_id: AgentId | None) -> dict[str, object]:
    name = await work.session.scalar(select(Agent.name).where(Agent.id == agent_id)) if agent_id else None
    return {"agent": {"id": agent_id, "name": name} if agent_id else None}
