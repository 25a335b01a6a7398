"""Where a task stands: what is known, what was asked, and what waits below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

STALE = timedelta(minutes=30)
"""A question this old is asked again before a bare yes to it counts."""
DEEPEST = 3
"""So many tasks may wait below one another; the oldest is forgotten."""


PARKED = 2
"""After so many asides in a row the question is put aside until the customer wants to go on."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked last, as it is said. `buttons`: title → payload."""

    text: str
    buttons: Mapping[str, str] = field(default_factory=dict[str, str])
    options: tuple[str | int, ...] = ()
    """The values offered, in the order they were numbered."""
    listed: bool = False
    """Whether they are written out under the question."""
    number: bool = False
    """Whether it asks for a number: a digit is the answer then, and no button's place."""

    @property
    def brief(self) -> str:
        """Without the list, which stands above already; what is to be decided is always shown whole."""
        return self.text.partition("\n")[0] if self.listed else self.text


@dataclass(frozen=True, slots=True)
class TaskState:
    """The slot `task`. `key` is the idempotency key of what the task does in the end."""

    name: str
    key: str
    at: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    asked: str | None = None
    question: Question | None = None
    lead: str = ""
    """Said once, before the question."""
    quiet: bool = False
    """The customer asked for time: the lead is said, the question is not repeated."""
    back: bool = False
    """The task above it has just ended."""
    tries: int = 0
    asides: int = 0
    """How often in a row the customer has spoken of something else."""
    below: TaskState | None = None

    @classmethod
    def in_slot(cls, value: Mapping[str, Any] | None) -> TaskState | None:
        """The state that `as_slot` wrote; None when there is no task."""
        if not value:
            return None
        known: dict[str, Any] = dict(value)
        if asked := known.get("question"):
            options, listed = tuple(asked["options"]), bool(asked.get("listed"))
            known["question"] = Question(
                asked["text"], asked["buttons"], options, listed, bool(asked.get("number"))
            )
        known["below"] = cls.in_slot(known.get("below"))
        return cls(**known)

    @property
    def is_parked(self) -> bool:
        return self.asides >= PARKED

    def as_slot(self) -> dict[str, Any]:
        return asdict(self)

    def above(self, below: TaskState | None) -> TaskState:
        """This task, with `below` waiting until it is done."""
        kept: list[TaskState] = []
        while below is not None and len(kept) < DEEPEST - 1:
            if below.name != self.name:
                kept.append(below)
            below = below.below
        waiting: TaskState | None = None
        for each in reversed(kept):
            waiting = replace(each, below=waiting)
        return replace(self, below=waiting)

    def is_stale(self, now: datetime) -> bool:
        return now - datetime.fromisoformat(self.at) > STALE

    def knowing(self, name: str, value: Any) -> TaskState:
        """With one more value; a value given anew counts as the latest."""
        rest = {key: known for key, known in self.values.items() if key != name}
        return replace(self, values={**rest, name: value})

    def without(self, *names: str) -> TaskState:
        return replace(self, values={key: v for key, v in self.values.items() if key not in names})
