"""The demo company's people at the desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.desk.agents.models import Agent
from bot.desk.agents.service import NewAgent, add_agent
from bot.desk.audit.service import Doer
from bot.kit.db import WriteSession

PEOPLE = (
    NewAgent("hejing", "何静", "agent", ("points", "billing", "orders", "membership")),
    NewAgent("wutong", "吴桐", "agent", ("repair", "complaints", "privacy", "other")),
    NewAgent("chenchen", "陈晨", "supervisor", ("complaints",)),
)


async def add_people(session: WriteSession, password: str, now: datetime) -> list[str]:
    """Two agents and a supervisor with one password, unless there is anybody at the desk; their logins."""
    if await session.scalar(select(Agent.id).limit(1)) is not None:
        return []
    for person in PEOPLE:
        new = NewAgent(person.login, person.name, person.role, person.skills, password=password)
        await add_agent(session, new, Doer("demo"), now)
    return [person.login for person in PEOPLE]
