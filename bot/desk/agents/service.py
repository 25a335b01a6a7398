"""Add and change agents; who is on duty, and who is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from bot.desk.agents.guard import lift_locks
from bot.desk.agents.models import LOGIN, Agent, AgentSession, Duty, Role
from bot.desk.agents.passwords import hash_password, one_time_password
from bot.desk.audit.service import Doer, record
from bot.desk.ids import TeamId
from bot.desk.teams.models import TeamMember
from bot.desk.topics import TOPICS
from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import AgentId


class LastAdmin(Conflict):
    """至少要有一位管理员，先让另一位同事成为管理员。"""

    code = "last_admin"


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent to add. Without `password` a one-time one is made."""

    login: str
    name: str
    role: Role = "agent"
    skills: Sequence[str] = ()
    languages: Sequence[str] = ("zh",)
    capacity: int = 4
    teams: Sequence[TeamId] = ()
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change about an agent; None leaves it."""

    name: str | None = None
    role: Role | None = None
    skills: Sequence[str] | None = None
    languages: Sequence[str] | None = None
    capacity: int | None = None
    teams: Sequence[TeamId] | None = None
    disabled: bool | None = None


async def add_agent(session: WriteSession, new: NewAgent, by: Doer, now: datetime) -> tuple[AgentId, str]:
    """Add an agent; their id and the password to tell them. Conflict when the login is taken."""
    if not LOGIN.fullmatch(new.login):
        raise BadInput("登录名用 3 到 40 个小写字母、数字、点、横线。")
    if not new.name.strip():
        raise BadInput("请填写姓名。")
    _check_skills(new.skills)
    password = new.password or one_time_password()
    agent = Agent(
        login=new.login,
        name=new.name.strip(),
        password_hash=await hash_password(password),
        must_change_password=new.password is None,
        role=new.role,
        skills=list(new.skills),
        languages=list(new.languages),
        capacity=new.capacity,
        duty="off",
        duty_since=now,
        disabled=False,
        created_at=now,
    )
    session.add(agent)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict("这个登录名已经有人用了。") from error
    await _set_teams(session, agent.id, new.teams)
    record(session, by, "agent_added", agent.login, now, {"role": new.role, "name": agent.name})
    return agent.id, password


async def change_agent(
    session: WriteSession, agent_id: AgentId, wanted: Changes, by: Doer, now: datetime
) -> None:
    """Change an agent. Disabling signs them out; LastAdmin guards the house against locking itself out."""
    agent = await access_agent(session, agent_id)
    loses_admin = wanted.disabled or (wanted.role is not None and wanted.role != "admin")
    if agent.role == "admin" and loses_admin and await _admins(session) == 1:
        raise LastAdmin()
    before = _told(agent)
    if wanted.skills is not None:
        _check_skills(wanted.skills)
        agent.skills = list(wanted.skills)
    if wanted.languages is not None:
        agent.languages = list(wanted.languages)
    for name in ("name", "role", "capacity"):
        if (value := getattr(wanted, name)) is not None:
            setattr(agent, name, value)
    if wanted.teams is not None:
        await _set_teams(session, agent_id, wanted.teams)
    if wanted.disabled is not None:
        agent.disabled = wanted.disabled
        if wanted.disabled:
            agent.duty = "off"
            await session.execute(delete(AgentSession).where(AgentSession.agent_id == agent_id))
    await session.flush()
    after = _told(agent)
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    record(session, by, "agent_changed", agent.login, now, changed)


async def reset_password(session: WriteSession, agent_id: AgentId, by: Doer, now: datetime) -> str:
    """Give an agent a new one-time password, which works at once; their sessions and locks end."""
    agent = await access_agent(session, agent_id)
    password = one_time_password()
    agent.password_hash = await hash_password(password)
    agent.must_change_password = True
    await lift_locks(session, agent.login)
    await session.execute(delete(AgentSession).where(AgentSession.agent_id == agent_id))
    record(session, by, "password_reset", agent.login, now)
    return password


async def set_duty(session: WriteSession, agent_id: AgentId, duty: Duty, now: datetime, by: Doer) -> None:
    """Go on duty, away, or off. Setting what holds already changes nothing."""
    agent = await access_agent(session, agent_id)
    if agent.disabled and duty != "off":
        raise Conflict("这个账号已停用。")
    if agent.duty == duty:
        return
    record(session, by, "duty", agent.login, now, {"from": agent.duty, "to": duty})
    agent.duty, agent.duty_since = duty, now
    await session.flush()


async def touch_presence(session: WriteSession, agents: Sequence[AgentId], now: datetime) -> None:
    """These agents have an open socket now."""
    await session.execute(update(Agent).where(Agent.id.in_(agents)).values(seen_at=now))


async def access_agent(session: WriteSession, agent_id: AgentId) -> Agent:
    """The agent, the row locked; NotFound."""
    agent = await session.get(Agent, agent_id, with_for_update=True, populate_existing=True)
    if agent is None:
        raise NotFound("没有这位同事。")
    return agent


async def _set_teams(session: WriteSession, agent_id: AgentId, teams: Sequence[TeamId]) -> None:
    await session.execute(delete(TeamMember).where(TeamMember.agent_id == agent_id))
    for team in dict.fromkeys(teams):
        session.add(TeamMember(team_id=team, agent_id=agent_id))
    try:
        await session.flush()
    except IntegrityError as error:
        raise BadInput("没有这个小组。") from error


async def _admins(session: WriteSession) -> int:
    statement = select(func.count()).where(Agent.role == "admin", ~Agent.disabled)
    return (await session.execute(statement)).scalar_one()


def _check_skills(skills: Sequence[str]) -> None:
    if unknown := [skill for skill in skills if skill not in TOPICS]:
        raise BadInput(f"没有这种技能：{'、'.join(unknown)}。")


def _told(agent: Agent) -> dict[str, Any]:
    names = ("name", "role", "skills", "languages", "capacity", "disabled")
    return {name: getattr(agent, name) for name in names}
