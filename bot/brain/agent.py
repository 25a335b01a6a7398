"""The brain as one object: model, conversations, wording, actions."""

from __future__ import annotations

from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain

from bot.brain.endpoint import ActionEndpoint
from bot.brain.locks import ConversationLocks
from bot.brain.overrides import apply_overrides
from bot.brain.processor import BrainProcessor
from bot.brain.responses import BrainResponses
from bot.brain.settings import Settings
from bot.brain.tracker_store import BrainTrackerStore
from bot.brain.turn_log import TurnLog


class BrainAgent(Agent):
    """Rasa's agent with our processor, and with the store it was given rather than one that may lose turns.

    Rasa wraps every store so that a failure goes on in memory (3.6.21, `FailSafeTrackerStore`): what the
    customer said then is gone at the next start.
    """

    processor: BrainProcessor | None  # pyright: ignore[reportIncompatibleVariableOverride]
    tracker_store: BrainTrackerStore
    action_endpoint: ActionEndpoint

    @classmethod
    def open(cls, model: Path, settings: Settings) -> BrainAgent:
        """Load the model archive `model`."""
        apply_overrides()
        agent = cls(
            generator=BrainResponses(),
            tracker_store=BrainTrackerStore(log=TurnLog.open(settings.database_url)),
            lock_store=ConversationLocks(),
            action_endpoint=ActionEndpoint(settings.actions_url, settings.actions_secret),  # type: ignore[arg-type]
        )
        agent.load_model(model)
        return agent

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        self.processor = BrainProcessor(  # pyright: ignore[reportIncompatibleVariableOverride]
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self.tracker_store.domain = self.domain
        assert isinstance(self.nlg, BrainResponses)
        self.nlg.responses = self.domain.responses
        self._set_fingerprint(fingerprint)

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        assert store is not None
        store.domain = domain
        return store

    @staticmethod
    def _create_lock_store(store: LockStore | None) -> LockStore:
        assert store is not None
        return store

    async def close(self) -> None:
        """Let go of connections and files."""
        await self.action_endpoint.close()
        self.tracker_store.log.close()
