"""One turn: what was said, what it means, what to do, all of it stored or none."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any, cast

from rasa.core.actions.action import Action, ActionExecutionRejection, action_for_index
from rasa.core.actions.loops import LoopAction
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import DEFAULT_ACTION_MAPPINGS
from rasa.core.processor import MessageProcessor
from rasa.engine import loader
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.exceptions import ActionLimitReached
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    DEFAULT_ACTION_NAMES,
    DEFAULT_SLOT_NAMES,
)
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, Event, UserUttered
from rasa.shared.core.slot_mappings import SlotMappingType
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from bot.brain.endpoint import deadline
from bot.brain.runner import PlannedRunner
from bot.brain.several import with_parts
from bot.brain.tracker_store import BrainTrackerStore, Conversation
from bot.brain.turns import ParseRequest, Refused, TurnRequest, encode_answer, encode_reading
from bot.brain.window import WindowTracker

logger = logging.getLogger(__name__)

RANKED = 5
"""So many readings of a message are kept."""


class Collected(OutputChannel):
    """Takes what the bot says in this turn. Its name is the customer's channel, for wording that differs."""

    def __init__(self, channel: str) -> None:
        self.messages: list[dict[str, Any]] = []
        self._name = channel

    def name(self) -> str:  # type: ignore[override]  # Rasa calls it on instances only
        return self._name

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(message)


