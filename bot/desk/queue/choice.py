"""Which agent takes a ticket. Pure, so that the simulation plays by exactly these rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.desk.ids import TeamId
from bot.desk.rules.rules import Rules
from bot.kit.ids import AgentId

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent who is on duty and there."""

    id: AgentId
    load: int
    capacity: int
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"zh"})
    teams: frozenset[TeamId] = frozenset()
    last_assigned_at: datetime | None = None

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.load)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A ticket that waits. `last_agent`: who served this customer last."""

    topic: str | None
    language: str
    team: TeamId | None
    queued_at: datetime
    last_agent: AgentId | None = None


def may_serve(agent: Candidate, ticket: Wanted, rules: Rules, now: datetime) -> bool:
    """Team, topic and language fit. An agent without skills serves every topic; after
    `any_skill_after_minutes` in the queue everybody serves everyone, so that no ticket waits for a skill."""
    if now - ticket.queued_at >= timedelta(minutes=rules.any_skill_after_minutes):
        return True
    if ticket.team is not None and ticket.team not in agent.teams:
        return False
    topic_fits = not agent.skills or ticket.topic in (None, "other") or ticket.topic in agent.skills
    return topic_fits and ticket.language in agent.languages


def choose(agents: Iterable[Candidate], ticket: Wanted, rules: Rules, now: datetime) -> Candidate | None:
    """The agent for a ticket by the rules' strategy; None when nobody who fits is free."""
    free = [agent for agent in agents if agent.free and may_serve(agent, ticket, rules, now)]
    if not free:
        return None
    if rules.prefer_last_agent:
        known = next((agent for agent in free if agent.id == ticket.last_agent), None)
        if known is not None:
            return known
    if rules.strategy == "longest_idle":
        return min(free, key=lambda agent: (agent.last_assigned_at or _LONG_AGO, agent.id))
    return min(
        free,
        key=lambda agent: (agent.load / agent.capacity, agent.last_assigned_at or _LONG_AGO, agent.id),
    )
