"""Tables of agents, their sessions, and wrong passwords."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import JSON, Boolean, CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import AgentId
from bot.store.columns import one_of, primary_key, reference

Role = Literal["agent", "supervisor", "admin"]
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,38}[a-z0-9]")
"""How somebody may be called at the sign-in."""
Duty = Literal["on", "away", "off"]


class Agent(Base):
    """A person at the desk. `seen_at`: when an open socket of theirs was last heard of."""

    __tablename__ = "agent"
    __table_args__ = (
        one_of("role", get_args(Role)),
        one_of("duty", get_args(Duty)),
        CheckConstraint("capacity BETWEEN 0 AND 50", name="capacity_sensible"),
        CheckConstraint("NOT disabled OR duty = 'off'", name="disabled_is_off"),
    )

    id: Mapped[AgentId] = primary_key()
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    role: Mapped[str] = mapped_column(String(12))
    skills: Mapped[list[str]] = mapped_column(JSON)
    languages: Mapped[list[str]] = mapped_column(JSON)
    capacity: Mapped[int] = mapped_column(Integer)
    duty: Mapped[str] = mapped_column(String(4), default="off")
    duty_since: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    last_assigned_at: Mapped[datetime | None]
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime]


class AgentSession(Base):
    """A signed-in browser. Only the hash of the cookie's secret is kept."""

    __tablename__ = "agent_session"
    __table_args__ = (Index(None, "agent_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[AgentId] = reference("agent.id")
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(64))


class LoginGuard(Base):
    """Wrong passwords counted against somebody (bot.desk.agents.guard), whether or not there is anybody."""

    __tablename__ = "login_guard"

    login: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    failed_at: Mapped[datetime | None]
    locked_until: Mapped[datetime | None]
