"""A conversation that remembers its last turns and, of all before, only what they led to."""

from bot.brain.window.checkpoint import Checkpoint
from bot.brain.window.fold import KEPT_TURNS, MAX_EVENTS, squeezed
from bot.brain.window.tracker import WindowTracker, last_turns, new_events

__all__ = [
    "KEPT_TURNS",
    "MAX_EVENTS",
    "Checkpoint",
    "WindowTracker",
    "last_turns",
    "new_events",
    "squeezed",
]
