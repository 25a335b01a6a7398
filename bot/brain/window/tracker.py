"""Rasa's tracker, kept up to date instead of worked out again."""

from __future__ import annotations

import copy
import dataclasses
from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Any, TypeVar, cast

from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from bot.brain.window.checkpoint import Checkpoint
from bot.brain.window.fold import MAX_EVENTS, cut, squeezed
from bot.brain.window.states import Moment, state_of

T = TypeVar("T")


class WindowTracker(DialogueStateTracker):
    """Knows which events count, and the state before each action, at any time.

    Rasa (3.6.21) finds the events that count by going through all of them, and the states by replaying those
    into a new tracker per state, several times per prediction. Here both are kept as events come in. The
    events themselves are folded when they are too many, so a conversation costs the same at any length.
    """

    def __init__(self, sender_id: str, slots: Iterable[Slot] | None, *args: Any, **kwargs: Any) -> None:
        self._applied: list[Event] = []
        self._moments: list[Moment] = []  # one for each action among the applied events
        self._said: UserUttered | None = None
        self._loops: set[str] = set()
        super().__init__(sender_id, slots, *args, **kwargs)
        self._featurized = _featurized(self.slots)

    def init_copy(self) -> WindowTracker:
        return WindowTracker(self.sender_id, self.slots.values(), self._max_event_history)

    def copy(self) -> WindowTracker:
        """A twin that can change without changing this one. Events are immutable and shared."""
        twin = _shallow(self)
        twin.events = self.events.copy()
        twin.slots = {name: _shallow(slot) for name, slot in self.slots.items()}
        twin._featurized = _featurized(twin.slots)
        twin.active_loop = copy.copy(self.active_loop)
        twin._applied = self._applied.copy()
        twin._moments = self._moments.copy()
        twin._loops = self._loops.copy()
        return twin

    def update(self, event: Event, domain: Domain | None = None) -> None:
        self._note(event)
        super().update(event, domain)

    def applied_events(self) -> list[Event]:
        return self._applied.copy()

    def states(self, domain: Domain) -> list[State]:
        """The state before each action that counts, and the present one.

        The same as `domain.states_for_tracker_history(self)`.
        """
        return [state_of(domain, moment) for moment in [*self._moments, self._moment()]]

    def state_before(self, domain: Domain, steps: int) -> State | None:
        """The state `steps` actions ago, 0 being the present; None before the first."""
        if steps == 0:
            return state_of(domain, self._moment())
        return state_of(domain, self._moments[-steps]) if steps <= len(self._moments) else None

    def current_state(self, event_verbosity: EventVerbosity = EventVerbosity.NONE) -> dict[str, Any]:
        """As Rasa's, without a deep copy of the message that opened the form."""
        loop, self.active_loop = self.active_loop, None
        try:
            state = super().current_state(event_verbosity)
        finally:
            self.active_loop = loop
        if loop:
            state["active_loop"] = {
                field.name: getattr(loop, field.name) for field in dataclasses.fields(loop)
            }
        return state

    def fold(self) -> bool:
        """Fold the older turns into a checkpoint if there are too many events. True if anything changed."""
        if len(self.events) <= MAX_EVENTS:
            return False
        applied = squeezed(self._applied)
        start = cut(applied)
        kept = [*self._summed_up(applied[:start]), *applied[start:]]
        actions = sum(isinstance(event, ActionExecuted) for event in kept)
        self._moments = self._moments[len(self._moments) - actions :]
        self._applied = kept
        self.events = deque(kept, self._max_event_history)
        return True

    def _summed_up(self, head: list[Event]) -> list[Event]:
        if not head:
            return []
        before = self.init_copy()
        for event in head:
            before.update(event)
        checkpoint = Checkpoint.of(before, head[-1].timestamp)
        # Rasa tells a form's own runs from other actions by an `ActiveLoop` event among the events.
        opened = before.active_loop_name
        return [ActiveLoop(opened, checkpoint.timestamp), checkpoint] if opened else [checkpoint]

    # ---- which events count: `DialogueStateTracker.applied_events`, one event at a time

    def _note(self, event: Event) -> None:
        if isinstance(event, ActionExecuted):
            self._note_action(event)
        elif isinstance(event, ActionReverted):
            self._undo(ActionExecuted)
        elif isinstance(event, UserUtteranceReverted):
            self._undo(UserUttered)
            self._undo(ActionExecuted)
        elif isinstance(event, (Restarted, SessionStarted)):
            self._applied, self._moments, self._said = [], [], None
        else:
            self._applied.append(event)
            if isinstance(event, UserUttered):
                self._said = event
            elif isinstance(event, ActiveLoop) and event.name:
                self._loops.add(event.name)

    def _note_action(self, event: ActionExecuted) -> None:
        name = event.action_name
        if name in self._loops and not self._first_loop_execution_or_unhappy_path(name, self._applied):
            self._take_back_to(name)
        else:
            self._moments.append(self._moment())
            self._applied.append(event)

    def _take_back_to(self, form: str) -> None:
        """A form that goes on stands for its earlier run: what was said and done since does not count."""
        kept = []
        while self._applied:
            last = self._applied[-1]
            if isinstance(last, ActionExecuted) and last.action_name == form:
                break
            self._applied.pop()
            if isinstance(last, ActionExecuted):
                self._moments.pop()
            elif not isinstance(last, (UserUttered, DefinePrevUserUtteredFeaturization)):
                kept.append(last)
        self._applied += reversed(kept)
        self._said = self._last_said()

    def _undo(self, kind: type[Event]) -> None:
        """Take events back to the last one of `kind`, itself included."""
        while self._applied:
            last = self._applied.pop()
            if isinstance(last, ActionExecuted):
                self._moments.pop()
            if isinstance(last, kind):
                break
        self._said = self._last_said()

    def _last_said(self) -> UserUttered | None:
        said = (event for event in reversed(self._applied) if isinstance(event, UserUttered))
        return next(said, None)

    def _moment(self) -> Moment:
        return Moment(
            self._said,
            self.latest_action,
            self.active_loop.name if self.active_loop else None,
            tuple((slot.name, tuple(slot.as_feature())) for slot in self._featurized),
        )


def _featurized(slots: dict[str, Slot]) -> list[Slot]:
    return [slot for slot in slots.values() if slot.influence_conversation]


def _shallow(thing: T) -> T:
    """`copy.copy` for plain objects, at a tenth of its cost."""
    twin = cast(T, object.__new__(type(thing)))
    twin.__dict__.update(thing.__dict__)
    return twin


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
