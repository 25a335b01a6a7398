"""Who is next. A place in the queue is a time: when the customer came, minus a bounded head start.

Waiting time therefore counts second for second against everybody, and nobody can be overtaken by anyone
who comes later than the largest head start: no class of customers starves, whatever the others do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.rules.rules import Rules


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer's head start comes from."""

    tier: str | None = None
    key_account: bool = False
    angry: bool = False
    complains: bool = False


def head_start(rules: Rules, who: Standing) -> timedelta:
    """How much earlier this customer counts as having come: the largest reason, not the sum of them."""
    given = rules.head_start_minutes
    reasons = [
        given.key_account if who.key_account else 0,
        given.anger if who.angry else 0,
        given.complaints if who.complains else 0,
        given.tiers.get(who.tier or "", 0),
    ]
    return timedelta(minutes=max(reasons))


def rank_at(rules: Rules, who: Standing, came: datetime) -> datetime:
    """The time by which the queue is ordered, earliest first."""
    return came - head_start(rules, who)


def longest_head_start(rules: Rules) -> timedelta:
    """Nobody who comes later than this after a customer is served before them."""
    given = rules.head_start_minutes
    return timedelta(minutes=max(given.key_account, given.anger, given.complaints, *given.tiers.values(), 0))
