"""What to do when an action was run that no rule and no story speaks of."""

from __future__ import annotations

from typing import Any

from rasa.core.constants import POLICY_PRIORITY
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class ListenPolicy(Policy):
    """Listens after an action the customer did not ask for directly, or goes back to the open form.

    An action may name the next one (`FollowupAction`): asked for points, we ask who you are first. No rule
    ends such a chain, and Rasa would fall back and undo the customer's message. This policy is surer than
    that fallback and less sure than any rule or story. After a customer's message it says nothing: then a
    fallback is right.
    """

    @staticmethod
    def supported_data() -> SupportedData:
        return SupportedData.ML_AND_RULE_DATA

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`confidence` must stay above RulePolicy's `core_fallback_threshold`."""
        return {POLICY_PRIORITY: 1, "confidence": 0.5}

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
    ) -> ListenPolicy:
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
        if tracker.latest_action_name not in (None, ACTION_LISTEN_NAME):
            following = self._following(tracker)
            probabilities[domain.index_for_action(following)] = self.config["confidence"]
        return self._prediction(probabilities)

    @staticmethod
    def _following(tracker: DialogueStateTracker) -> str:
        """The open form, so that it asks again; unless it has just asked."""
        loop = tracker.active_loop_name
        return loop if loop and tracker.latest_action_name != loop else ACTION_LISTEN_NAME
