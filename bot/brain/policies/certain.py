"""A policy that learns nothing: it reads the conversation and knows the next action, or says nothing."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker


class CertainPolicy(Policy):
    """What Rasa asks of every policy. Subclasses write `next_action`, and may change the two settings."""

    overrules = False
    """Whether its word stands whatever the customer said."""

    def next_action(self, tracker: DialogueStateTracker) -> str | None:
        """The next action's name, or None."""
        raise NotImplementedError

    def confidence(self) -> float:
        """How sure it is when it knows."""
        return 1.0

    @staticmethod
    def supported_data() -> SupportedData:
        return SupportedData.ML_AND_RULE_DATA

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
    ) -> CertainPolicy:
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
        action = self.next_action(tracker)
        if action is not None:
            probabilities[domain.index_for_action(action)] = self.confidence()
        return self._prediction(probabilities, is_no_user_prediction=self.overrules and action is not None)
