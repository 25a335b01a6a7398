"""What a trigger consists of. Each one is a file of a few lines in bot/care/triggers (docs/care.md)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy.orm import InstrumentedAttribute

from bot.kit.db import WriteSession
from bot.kit.ids import CustomerId

if TYPE_CHECKING:
    from sqlalchemy import FromClause, Select

    from bot.care.due import Due

Audience = Literal["service", "survey", "marketing"]
"""Service notices need no consent but may be refused; surveys may be refused; marketing needs a consent."""

Kind = Literal["id", "number", "text", "yuan", "day", "last_day", "moment"]
"""How a fact is written: `yuan` from fen, `day` from a date, `last_day` from the moment at which something
ends (the last day on which it is valid), `moment` from a moment; all in the customer's zone."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reply:
    """A button under the message: what it says, and what it means to the brain.

    An entity written `{number}` is that fact. With `when` it is there only if these facts are so
    (True: if there is any).
    """

    title: str
    intent: str
    entities: Mapping[str, Any] = field(default_factory=dict)
    when: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Goal:
    """What the message is for: a row of the customer's own within `days` after it.

    `rows` joins what is needed; `at` is when it happened; `where` narrows it.
    """

    title: str
    customer: InstrumentedAttribute[Any]
    at: InstrumentedAttribute[Any]
    days: int = 14
    rows: Callable[[], FromClause] | None = None
    where: Callable[[], Any] | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is being handed over, for `Trigger.sent`."""

    session: WriteSession
    occurrence: int
    customer: CustomerId
    facts: Mapping[str, Any]
    now: datetime


LATER = Reply("晚点再说", "care_later")
STOP = Reply("别再发了", "care_stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One thing that customers are told without asking.

    `due` finds whom it concerns. `text` is what they read, with the facts in braces; `brief` says it without
    any fact, for who has not proved who they are. `watches`: tables (bot/care/sources.py) whose new rows can
    make it due; `every`: how often time alone can. The smaller `priority` goes first. `lasting`: how long it
    is worth saying. `hold_out`: percent of customers who are not told, to compare with.
    """

    name: str
    title: str
    due: Callable[[Due], Select[Any]]
    facts: Mapping[str, Kind]
    text: str
    brief: str
    watches: tuple[str, ...]
    priority: int
    every: Literal["day", "hour"] = "day"
    audience: Audience = "service"
    audience_of: Callable[[Mapping[str, Any]], Audience] | None = None
    channels: tuple[str, ...] = ("web", "wechat", "wecom")
    cool_down: timedelta = timedelta()
    lasting: timedelta = 7 * DAY
    hold_out: int = 0
    on: bool = False
    """Sends before an operator switched it on: only what answers something the customer began."""
    goal: Goal | None = None
    replies: tuple[Reply, ...] = (LATER, STOP)
    more: Callable[[Mapping[str, Any], datetime, str], Mapping[str, Any]] | None = None
    """Facts that only Python can tell, from the others, the present and the customer's zone."""
    sent: Callable[[Sent], Awaitable[None]] | None = None
    """What else belongs to the message, in the transaction that hands it over: a promise, a survey asked."""

    @property
    def intent(self) -> str:
        return f"EXTERNAL_{self.name}"

    def audience_for(self, facts: Mapping[str, Any]) -> Audience:
        """Whom this very occurrence is for."""
        return self.audience_of(facts) if self.audience_of is not None else self.audience
