"""The base of every action: who is asking, what they may see, and an honest sentence when we fail."""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from rasa_sdk.utils import all_subclasses

from actions import runtime, tone
from actions.runtime import Runtime
from bot.kit.db import WriteSession
from bot.kit.errors import HuitoukeError, Unavailable
from bot.kit.ids import CustomerId, IdentityId
from bot.store.access.service import open_own_data
from bot.store.identities.service import access

log = structlog.get_logger(__name__)

Events = list[dict[str, Any]]

SORRY = "抱歉，这一步我没能办成，已经记下来让同事检查。您可以稍后再试，或者找人工客服。"


OWN = re.compile(r"[我咱]|手[里上]|名下|自己")
"""Words by which something is the speaker's own."""


class CustomerGone(HuitoukeError):
    """The brain sent a turn without an identity."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an action: the turn it belongs to, and what it may use.

    `parse` is what the brain understood of the customer's message; `answered_by` names the latest action that
    has already answered it, None when nothing has.
    """

    runtime: Runtime
    identity: IdentityId
    conversation: str
    now: datetime
    time_zone: str
    slots: Mapping[str, Any]
    parse: Mapping[str, Any]
    answered_by: str | None
    channel: str
    origin: Mapping[str, str]
    """Where the message was sent from (bot.messages.InboundMessage)."""
    _dispatcher: CollectingDispatcher

    @classmethod
    def of(cls, dispatcher: CollectingDispatcher, tracker: Tracker) -> Call:
        latest: Mapping[str, Any] = tracker.latest_message or {}
        metadata = latest.get("metadata") or {}
        if not isinstance(metadata.get("identity"), int):
            raise CustomerGone()
        current = runtime.current()
        return cls(
            runtime=current,
            identity=IdentityId(metadata["identity"]),
            conversation=tracker.sender_id,
            now=current.clock(),
            time_zone=metadata.get("time_zone") or "Asia/Shanghai",
            slots=tracker.slots,
            parse=latest,
            answered_by=_answered_by(tracker),
            channel=str(metadata.get("channel") or "web"),
            origin=metadata.get("origin") or {},
            _dispatcher=dispatcher,
        )

    @property
    def text(self) -> str:
        """What the customer wrote last; empty when they pressed a button."""
        text = self.parse.get("text") or ""
        return "" if text.startswith("/") and self.intent and text.startswith(f"/{self.intent}") else text

    @property
    def is_general(self) -> bool:
        """Whether it is written about nobody's own: 积分会过期吗, not 我的积分会过期吗. No button is."""
        return bool(self.text) and not OWN.search(self.text)

    async def is_strangers_question(self, about: re.Pattern[str]) -> bool:
        """Whether somebody who has not proved who they are asks `about` what is the same for everybody."""
        if not (self.is_general and about.search(self.text)):
            return False
        async with self.runtime.database.read() as session:
            return not (await access(session, self.identity, self.now)).verified

    @property
    def message_id(self) -> str:
        return str(self.parse.get("message_id") or "")

    @property
    def intent(self) -> str | None:
        return (self.parse.get("intent") or {}).get("name")

    def entity(self, *names: str) -> Any | None:
        """The value of the first entity with one of `names` in the last message."""
        for found in self.parse.get("entities") or ():
            if found.get("entity") in names:
                return found.get("value")
        return None

    def say(
        self,
        text: str,
        *,
        card: str | None = None,
        data: Mapping[str, Any] | None = None,
        buttons: Mapping[str, str] | None = None,
        number: bool = False,
    ) -> None:
        """Answer. `buttons` maps what a quick reply says to its payload (`/intent{…}`, or text to send).

        `number`: it asks for a number, and a number is no button's place.
        """
        custom: dict[str, Any] = {"card": card, "data": dict(data or {})} if card else {}
        if number:
            custom["number"] = True
        self._dispatcher.utter_message(
            text=text,
            buttons=[{"title": title, "payload": payload} for title, payload in (buttons or {}).items()],
            json_message=custom or None,
        )

    def hand_over(
        self, reason: str, *, topic: str | None = None, details: Mapping[str, str] | None = None
    ) -> None:
        """Ask for a person (docs/protocols/brain.md). The desk tells the customer what comes of it."""
        wish = {"reason": reason, "topic": topic, "details": dict(details or {})}
        self._dispatcher.utter_message(json_message={"handoff": wish})


