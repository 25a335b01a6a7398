"""What a form does at every message."""

from __future__ import annotations

from typing import Any

from rasa.core.actions.forms import FormAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain.overrides import Override
from bot.brain.window import WindowTracker


def temporary_tracker(
    self: FormAction, current_tracker: DialogueStateTracker, additional_events: list[Event], domain: Domain
) -> DialogueStateTracker:
    """The tracker as it would be with the form run again and `additional_events` logged."""
    head: list[Event] = [
        SlotSet(REQUESTED_SLOT, self.get_slot_to_fill(current_tracker)),
        ActionExecuted(self.name()),
    ]
    if not isinstance(current_tracker, WindowTracker):
        events = current_tracker.events_after_latest_restart() + head + additional_events
        return DialogueStateTracker.from_events(current_tracker.sender_id, events, slots=domain.slots)
    twin = current_tracker.copy()
    for event in head + additional_events:
        twin.update(event)
    return twin


async def validate_if_required(
    self: FormAction,
    tracker: DialogueStateTracker,
    domain: Domain,
    output_channel: OutputChannel,
    nlg: NaturalLanguageGenerator,
) -> list[Any]:
    """The events of validating what the customer just said, if they did say something to the form."""
    if not tracker.active_loop or (
        tracker.latest_action_name == ACTION_LISTEN_NAME and not tracker.is_active_loop_interrupted
    ):
        return await self.validate(tracker, domain, output_channel, nlg)
    return await self.validate_slots({}, tracker, domain, output_channel, nlg)


OVERRIDES = (
    Override(
        owner="rasa.core.actions.forms:FormAction",
        name="_temporary_tracker",
        reason="it replays the whole conversation into a new tracker, twice for each message to a form.",
        digest="381bc4b6e07f",
        replacement=temporary_tracker,
    ),
    Override(
        owner="rasa.core.actions.forms:FormAction",
        name="_validate_if_required",
        reason="it makes a deep copy of the message and its parse for a debug log nobody reads.",
        digest="d8a33e9bd38f",
        replacement=validate_if_required,
    ),
)
