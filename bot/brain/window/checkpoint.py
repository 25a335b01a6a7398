"""The event that stands for everything forgotten."""

from __future__ import annotations

import dataclasses
from typing import Any

from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker, TrackerActiveLoop


class Checkpoint(Event):
    """What all forgotten turns led to: slots, open form, pause. Replaying it restores them exactly."""

    type_name = "checkpoint"

    def __init__(
        self,
        slots: dict[str, Any],
        loop: dict[str, Any] | None = None,
        paused: bool = False,
        timestamp: float | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.slots = slots
        self.loop = loop
        self.paused = paused
        super().__init__(timestamp, metadata)

    @classmethod
    def of(cls, tracker: DialogueStateTracker, timestamp: float) -> Checkpoint:
        """The state `tracker` is in."""
        slots = {name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value}
        loop = dataclasses.asdict(tracker.active_loop) if tracker.active_loop else None
        return cls(slots, loop, tracker.is_paused(), timestamp)

    def apply_to(self, tracker: DialogueStateTracker) -> None:
        for name, value in self.slots.items():
            if name in tracker.slots:  # a slot may have left the domain since
                tracker.slots[name].value = value
        tracker.active_loop = TrackerActiveLoop(**self.loop) if self.loop else None
        tracker._paused = self.paused

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "slots": self.slots, "loop": self.loop, "paused": self.paused}

    @classmethod
    def _from_parameters(cls, parameters: dict[str, Any]) -> Checkpoint:
        return cls(
            parameters["slots"],
            parameters["loop"],
            parameters["paused"],
            parameters.get("timestamp"),
            parameters.get("metadata"),
        )

    def as_story_string(self) -> str | None:
        return None

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Checkpoint) and self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash(self.timestamp)