def _answered_by(tracker: Tracker) -> str | None:
    """The latest action since the customer's message but listening, and the form that is asking."""
    own = {"action_listen", (tracker.active_loop or {}).get("name")}
    for event in reversed(tracker.events or []):
        if event.get("event") == "user":
            return None
        if event.get("event") == "action" and event.get("name") not in own:
            return str(event.get("name"))
    return None


class CustomerAction(Action, ABC):
    """An action that answers a customer. Subclasses set `topic` and write `answer`.

    `intent` is what the customer wants when a rule leads to it at once: two such wishes in one message are
    answered together (actions/several.py).
    """

    topic: ClassVar[str] = ""
    intent: ClassVar[str | None] = None
    title: ClassVar[str] = ""
    """What the customer calls it: 查积分."""
    goes_on: ClassVar[bool] = False
    """Whether it may ask further questions."""
    moves_on: ClassVar[bool] = False
    """Whether the conversation is about something else now: a bare yes is no longer meant for a notice."""

    def name(self) -> str:
        return f"action_{self.topic}"

    @abstractmethod
    async def answer(self, call: Call) -> Events:
        """Do the work, say the answer, give the events."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """See rasa_sdk.Action.run.

        Raises Unavailable (the host answers 503, the brain forgets the turn, the server tries again);
        any other failure is told to the customer, and logged without what they wrote.
        """
        try:
            call = Call.of(dispatcher, tracker)
            events = await self.answer(call)
            if self.intent:
                events = [*events, SlotSet("topic", self.topic)]
            if (self.intent or self.moves_on) and call.slots.get("notice_waits"):
                events = [*events, SlotSet("notice_waits", None), SlotSet("notice_asks", None)]
            return [*events, *tone.suit(dispatcher.messages, call.parse, call.slots, call.now)]
        except Unavailable:
            raise
        except Exception:
            log.exception("action_failed", action=self.name(), conversation=tracker.sender_id)
            dispatcher.messages.clear()
            dispatcher.utter_message(text=SORRY, buttons=[{"title": "转人工", "payload": "/request_human"}])
            return []


class PersonalAction(CustomerAction, ABC):
    """An action that tells personal facts: it asks for proof of identity, then comes back to the question."""

    async def answer(self, call: Call) -> Events:
        async with call.runtime.database.write() as session:
            seen = await access(session, call.identity, call.now)
            if seen.verified:
                customer = await open_own_data(session, seen, self.topic, call.now)
                return await self.tell(call, session, customer)
        return ask_identity(call, self.name())

    @abstractmethod
    async def tell(self, call: Call, session: WriteSession, customer: CustomerId) -> Events:
        """Answer a customer whose identity is proved; the read is logged in this transaction."""


MOST_PENDING = 3


def ask_identity(call: Call, action: str) -> Events:
    """Have the identity proved; then `action` runs again on the message that wanted it.

    The slot `pending_action` is a list of {action, parse}: whoever asks for the balance while proving who
    they are to see their points gets both.
    """
    kept = ("text", "intent", "entities", "message_id", "emotion")
    asked = {"action": action, "parse": {key: call.parse[key] for key in kept if key in call.parse}}
    others = [each for each in call.slots.get("pending_action") or () if each["action"] != action]
    return [
        SlotSet("pending_action", [*others, asked][-MOST_PENDING:]),
        FollowupAction("identity_form"),
    ]


@cache
def _actions() -> dict[str, CustomerAction]:
    found = [cls() for cls in all_subclasses(CustomerAction) if not inspect.isabstract(cls)]
    return {action.name(): action for action in found}


def named(name: str) -> CustomerAction:
    """The action called `name`; every module of actions/ must have been imported, as the host does."""
    return _actions()[name]


def wanted_by(intent: str) -> CustomerAction | None:
    """The action that answers `intent` at once."""
    return next((action for action in _actions().values() if action.intent == intent), None)
