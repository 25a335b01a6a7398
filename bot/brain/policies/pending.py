"""An action that has to wait for proof of identity makes the form come next."""

from __future__ import annotations

from typing import Any

from rasa.core.constants import POLICY_PRIORITY, RULE_POLICY_PRIORITY
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain.policies.certain import CertainPolicy


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class PendingPolicy(CertainPolicy):
    """Opens `form` after an action that put its own name into `slot`, whatever the rules would do.

    Our actions ask for this with a `FollowupAction` too, which needs no policy. But Rasa's test stories
    cannot write a follow-up down; the slot they can.
    """

    overrules = True

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            POLICY_PRIORITY: RULE_POLICY_PRIORITY + 1,
            "slot": "pending_action",
            "form": "identity_form",
        }

    def next_action(self, tracker: DialogueStateTracker) -> str | None:
        """The form, if the latest action has just put itself off and the form is not open yet."""
        if tracker.active_loop_name or tracker.latest_action_name != tracker.get_slot(self.config["slot"]):
            return None
        for event in reversed(tracker.events):
            if isinstance(event, ActionExecuted):
                return None
            if isinstance(event, SlotSet) and event.key == self.config["slot"]:
                return self.config["form"]
        return None
