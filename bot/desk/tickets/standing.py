"""What a ticket's entries add up to. `after` says where one more entry leads, or why it may not come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.desk.ids import TeamId
from bot.desk.tickets.errors import AlreadyClosed, NoOffer, NotAssigned, NotWaiting, StillOpen, Taken
from bot.desk.tickets.models import ActorKind, EntryKind, Kind, State
from bot.kit.ids import AgentId


@dataclass(frozen=True, slots=True)
class Actor:
    """Who adds an entry. `agent` is set exactly when `kind` is "agent"."""

    kind: ActorKind
    name: str
    agent: AgentId | None = None


SYSTEM: Final = Actor("system", "系统")
CUSTOMER: Final = Actor("customer", "客户")
BOT: Final = Actor("bot", "小回")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that is about to be added."""

    kind: EntryKind
    by: Actor
    to_agent: AgentId | None = None
    to_team: TeamId | None = None
    reason: str | None = None
    text: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands."""

    state: State
    kind: Kind
    agent: AgentId | None = None
    last_agent: AgentId | None = None
    team: TeamId | None = None
    offer_to: AgentId | None = None
    offer_by: AgentId | None = None
    close_reason: str | None = None


QUIET: Final = frozenset[EntryKind]({"details", "note", "listening", "operation", "rated"})
"""Entries that say something and move nothing; they may also follow the end."""


def fold(entries: Iterable[NewEntry]) -> Standing | None:
    """Where a whole thread leads; None for an empty one."""
    standing: Standing | None = None
    for entry in entries:
        standing = after(standing, entry)
    return standing


def after(standing: Standing | None, entry: NewEntry) -> Standing:
    """Where the ticket stands once `entry` is added. Raises the refusal that says why it may not be."""
    if standing is None or entry.kind == "opened":
        if standing is not None or entry.kind != "opened":
            raise ValueError("A thread begins with 'opened', once.")
        return Standing(
            "waiting",
            entry.data.get("kind", "live"),
            last_agent=entry.data.get("last_agent"),
            team=entry.to_team,
        )
    if entry.kind in QUIET:
        return standing
    if entry.kind == "reopened":
        if standing.state != "closed":
            raise StillOpen()
        return replace(standing, state="waiting", kind="live", close_reason=None)
    if standing.state == "closed":
        raise AlreadyClosed()
    return _STEPS[entry.kind](standing, entry)


def _queued(standing: Standing, _entry: NewEntry) -> Standing:
    if standing.state == "assigned":
        raise Taken(agent=standing.agent)
    return replace(standing, kind="live")


def _message(standing: Standing, _entry: NewEntry) -> Standing:
    if standing.state == "assigned":
        raise Taken(agent=standing.agent)
    return replace(standing, kind="message")


def _callback(standing: Standing, entry: NewEntry) -> Standing:
    if entry.data.get("state") != "open":
        return standing
    if standing.state == "assigned":
        raise Taken(agent=standing.agent)
    return replace(standing, kind="callback")


def _offered(standing: Standing, entry: NewEntry) -> Standing:
    if standing.state != "assigned":
        raise NotAssigned()
    return replace(standing, offer_to=entry.to_agent, offer_by=entry.by.agent or standing.agent)


def _accepted(standing: Standing, entry: NewEntry) -> Standing:
    if standing.offer_to is None or standing.offer_to != entry.by.agent:
        raise NoOffer()
    return _held(standing, entry.by.agent)


def _no_longer_offered(standing: Standing, entry: NewEntry) -> Standing:
    if standing.offer_to is None:
        raise NoOffer()
    if entry.kind == "declined" and standing.offer_to != entry.by.agent:
        raise NoOffer()
    return replace(standing, offer_to=None, offer_by=None)


def _assigned(standing: Standing, entry: NewEntry) -> Standing:
    if standing.state == "assigned" and entry.reason not in ("takeover", "supervisor"):
        raise Taken(agent=standing.agent)
    return _held(standing, entry.to_agent)


def _transferred(standing: Standing, entry: NewEntry) -> Standing:
    if standing.state != "assigned":
        raise NotAssigned()
    return replace(_let_go(standing), team=entry.to_team)


def _released(standing: Standing, _entry: NewEntry) -> Standing:
    if standing.state != "assigned":
        raise NotAssigned()
    return _let_go(standing)


def _left(standing: Standing, _entry: NewEntry) -> Standing:
    if standing.state != "waiting":
        raise NotWaiting()
    return replace(standing, state="closed", close_reason="left")


def _handed_back(standing: Standing, _entry: NewEntry) -> Standing:
    if standing.state != "assigned":
        raise NotAssigned()
    return replace(_let_go(standing), state="closed", close_reason="handed_back")


def _closed(standing: Standing, entry: NewEntry) -> Standing:
    return replace(_let_go(standing), state="closed", close_reason=entry.reason)


def _held(standing: Standing, agent: AgentId | None) -> Standing:
    return replace(standing, state="assigned", agent=agent, last_agent=agent, offer_to=None, offer_by=None)


def _let_go(standing: Standing) -> Standing:
    return replace(standing, state="waiting", agent=None, offer_to=None, offer_by=None)


_STEPS: Final = {
    "queued": _queued,
    "message": _message,
    "callback": _callback,
    "offered": _offered,
    "accepted": _accepted,
    "declined": _no_longer_offered,
    "withdrawn": _no_longer_offered,
    "assigned": _assigned,
    "transferred": _transferred,
    "released": _released,
    "left": _left,
    "handed_back": _handed_back,
    "closed": _closed,
}
