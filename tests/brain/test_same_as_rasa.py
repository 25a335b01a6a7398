"""The lean brain decides as Rasa does on the whole conversation, however long and odd it is."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.runner.interface import GraphRunner
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain.agent import BrainAgent
from bot.brain.tracker_store import BrainTrackerStore, Conversation
from bot.brain.turn_log import TurnLog
from bot.brain.window import MAX_EVENTS, WindowTracker, new_events
from tests.brain.actions import CODE, NUMBER, Actions, reply, slot
from tests.brain.conftest import Take, use_store

TURNS = 70


class RecordingStore(BrainTrackerStore):
    """Keeps every event there ever was, which the real one does not."""

    def __init__(self, log: TurnLog) -> None:
        super().__init__(log=log)
        self.everything: dict[str, list[Event]] = defaultdict(list)

    async def append(self, conversation: Conversation, message_id: str | None, answer: str) -> None:
        tracker = conversation.tracker
        self.everything[tracker.sender_id] += new_events(tracker, conversation.stored)
        await super().append(conversation, message_id, answer)

    def whole(self, tracker: WindowTracker) -> DialogueStateTracker:
        """Rasa's own tracker of the whole conversation, this turn included."""
        stored = self._warm[tracker.sender_id].stored
        events = [*self.everything[tracker.sender_id], *new_events(tracker, stored)]
        return DialogueStateTracker.from_events(tracker.sender_id, events, self.domain.slots)


@pytest.fixture(scope="module")
def stock(model: Path) -> GraphRunner:
    """Rasa's runner and components on the same model."""
    return MessageProcessor._load_model(model)[2]


def said_at_random(dice: random.Random, intents: list[str]) -> str:
    if dice.random() < 0.3:
        return dice.choice([NUMBER, CODE, "12345", "000000"])
    likely = ["ask_points", "ask_balance", "affirm", "deny", "cancel", "nlu_fallback", "out_of_scope"]
    return "/" + dice.choice(likely if dice.random() < 0.6 else intents)


def undoing(dice: random.Random) -> Any:
    """A person is asked for, and the action takes something back."""

    def act(_call: Any) -> Any:
        events: list[list[dict[str, Any]]] = [
            [],
            [{"event": "rewind"}],
            [{"event": "undo"}],
            [{"event": "restart"}],
            [slot("pending_action", "action_points"), slot("complaint_number", "TS1")],
        ]
        return reply("好的。", events=dice.choice(events))

    return act


@pytest.mark.parametrize("seed", range(4))
async def test_every_decision_is_rasas(
    take: Take,
    agent: BrainAgent,
    actions: Actions,
    log: TurnLog,
    stock: GraphRunner,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Random messages, forms, undoing, restarts of the brain: each prediction equals Rasa's on all events."""
    dice = random.Random(seed)
    store = RecordingStore(log)
    use_store(agent, store)
    processor = agent.processor
    assert processor is not None
    actions.also["action_request_human"] = undoing(dice)
    intents = sorted(processor._intents)
    compared, folded = 0, False
    decide = processor._predict_next_with_tracker

    def both(tracker: WindowTracker) -> PolicyPrediction:
        nonlocal compared
        if tracker.followup_action:
            return decide(tracker)
        whole = store.whole(tracker)
        assert (
            tracker.states(processor.domain)[-8:] == processor.domain.states_for_tracker_history(whole)[-8:]
        )
        target = processor.model_metadata.core_target
        expected = stock.run(inputs={PLACEHOLDER_TRACKER: whole}, targets=[target])[target]
        mine = decide(tracker)
        assert mine.max_confidence_index == expected.max_confidence_index
        assert (mine.policy_name or "").endswith(expected.policy_name or "")
        assert [event.as_dict()["event"] for event in mine.events] == [
            event.as_dict()["event"] for event in expected.events
        ]
        compared += 1
        return mine

    monkeypatch.setattr(processor, "_predict_next_with_tracker", both)
    for _ in range(TURNS):
        await take("c", said_at_random(dice, intents))
        tracker = store._warm["c"].tracker
        whole = store.whole(tracker)
        assert tracker.current_slot_values() == whole.current_slot_values()
        assert tracker.active_loop_name == whole.active_loop_name
        assert tracker.latest_action_name == whole.latest_action_name
        assert len(tracker.events) <= MAX_EVENTS
        folded = folded or len(store.everything["c"]) > len(tracker.events)
        if dice.random() < 0.2:
            store._warm.clear()  # as after a restart
    assert compared > TURNS
    assert folded


TEXTS = [
    "我有多少积分",
    "积分快过期了吧",
    "人工",
    "幺三八零零一三八零零零",
    "/restart",
    "asdfgh",
    "😀",
    "a\u200bb",
    "Hi 余额?",
]


@pytest.mark.parametrize("text", TEXTS)
def test_every_reading_is_rasas(agent: BrainAgent, stock: GraphRunner, text: str) -> None:
    """The planned graph reads a text as Rasa's does; but a leading slash is text here, a command there."""
    processor = agent.processor
    assert processor is not None
    target = processor.model_metadata.nlu_target
    message = UserMessage(text, metadata={"now": "2026-11-22T08:00:00Z", "time_zone": "Asia/Shanghai"})

    def read(runner: GraphRunner) -> dict[str, Any]:
        inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: WindowTracker("c", [])}
        return runner.run(inputs, [target])[target][0].as_dict(only_output_properties=True)

    mine, rasas = read(processor.graph_runner), read(stock)
    if text.startswith("/"):
        assert rasas["intent"] == {"name": "restart", "confidence": 1.0}
        assert mine["intent"]["name"] != "restart"
    else:
        assert mine == rasas
