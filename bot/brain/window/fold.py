"""Which of the events are kept when there are too many."""

from __future__ import annotations

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered

KEPT_TURNS = 8
MAX_EVENTS = 120
"""Past this many events the older turns are folded into a `Checkpoint`."""


def squeezed(events: list[Event]) -> list[Event]:
    """Of several values of one slot between two actions or messages only the last, of sayings the last few.

    A form that is answered wrongly again and again replaces its runs but keeps what they set and said.
    """
    kept: list[Event] = []
    seen: dict[tuple[type, str], int] = {}
    for event in reversed(events):
        if isinstance(event, (ActionExecuted, UserUttered)):
            seen = {}
        elif not isinstance(event, ActiveLoop):
            key = (type(event), event.key if isinstance(event, SlotSet) else "")
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > (4 if isinstance(event, BotUttered) else 1):
                continue
        kept.append(event)
    return kept[::-1]


def cut(events: list[Event]) -> int:
    """Where the last turns begin that are kept: as many as `KEPT_TURNS` if they are not too long."""
    turns = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    kept = KEPT_TURNS
    while kept > 1 and len(events) - _start(events, turns, kept) > MAX_EVENTS // 2:
        kept -= 1
    return _start(events, turns, kept)


def _start(events: list[Event], turns: list[int], kept: int) -> int:
    """Where the last `kept` turns begin: at the listening before their first message."""
    if len(turns) < kept:
        return 0
    at = turns[-kept]
    before = events[at - 1] if at else None
    listened = isinstance(before, ActionExecuted) and before.action_name == ACTION_LISTEN_NAME
    return at - 1 if listened else at