class BrainProcessor(MessageProcessor):
    """Rasa's processor with the turn as one unit, and without what a turn does not need."""

    tracker_store: BrainTrackerStore

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actions: dict[int, Action] = {}
        self._extracts_slots = _has_slots_to_extract(self.domain)
        self._intents = set(self.domain.intents) - set(DEFAULT_ACTION_MAPPINGS)
        self._parse_message_with_graph(UserMessage("您好", metadata={}), self.tracker_store.init_tracker(""))

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        """The model in that very file: Rasa takes the newest in the folder if the file is missing."""
        archive = Path(model_path)
        if not archive.is_file():
            raise FileNotFoundError(f"There is no model {archive}: train one with python -m bot.brain.train.")
        with TempDirectoryPath(get_temp_dir_name()) as unpacked:
            metadata, runner = loader.load_predict_graph_runner(
                Path(unpacked), archive, LocalModelStorage, PlannedRunner
            )
        return archive.name, metadata, runner

    async def run_turn(self, request: TurnRequest) -> str:
        """The answer to `request` as JSON; the stored one if this message was answered before."""
        if request.intent is not None and request.intent not in self._intents:
            raise Refused(404, "unknown_intent", f"there is no intent {request.intent}")
        async with self.lock_store.lock(request.conversation):
            if (until := deadline.get()) is not None and until <= time.time():
                raise Refused(503, "too_late", "nobody waits for this turn any more; nothing was done")
            conversation = await self.tracker_store.open(request.conversation)
            if request.message_id in conversation.answers:
                return conversation.answers[request.message_id]
            try:
                return await self._run_turn(request, conversation)
            except BaseException:
                self.tracker_store.drop(request.conversation)
                raise

    async def _run_turn(self, request: TurnRequest, conversation: Conversation) -> str:
        started = time.perf_counter()
        tracker = conversation.tracker
        channel = Collected(str(request.metadata.get("channel") or "web"))
        message = UserMessage(
            request.text or f"/{request.intent}",
            channel,
            request.conversation,
            parse_data=request.parse(),
            input_channel=channel.name(),
            message_id=request.message_id,
            metadata=request.metadata,
        )
        if not tracker.events:
            await self._update_tracker_session(tracker, channel)
        before = len(tracker.events)
        understood = await self._understand(message, tracker)
        await self.run_action_extract_slots(channel, tracker)
        await self._run_prediction_loop(channel, tracker)
        took_ms = (time.perf_counter() - started) * 1000
        answer = encode_answer(channel.messages, understood, _done(tracker, before), took_ms)
        await self.tracker_store.append(conversation, request.message_id, answer)
        return answer

    # ---- understanding

    def read(self, request: ParseRequest) -> str:
        """What a text is understood as, as JSON; no conversation is touched."""
        parse = self._read(UserMessage(request.text, metadata={}), self.tracker_store.init_tracker(""))
        parse["intent_ranking"] = (parse.get("intent_ranking") or [])[:RANKED]
        return encode_reading(parse)

    async def _understand(self, message: UserMessage, tracker: DialogueStateTracker) -> dict[str, Any]:
        """Log the message with its parse, which is returned."""
        parse = message.parse_data or self._read(message, tracker)
        ranking = parse.get("intent_ranking")
        if ranking:
            parse["intent_ranking"] = ranking[:RANKED]
        parse.pop("text_tokens", None)
        tracker.update(
            UserUttered(
                message.text,
                parse["intent"],
                parse["entities"],
                cast(Any, parse),
                input_channel=message.input_channel,
                message_id=message.message_id,
                metadata=message.metadata,
            ),
            self.domain,
        )
        return parse

    def _read(self, message: UserMessage, tracker: DialogueStateTracker) -> dict[str, Any]:
        def read(text: str) -> dict[str, Any]:
            return self._parse_message_with_graph(UserMessage(text, metadata=message.metadata), tracker)

        return with_parts(self._parse_message_with_graph(message, tracker), read)

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """Only if some slot is filled from messages; ours are filled by their actions."""
        if self._extracts_slots:
            return await super().run_action_extract_slots(output_channel, tracker)
        return tracker

    # ---- deciding and acting

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        if (
            _actions_since_listening(tracker, self.max_number_of_predictions)
            >= self.max_number_of_predictions
        ):
            raise ActionLimitReached("The limit of actions to predict has been reached.")
        prediction = self._predict_next_with_tracker(tracker)
        return self._action_at(prediction.max_confidence_index), prediction

    def _action_at(self, index: int) -> Action:
        """Actions hold no state of a conversation: each is made once."""
        if index not in self._actions:
            self._actions[index] = action_for_index(index, self.domain, self.action_endpoint)
        return self._actions[index]

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: Any,
        prediction: PolicyPrediction,
    ) -> bool:
        """As in Rasa 3.6.21, but a failure ends the turn instead of being taken for a run without events.

        Rasa logs a failed action as executed: the customer hears nothing and the dialogue moves on.
        """
        shown = tracker
        if isinstance(action, LoopAction):  # which logs on the tracker it is given, and may yet reject
            shown = tracker.copy()
            shown.update_with_events(prediction.events, self.domain)
        try:
            events = await action.run(output_channel, nlg, shown, self.domain)
        except ActionExecutionRejection:
            tracker.update(
                ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence)
            )
            return self.should_predict_another_action(action.name())
        self._log_action_on_tracker(tracker, action, events, prediction)
        if any(isinstance(event, UserUttered) for event in events):
            await self.run_action_extract_slots(output_channel, tracker)
        await self._send_bot_messages(events, tracker, output_channel)
        return self.should_predict_another_action(action.name())

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: list[Event] | None,
        prediction: PolicyPrediction,
    ) -> None:
        """As in Rasa 3.6.21, without the deep copies it makes for a debug log nobody reads."""
        events = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)


def _done(tracker: WindowTracker, before: int) -> list[str]:
    """The names of the actions of this turn, without those every turn has."""
    return [
        event.action_name
        for event in list(tracker.events)[before:]
        if isinstance(event, ActionExecuted)
        and event.action_name
        and event.action_name not in DEFAULT_ACTION_NAMES
    ]


def _actions_since_listening(tracker: DialogueStateTracker, limit: int) -> int:
    """How many actions were run since the customer spoke; at most `limit` are counted."""
    count = 0
    for event in reversed(tracker.events):
        if isinstance(event, ActionExecuted):
            if event.action_name in (ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME) or count == limit:
                break
            count += 1
    return count


def _has_slots_to_extract(domain: Any) -> bool:
    return any(
        mapping.get("type") != str(SlotMappingType.CUSTOM) or mapping.get("action")
        for slot in domain.slots
        if slot.name not in DEFAULT_SLOT_NAMES
        for mapping in slot.mappings
    )
