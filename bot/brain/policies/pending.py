"""An action that has to wait for proof of identity makes the form come next."""

from __future__ import annotations

from typing import Any

from rasa.core.constants import POLICY_PRIORITY, RULE_POLICY_PRIORITY
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class PendingPolicy(Policy):
    """Opens `form` after an action that put its own name into `slot`, whatever the rules would do.

    Our actions ask for this with a `FollowupAction` too, which needs no policy. But Rasa's test stories
    cannot write a follow-up down; the slot they can.
    """

    @staticmethod
    def supported_data() -> SupportedData:
        return SupportedData.ML_AND_RULE_DATA

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            POLICY_PRIORITY: RULE_POLICY_PRIORITY + 1,
            "slot": "pending_action",
            "form": "identity_form",
        }

    def train(
        self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        """Nothing to learn."""
        return self._resource

    @classmethod
    def load(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PendingPolicy:
        """Nothing was learnt."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        probabilities = [0.0] * domain.num_actions
        waits = self._waits(tracker)
        if waits:
            probabilities[domain.index_for_action(self.config["form"])] = 1.0
        return self._prediction(probabilities, is_no_user_prediction=waits)

    def _waits(self, tracker: DialogueStateTracker) -> bool:
        """Whether the latest action has just put itself off, and the form is not open yet."""
        if tracker.active_loop_name or tracker.latest_action_name != tracker.get_slot(self.config["slot"]):
            return False
        for event in reversed(tracker.events):
            if isinstance(event, ActionExecuted):
                return False
            if isinstance(event, SlotSet) and event.key == self.config["slot"]:
                return True
        return False
