"""How the bot words what it says, from the responses of the domain."""

from __future__ import annotations

import copy
import random
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.constants import CHANNEL, RESPONSE_CONDITION
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

CLARIFY = "utter_clarify"
NOTHING_LIKELY = "utter_clarify_nothing"
PERSON = "request_human"
READINGS = 2
LIKELY = 0.08
"""A reading less likely than this is not worth asking about."""
TO_ANGRY = "_to_angry"
"""A response of this name beside the usual one is what an angry customer hears instead of it."""
SURE = 0.55
"""A feeling less sure than this is not spoken to (as in actions/tone.py, which suits what actions say)."""


class BrainResponses(TemplatedNaturalLanguageGenerator):
    """Never the same words twice in a row, no joke to who is angry, and `utter_clarify` asks about likely
    readings only."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        super().__init__(domain.responses if domain else {})

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        readings: list[dict[str, str]] = []
        if utter_action == CLARIFY:
            readings = self._readings(tracker)
            if not readings:
                utter_action = NOTHING_LIKELY
        if utter_action + TO_ANGRY in self.responses and _is_angry(tracker):
            utter_action += TO_ANGRY
        response = self._choose(utter_action, tracker, output_channel)
        if response is None:
            return None
        filled = self._filled(response, tracker, kwargs)
        if readings:
            filled["buttons"] = readings
        return filled

    def _choose(
        self, utter_action: str, tracker: DialogueStateTracker, channel: str
    ) -> dict[str, Any] | None:
        variations = self.responses.get(utter_action, [])
        if any(RESPONSE_CONDITION in each or CHANNEL in each for each in variations):
            variations = ResponseVariationFilter(self.responses).responses_for_utter_action(
                utter_action, channel, tracker.current_slot_values()
            )
        said = tracker.latest_bot_utterance.text if tracker.latest_bot_utterance else None
        fresh = [each for each in variations if each.get("text") != said]
        return random.choice(fresh or variations) if variations else None

    def _filled(
        self, response: dict[str, Any], tracker: DialogueStateTracker, kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        """A copy the caller may change. Only wording with `{slots}` needs Rasa's deep copy and filling."""
        if "{" in response.get("text", "") or len(response) > 2 or "buttons" not in response:
            return self._fill_response(copy.deepcopy(response), tracker.current_slot_values(), **kwargs)
        return {"text": response["text"], "buttons": list(response["buttons"])}

    def _readings(self, tracker: DialogueStateTracker) -> list[dict[str, str]]:
        """Buttons of the likeliest intents, likeliest first, and of a person; none if nothing is likely."""
        known = {button["payload"].lstrip("/"): button for button in self._all_readings()}
        ranking = tracker.latest_message.parse_data.get("intent_ranking") if tracker.latest_message else None
        likely = [
            each["name"]
            for each in ranking or []
            if each["confidence"] >= LIKELY and each["name"] in known and each["name"] != PERSON
        ]
        if not likely:
            return []
        return [known[name] for name in [*likely[:READINGS], PERSON] if name in known]

    def _all_readings(self) -> list[dict[str, str]]:
        return [button for each in self.responses.get(CLARIFY, []) for button in each.get("buttons", [])]


def _is_angry(tracker: DialogueStateTracker) -> bool:
    parse: Any = tracker.latest_message.parse_data if tracker.latest_message else {}
    emotion = parse.get("emotion") or {}
    return emotion.get("label") == "angry" and emotion["score"] >= SURE
