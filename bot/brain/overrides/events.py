"""Finding the class of a stored event."""

from __future__ import annotations

from functools import lru_cache

from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

from bot.brain.overrides import Override


@lru_cache(maxsize=1)
def _classes() -> dict[str, type[Event]]:
    # The first class with a name wins, as in Rasa.
    return {cls.type_name: cls for cls in reversed(all_subclasses(Event))}


def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """The class of events called `type_name`; raises ValueError if there is none."""
    found = _classes().get(type_name)
    if found is None:
        _classes.cache_clear()  # a class may have been defined since
        found = _classes().get(type_name)
    if found is not None:
        return found
    if type_name == "topic":
        return None
    if default is not None:
        return default
    raise ValueError(f"Unknown event name '{type_name}'.")


OVERRIDES = (
    Override(
        owner="rasa.shared.core.events:Event",
        name="resolve_by_type",
        reason="it walks the tree of event classes for every event that is read.",
        digest="b5cf570fa7f2",
        replacement=staticmethod(resolve_by_type),
    ),
)
