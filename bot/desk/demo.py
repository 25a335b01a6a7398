"""The demo company's people at the desk: they come with demo mode, and go with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.desk.agents.models import Agent
from bot.desk.agents.passwords import hash_password
from bot.desk.agents.service import Changes, NewAgent, add_agent, change_agent
from bot.desk.audit.models import AuditEntry
from bot.desk.audit.service import Doer
from bot.kit.db import WriteSession

PEOPLE = (
    NewAgent("hejing", "何静", "agent", ("points", "billing", "orders", "membership")),
    NewAgent("wutong", "吴桐", "agent", ("repair", "complaints", "privacy", "other")),
    NewAgent("chenchen", "陈晨", "supervisor", ("complaints",)),
)


BY = Doer("demo")


async def add_people(session: WriteSession, password: str, now: datetime) -> list[str]:
    """Two agents and a supervisor with one password, unless there is anybody else; their logins.

    Those who were retired come back, with this password.
    """
    theirs = await _people(session)
    if await session.scalar(select(Agent.id).where(Agent.id.not_in([one.id for one in theirs])).limit(1)):
        return []
    if not theirs:
        for person in PEOPLE:
            new = NewAgent(person.login, person.name, person.role, person.skills, password=password)
            await add_agent(session, new, BY, now)
        return [person.login for person in PEOPLE]
    retired = [one for one in theirs if one.disabled]
    for one in retired:
        one.password_hash = await hash_password(password)
        await session.flush()
        await change_agent(session, one.id, Changes(disabled=False), BY, now)
    return [one.login for one in retired]


async def retire_people(session: WriteSession, now: datetime) -> list[str]:
    """Disable the demo company's people, whatever they are called by now, and sign them out; their logins."""
    active = [one for one in await _people(session) if not one.disabled]
    for one in active:
        one.role = "agent"  # an admin of the demo is not the last one of the company
        await session.flush()
        await change_agent(session, one.id, Changes(disabled=True), BY, now)
    return [one.login for one in active]


async def _people(session: WriteSession) -> list[Agent]:
    """The audit log tells whom the demo added: it cannot be edited, and a name can be anybody's."""
    added = select(AuditEntry.subject).where(
        AuditEntry.kind == "agent_added", AuditEntry.actor == BY.name, AuditEntry.agent_id.is_(None)
    )
    return list(await session.scalars(select(Agent).where(Agent.login.in_(added)).order_by(Agent.id)))
