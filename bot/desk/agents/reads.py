"""Agents as others see them: teams, presence and how much each has to do, in two queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.agents.models import Agent, Duty, Role
from bot.desk.ids import TeamId
from bot.desk.teams.models import Team, TeamMember
from bot.desk.tickets.models import Ticket
from bot.kit.errors import NotFound
from bot.kit.ids import AgentId

ONLINE_FOR: Final = timedelta(seconds=45)
"""An open socket is heard of every 15 s; after this long without a word it counts as gone."""


@dataclass(frozen=True, slots=True)
class AgentView:
    """An agent. `load`: live tickets they have now."""

    id: AgentId
    login: str
    name: str
    role: Role
    duty: Duty
    duty_since: datetime
    online: bool
    seen_at: datetime | None
    load: int
    capacity: int
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    teams: tuple[tuple[TeamId, str], ...]
    disabled: bool
    last_assigned_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """`Agent` of docs/protocols/desk.md."""
        return {
            "id": self.id,
            "login": self.login,
            "name": self.name,
            "role": self.role,
            "duty": self.duty,
            "online": self.online,
            "load": self.load,
            "capacity": self.capacity,
            "skills": list(self.skills),
            "languages": list(self.languages),
            "teams": [{"id": id_, "name": name} for id_, name in self.teams],
            "disabled": self.disabled,
        }


async def agent_views(session: AsyncSession, now: datetime, *, disabled: bool = True) -> list[AgentView]:
    """Every agent, by name."""
    statement = select(Agent).order_by(Agent.name)
    if not disabled:
        statement = statement.where(~Agent.disabled)
    return await _views(session, statement, now)


async def agent_view(session: AsyncSession, agent_id: AgentId, now: datetime) -> AgentView:
    """One agent; NotFound."""
    found = await _views(session, select(Agent).where(Agent.id == agent_id), now)
    if not found:
        raise NotFound("没有这位同事。")
    return found[0]


def is_online(seen_at: datetime | None, now: datetime) -> bool:
    return seen_at is not None and now - seen_at < ONLINE_FOR


async def _views(session: AsyncSession, statement: Select[Agent], now: datetime) -> list[AgentView]:
    agents = list(await session.scalars(statement.execution_options(populate_existing=True)))
    loads = dict(
        (
            await session.execute(
                select(Ticket.agent_id, func.count())
                .where(Ticket.state == "assigned", Ticket.kind == "live")
                .group_by(Ticket.agent_id)
            )
        ).all()
    )
    teams: dict[AgentId, list[tuple[TeamId, str]]] = defaultdict(list)
    members = select(TeamMember.agent_id, Team.id, Team.name).join(Team, Team.id == TeamMember.team_id)
    for agent_id, team_id, name in await session.execute(members.order_by(Team.name)):
        teams[agent_id].append((team_id, name))
    return [_view(agent, loads.get(agent.id, 0), teams[agent.id], now) for agent in agents]


def _view(agent: Agent, load: int, teams: list[tuple[TeamId, str]], now: datetime) -> AgentView:
    return AgentView(
        id=agent.id,
        login=agent.login,
        name=agent.name,
        role=agent.role,  # pyright: ignore[reportArgumentType] - a CHECK holds it
        duty=agent.duty,  # pyright: ignore[reportArgumentType]
        duty_since=agent.duty_since,
        online=is_online(agent.seen_at, now),
        seen_at=agent.seen_at,
        load=load,
        capacity=agent.capacity,
        skills=tuple(agent.skills),
        languages=tuple(agent.languages),
        teams=tuple(teams),
        disabled=agent.disabled,
        last_assigned_at=agent.last_assigned_at,
    )
