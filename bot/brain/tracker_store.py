"""Conversations that survive a restart, stay warm in memory, and cost the same at turn 1,000 as at turn 1."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain.settings import database_url
from bot.brain.turn_log import KEPT_ANSWERS, Turn, TurnLog
from bot.brain.window import WindowTracker, new_events

WARM = 400
"""Conversations kept in memory; one takes about 100 kB."""


@dataclass
class Conversation:
    """A conversation at turn `n`, of whose events the first `stored` are in the turn log."""

    tracker: WindowTracker
    n: int = 0
    stored: int = 0
    answers: dict[str, str] = field(default_factory=dict)


class BrainTrackerStore(TrackerStore):
    """Rasa's tracker store over the turn log, with the whole turn as the unit.

    `open` and `append` are for one turn under the conversation's lock: the answer is stored with the events
    it came from, so a turn happened altogether or not at all. Several brains may share the log: a warm
    tracker is used only if its turn is still the latest.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        log: TurnLog | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self.log = log or TurnLog.open(database_url())
        self._warm: OrderedDict[str, Conversation] = OrderedDict()

    # ---- a turn

    async def open(self, conversation_id: str) -> Conversation:
        """The conversation as of its latest turn. After a failed turn call `drop`: it is half-way."""
        latest = await self.log.latest(conversation_id)
        warm = self._warm.get(conversation_id)
        if warm is None or warm.n != latest:
            warm = await self._load(conversation_id)
            self._warm[conversation_id] = warm
        self._warm.move_to_end(conversation_id)
        while len(self._warm) > WARM:
            self._warm.popitem(last=False)
        return warm

    async def append(self, conversation: Conversation, message_id: str | None, answer: str) -> None:
        """Store what happened since `open` as one turn, answered with `answer` (JSON)."""
        tracker = conversation.tracker
        whole = tracker.fold()
        events = list(tracker.events) if whole else new_events(tracker, conversation.stored)
        turn = Turn(conversation.n + 1, message_id, whole, _dumped(events), answer)
        await self.log.append(tracker.sender_id, turn)
        conversation.n = turn.n
        conversation.stored = len(tracker.events)
        if message_id is not None:
            conversation.answers[message_id] = answer
            if len(conversation.answers) > KEPT_ANSWERS:
                del conversation.answers[next(iter(conversation.answers))]

    def drop(self, conversation_id: str) -> None:
        """Forget the warm tracker, so that the next turn starts from what is stored."""
        self._warm.pop(conversation_id, None)

    async def forget(self, conversation_id: str) -> None:
        """Delete everything about the conversation."""
        self.drop(conversation_id)
        await self.log.forget(conversation_id)

    async def _load(self, conversation_id: str) -> Conversation:
        turns = await self.log.load(conversation_id)
        tracker = self.init_tracker(conversation_id)
        start = max((at for at, turn in enumerate(turns) if turn.whole), default=0)
        for turn in turns[start:]:
            for event in deserialise_events(orjson.loads(turn.events)):
                tracker.update(event)
        n = turns[-1].n if turns else 0
        answers = {turn.message_id: turn.answer for turn in turns[-KEPT_ANSWERS:] if turn.message_id}
        stored = len(tracker.events)
        loop = tracker.active_loop_name
        if loop and loop not in self.domain.form_names:
            tracker.update(ActiveLoop(None))  # a form that has left the domain would trap the customer
        return Conversation(tracker, n, stored, answers)

    # ---- Rasa's interface, for its own commands

    def init_tracker(self, sender_id: str) -> WindowTracker:
        return WindowTracker(sender_id, self.domain.slots)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        conversation = await self.open(sender_id)
        return conversation.tracker.copy() if conversation.n else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        conversation = await self.open(tracker.sender_id)
        conversation.tracker = _adopted(tracker, self.init_tracker(tracker.sender_id))
        await self.append(conversation, None, "")

    async def keys(self) -> Iterable[str]:
        return await self.log.keys()


def _adopted(tracker: DialogueStateTracker, blank: WindowTracker) -> WindowTracker:
    if isinstance(tracker, WindowTracker):
        return tracker
    for event in tracker.events:
        blank.update(event)
    return blank


def _dumped(events: list[Event]) -> str:
    return orjson.dumps([event.as_dict() for event in events], option=orjson.OPT_SERIALIZE_NUMPY).decode()
