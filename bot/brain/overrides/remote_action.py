"""What is sent to the action server, and how its answer is checked."""

from __future__ import annotations

from typing import Any

import rasa
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from bot.brain.overrides import Override
from bot.brain.window import last_turns

TOLD_TURNS = 2
"""An action sees the events of so many messages, the present one included."""


def action_call_format(self: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """The body of a call: the state, the last turns' events, and what form validation reads of the domain."""
    state = tracker.current_state(EventVerbosity.NONE)
    state["events"] = [event.as_dict() for event in last_turns(tracker, TOLD_TURNS)]
    body = {
        "next_action": self._name,
        "sender_id": tracker.sender_id,
        "tracker": state,
        "version": rasa.__version__,
    }
    if domain.does_custom_action_explicitly_need_domain(self._name):
        body["domain"] = _told_of(domain)
    return body


def _told_of(domain: Domain) -> dict[str, Any]:
    told = domain.__dict__.get("_told_to_actions")
    if told is None:
        whole = domain.as_dict()
        told = {key: whole.get(key) for key in ("slots", "forms", "actions", "session_config")}
        domain.__dict__["_told_to_actions"] = told
    return told


def validate_action_result(self: RemoteAction, result: Any) -> bool:
    """Whether `result` has the shape of an answer; raises jsonschema's ValidationError, as Rasa does.

    What is in an event is checked when it is built from it, right after this.
    """
    if isinstance(result, dict):
        events, responses = result.get("events", []), result.get("responses", [])
        if _is_list_of_dicts(events) and _is_list_of_dicts(responses) and all("event" in e for e in events):
            return True
    raise ValidationError(f"The action server answered {self._name} with something else than events.")


def _is_list_of_dicts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


OVERRIDES = (
    Override(
        owner="rasa.core.actions.action:RemoteAction",
        name="_action_call_format",
        reason="it sends every event of the conversation, and the whole domain where any is wanted.",
        digest="428795b944f2",
        replacement=action_call_format,
    ),
    Override(
        owner="rasa.core.actions.action:RemoteAction",
        name="_validate_action_result",
        reason="it builds and runs a JSON schema validator on every call, 19 ms of a 30 ms turn.",
        digest="f8cdb4be6812",
        replacement=validate_action_result,
    ),
)
