"""Tables of teams and their members."""

from __future__ import annotations

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.desk.ids import TeamId
from bot.kit.db import Base
from bot.kit.ids import AgentId
from bot.store.columns import primary_key, reference


class Team(Base):
    """A team. Tickets about its `topics` come to it by themselves."""

    __tablename__ = "team"

    id: Mapped[TeamId] = primary_key()
    name: Mapped[str] = mapped_column(String(40), unique=True)
    topics: Mapped[list[str]] = mapped_column(JSON)


class TeamMember(Base):
    """An agent in a team."""

    __tablename__ = "team_member"

    team_id: Mapped[TeamId] = reference("team.id", primary_key=True)
    agent_id: Mapped[AgentId] = reference("agent.id", primary_key=True, index=True)
