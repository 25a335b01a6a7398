"""A long conversation is remembered by what it led to."""

from __future__ import annotations

import time
from typing import Any

import orjson
import pytest
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    ConversationPaused,
    Event,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain.agent import BrainAgent
from bot.brain.overrides import apply_overrides
from bot.brain.tracker_store import BrainTrackerStore
from bot.brain.turn_log import TurnLog
from bot.brain.window import KEPT_TURNS, MAX_EVENTS, Checkpoint, WindowTracker, last_turns, squeezed
from tests.brain.conftest import Take

SLOTS = [TextSlot("color", mappings=[{}], influence_conversation=True), TextSlot("size", mappings=[{}])]


def turn(number: int, *more: Event) -> list[Event]:
    message = UserUttered(f"第 {number} 句", {"name": "greet", "confidence": 1.0})
    return [message, ActionExecuted("utter_greet"), *more, ActionExecuted("action_listen")]


def tracker_of(*events: Event) -> WindowTracker:
    tracker = WindowTracker("c", SLOTS)
    tracker.update(ActionExecuted("action_listen"))
    for event in events:
        tracker.update(event)
    return tracker


def reloaded(tracker: WindowTracker) -> WindowTracker:
    """As a restarted brain has it."""
    stored = orjson.loads(orjson.dumps([event.as_dict() for event in tracker.events]))
    again = WindowTracker("c", SLOTS)
    for event in deserialise_events(stored):
        again.update(event)
    return again


def long_talk(turns: int = 60) -> WindowTracker:
    events = [event for number in range(turns) for event in turn(number)]
    return tracker_of(SlotSet("color", "红"), *events)


def test_a_short_talk_is_kept_whole() -> None:
    """Nothing is folded before it must be."""
    tracker = long_talk(3)
    assert not tracker.fold()


def test_of_a_long_talk_the_last_turns_are_kept_and_what_went_before_is_summed_up() -> None:
    """Slots set long ago are still set, also after a restart."""
    tracker = long_talk()
    assert tracker.fold()
    assert sum(isinstance(event, UserUttered) for event in tracker.events) == KEPT_TURNS
    assert isinstance(tracker.events[0], Checkpoint)
    assert reloaded(tracker).get_slot("color") == "红"


def test_an_open_form_is_still_open_after_folding_and_a_restart() -> None:
    """With the message that opened it, and whether it was rejected."""
    opened = turn(0, ActiveLoop("some_form"))
    events = [event for number in range(1, 60) for event in turn(number)]
    tracker = tracker_of(*opened, *events)
    tracker.fold()
    again = reloaded(tracker)
    assert again.active_loop_name == "some_form"
    assert again.active_loop is not None
    assert again.active_loop.trigger_message is not None
    assert again.active_loop.trigger_message["text"] == "第 0 句"


def test_a_pause_is_still_on_after_folding_and_a_restart() -> None:
    """Whatever paused it."""
    tracker = tracker_of(ConversationPaused(), *[e for n in range(60) for e in turn(n)])
    tracker.fold()
    assert reloaded(tracker).is_paused()


def test_folding_again_and_again_loses_nothing() -> None:
    """A checkpoint is folded like anything else."""
    tracker = long_talk()
    for number in range(300):
        for event in turn(number, SlotSet("size", str(number))):
            tracker.update(event)
        tracker.fold()
        assert len(tracker.events) <= MAX_EVENTS
    again = reloaded(tracker)
    assert again.current_slot_values() == {"color": "红", "size": "299"}


def test_a_slot_that_left_the_domain_is_dropped() -> None:
    """An old checkpoint does not break a new domain."""
    tracker = WindowTracker("c", SLOTS)
    tracker.update(Checkpoint({"gone": "x", "color": "蓝"}))
    assert tracker.current_slot_values() == {"color": "蓝", "size": None}


def test_of_values_set_between_two_actions_only_the_last_is_kept() -> None:
    """Order stays, other slots stay."""
    first, other, last = SlotSet("color", "红"), SlotSet("size", "大"), SlotSet("color", "蓝")
    listen = ActionExecuted("action_listen")
    assert squeezed([first, other, last, listen, first]) == [other, last, listen, first]


def test_a_copy_can_change_alone() -> None:
    """Neither events nor slots nor the form are shared."""
    tracker = tracker_of(*turn(1, ActiveLoop("some_form")))
    twin = tracker.copy()
    twin.update(SlotSet("color", "绿"))
    twin.interrupt_loop(True)
    assert tracker.get_slot("color") is None
    assert len(twin.events) == len(tracker.events) + 1
    assert tracker.active_loop is not None
    assert not tracker.active_loop.is_interrupted


def test_states_are_rasas_and_include_featurized_slots(loaded: BrainAgent) -> None:
    """Taken down as they come, they equal what Rasa rebuilds."""
    domain = loaded.domain
    assert domain is not None
    tracker = tracker_of(*turn(1, SlotSet("color", "红")), *turn(2), UserUttered("x", {"name": "affirm"}))
    plain = DialogueStateTracker.from_events("c", list(tracker.events), SLOTS)
    assert tracker.states(domain) == domain.states_for_tracker_history(plain)
    assert tracker.states(domain)[-1]["slots"] == {"color": (1.0,)}


def test_the_last_turns_are_the_last_messages_and_what_followed() -> None:
    """Fewer if there were fewer."""
    tracker = long_talk(5)
    told = last_turns(tracker, 2)
    assert isinstance(told[0], UserUttered)
    assert [event.text for event in told if isinstance(event, UserUttered)] == ["第 3 句", "第 4 句"]
    assert len(last_turns(tracker, 50)) == len(tracker.events)


async def test_the_thousandth_turn_costs_what_the_first_does(
    take: Take, agent: BrainAgent, log: TurnLog
) -> None:
    """Neither memory nor rows grow with the conversation. (Times are measured in bench/brain.)"""
    apply_overrides()
    sizes = []
    for _ in range(250):
        await take("c", "/thank")
        conversation = await agent.tracker_store.open("c")
        sizes.append(len(conversation.tracker.events))
        assert len(conversation.answers) <= 16
    assert max(sizes) <= MAX_EVENTS
    assert len(await log.load("c")) <= 40


async def test_a_form_that_left_the_domain_traps_nobody(take: Take, agent: BrainAgent, log: TurnLog) -> None:
    """After an update without it, the customer is simply out of it."""
    store = BrainTrackerStore(domain=agent.domain, log=log)
    conversation = await store.open("c")
    for event in [ActionExecuted("action_listen"), *turn(1, ActiveLoop("old_form"))]:
        conversation.tracker.update(event)
    await store.append(conversation, "m-0", "{}")
    assert (await take("c", "/thank"))["actions"] == ["utter_thank"]


@pytest.mark.parametrize("size", [400])
async def test_only_so_many_conversations_stay_warm(agent: BrainAgent, take: Take, size: int) -> None:
    """The longest unused goes first, and comes back from the log."""
    from bot.brain import tracker_store

    store: Any = agent.tracker_store
    started = time.perf_counter()
    for number in range(tracker_store.WARM + 5):
        await take(f"c-{number}", "/thank")
    assert len(store._warm) == tracker_store.WARM
    assert (await store.open("c-0")).n == 1
    assert time.perf_counter() - started < 60
