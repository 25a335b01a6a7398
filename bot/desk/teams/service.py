"""Teams: list, add, change, remove."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.audit.service import Doer, record
from bot.desk.ids import TeamId
from bot.desk.teams.models import Team, TeamMember
from bot.desk.tickets.models import Ticket
from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import AgentId


@dataclass(frozen=True, slots=True)
class TeamWish:
    """How a team is to be."""

    name: str
    topics: list[str]
    members: list[AgentId]


async def teams(session: AsyncSession) -> list[dict[str, Any]]:
    """Every team with its members, by name."""
    members: dict[TeamId, list[AgentId]] = defaultdict(list)
    for team, agent in await session.execute(select(TeamMember.team_id, TeamMember.agent_id)):
        members[team].append(agent)
    rows = await session.scalars(select(Team).order_by(Team.name))
    return [
        {"id": team.id, "name": team.name, "topics": team.topics, "members": sorted(members[team.id])}
        for team in rows
    ]


async def change_team(
    session: WriteSession, team_id: TeamId | None, wish: TeamWish, by: Doer, now: datetime
) -> TeamId:
    """Make a team as wished; None makes a new one. Conflict when the name is taken."""
    team = await session.get(Team, team_id) if team_id is not None else Team(name="", topics=[])
    if team is None:
        raise NotFound("没有这个小组。")
    team.name, team.topics = wish.name.strip(), wish.topics
    session.add(team)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict("已经有一个小组叫这个名字。") from error
    await session.execute(delete(TeamMember).where(TeamMember.team_id == team.id))
    for agent in dict.fromkeys(wish.members):
        session.add(TeamMember(team_id=team.id, agent_id=agent))
    try:
        await session.flush()
    except IntegrityError as error:
        raise BadInput("有成员不存在。") from error
    record(session, by, "team", team.name, now, {"topics": wish.topics, "members": wish.members})
    return team.id


async def remove_team(session: WriteSession, team_id: TeamId, by: Doer, now: datetime) -> None:
    """Remove a team that no ticket names."""
    team = await session.get(Team, team_id)
    if team is None:
        raise NotFound("没有这个小组。")
    if await session.scalar(select(Ticket.id).where(Ticket.team_id == team_id).limit(1)) is not None:
        raise Conflict("还有工单属于这个小组，不能删除；可以改名或者移走成员。")
    await session.execute(delete(TeamMember).where(TeamMember.team_id == team_id))
    await session.delete(team)
    record(session, by, "team_removed", team.name, now)
