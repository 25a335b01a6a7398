"""A conversation that remembers its last turns and, of all before, only what they led to."""

from __future__ import annotations

import copy
import dataclasses
from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker, TrackerActiveLoop

KEPT_TURNS = 8
MAX_EVENTS = 120
"""Past this many events the older turns are folded into a `Checkpoint`."""


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


class _Moment(NamedTuple):
    """What the state before an action is made of."""

    message: UserUttered | None
    action: dict[str, str] | None
    loop: str | None
    slots: tuple[tuple[str, tuple[float, ...]], ...]


class WindowTracker(DialogueStateTracker):
    """A tracker that copies itself without replaying, and knows the states of its turns without rebuilding.

    Rasa rebuilds every past state at every prediction, by replaying every event into a new tracker for each
    (3.6.21, `Domain.states_for_tracker_history`). Here a state is taken down when its action is logged.
    """

    def __init__(self, sender_id: str, slots: Iterable[Slot] | None, *args: Any, **kwargs: Any) -> None:
        self._moments: list[_Moment] | None = []
        self._said: UserUttered | None = None
        self._loops: set[str] = set()
        super().__init__(sender_id, slots, *args, **kwargs)
        self._featurized = [slot for slot in self.slots.values() if slot.influence_conversation]

    def init_copy(self) -> WindowTracker:
        return WindowTracker(self.sender_id, self.slots.values(), self._max_event_history)

    def copy(self) -> WindowTracker:
        """A twin that can change without changing this one. Events are immutable and shared."""
        twin = copy.copy(self)
        twin.events = self.events.copy()
        twin.slots = {name: copy.copy(slot) for name, slot in self.slots.items()}
        twin._featurized = [slot for slot in twin.slots.values() if slot.influence_conversation]
        twin.active_loop = dataclasses.replace(self.active_loop) if self.active_loop else None
        twin._moments = None if self._moments is None else self._moments.copy()
        twin._loops = self._loops.copy()
        return twin

    def update(self, event: Event, domain: Domain | None = None) -> None:
        if isinstance(event, ActionExecuted):
            self._note(event)
        elif isinstance(event, UserUttered):
            self._said = event
        elif isinstance(event, ActiveLoop) and event.name:
            self._loops.add(event.name)
        elif isinstance(event, (ActionReverted, UserUtteranceReverted, Restarted, SessionStarted)):
            self._moments = None  # these change which events count: look again when asked
        super().update(event, domain)

    def states(self, domain: Domain) -> list[State]:
        """The state before each action that counts, and the present one.

        The same as `domain.states_for_tracker_history(self)`.
        """
        return [_state(domain, moment) for moment in [*self._past(), self._moment()]]

    def state_before(self, domain: Domain, steps: int) -> State | None:
        """The state `steps` actions ago, 0 being the present; None before the first."""
        past = self._past()
        if steps == 0:
            return _state(domain, self._moment())
        return _state(domain, past[-steps]) if steps <= len(past) else None

    def _note(self, event: ActionExecuted) -> None:
        if event.action_name in self._loops:
            self._moments = None  # a form that goes on replaces its own earlier run
        elif self._moments is not None:
            self._moments.append(self._moment())

    def _moment(self) -> _Moment:
        return _Moment(
            self._said,
            self.latest_action,
            self.active_loop.name if self.active_loop else None,
            tuple((slot.name, tuple(slot.as_feature())) for slot in self._featurized),
        )

    def _past(self) -> list[_Moment]:
        """The moments of all actions that count, worked out again if an event changed which do.

        A form that goes on takes back the messages since its earlier run: `_said` is the last that counts.
        """
        if self._moments is None:
            moments = []
            twin = self.init_copy()
            for event in self.applied_events():
                if isinstance(event, ActionExecuted):
                    moments.append(twin._moment())
                twin.update(event)
            self._moments, self._said = moments, twin._said
        return self._moments

    def fold(self) -> bool:
        """Fold the older turns into a checkpoint if there are too many events. True if anything changed."""
        if len(self.events) <= MAX_EVENTS:
            return False
        applied = squeezed(self.applied_events())
        turns = [at for at, event in enumerate(applied) if isinstance(event, UserUttered)]
        kept = KEPT_TURNS
        while kept > 1 and len(applied) - _cut(applied, turns, kept) > MAX_EVENTS // 2:
            kept -= 1
        cut = _cut(applied, turns, kept)
        self.events = deque([*self._prefix(applied[:cut]), *applied[cut:]], self._max_event_history)
        self._moments = None
        return True

    def _prefix(self, head: list[Event]) -> list[Event]:
        if not head:
            return []
        before = self.init_copy()
        for event in head:
            before.update(event)
        checkpoint = Checkpoint.of(before, head[-1].timestamp)
        # Rasa tells a form's own runs from other actions by an `ActiveLoop` event among the events.
        opened = before.active_loop_name
        return [ActiveLoop(opened, checkpoint.timestamp), checkpoint] if opened else [checkpoint]


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


def _cut(events: list[Event], turns: list[int], kept: int) -> int:
    """Where the last `kept` turns begin: at the listening before their first message."""
    if len(turns) < kept:
        return 0
    at = turns[-kept]
    before = events[at - 1] if at else None
    listened = isinstance(before, ActionExecuted) and before.action_name == ACTION_LISTEN_NAME
    return at - 1 if listened else at


def _state(domain: Domain, moment: _Moment) -> State:
    """The state as `Domain.get_active_state` builds it."""
    state: State = {}
    if moment.message and not moment.message.is_empty():
        state["user"] = _user(domain, moment.message)
    slots = {name: feature for name, feature in moment.slots if any(feature)}
    if slots:
        state["slots"] = slots
    if moment.action:
        state["prev_action"] = moment.action
    if moment.loop:
        state["active_loop"] = {"name": moment.loop}
    return state


def _user(domain: Domain, message: UserUttered) -> dict[str, Any]:
    sub_state = message.as_sub_state()
    entities = sub_state.pop("entities", None)
    if entities:
        featurized = domain._get_featurized_entities(message).intersection(entities)
        if featurized:
            sub_state["entities"] = tuple(sorted(featurized))
    return sub_state


def last_turns(tracker: DialogueStateTracker, turns: int) -> list[Event]:
    """The events since the message `turns` messages ago, oldest first."""
    taken: list[Event] = []
    for event in reversed(tracker.events):
        taken.append(event)
        turns -= isinstance(event, UserUttered)
        if not turns:
            break
    return taken[::-1]


def new_events(tracker: DialogueStateTracker, stored: int) -> list[Event]:
    """The events logged since there were `stored` of them."""
    return list(islice(tracker.events, stored, None))
