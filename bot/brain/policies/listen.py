"""What to do when an action was run that no rule and no story speaks of."""

from __future__ import annotations

from typing import Any

from rasa.core.constants import POLICY_PRIORITY
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain.policies.certain import CertainPolicy


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class ListenPolicy(CertainPolicy):
    """Listens after an action the customer did not ask for directly, or goes back to the open form.

    An action may name the next one (`FollowupAction`): asked for points, we ask who you are first. No rule
    ends such a chain, and Rasa would fall back and undo the customer's message. This policy is surer than
    that fallback and less sure than any rule or story. After a customer's message it says nothing: then a
    fallback is right.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`confidence` must stay above RulePolicy's `core_fallback_threshold`."""
        return {POLICY_PRIORITY: 1, "confidence": 0.5}

    def confidence(self) -> float:
        return self.config["confidence"]

    def next_action(self, tracker: DialogueStateTracker) -> str | None:
        """The open form, so that it asks again, unless it has just asked; else listening."""
        if tracker.latest_action_name in (None, ACTION_LISTEN_NAME):
            return None
        loop = tracker.active_loop_name
        return loop if loop and tracker.latest_action_name != loop else ACTION_LISTEN_NAME
