"""The notices a conversation remembers, newest first, in the slot `notice`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import Call, Events
from bot.kit.clock import local_date
from bot.kit.ids import CustomerId
from bot.store.requests.service import Note

PREFIX = "EXTERNAL_"
OPENING = "action_notice"
"""The action that remembers a notice: a form that is run after it has nothing to ask again."""
KEPT = 5
REMEMBERED = timedelta(days=7)
WAITS = timedelta(days=3)
"""So long a bare yes or no may be meant for the newest notice."""
ASKING = frozenset({"win_back", "survey"})
"""Triggers whose notice is itself a question: any words may be the answer."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as its event told it. `facts` are the entities of its trigger."""

    trigger: str
    care_id: int
    customer: CustomerId
    occurrence: str
    at: datetime
    facts: Mapping[str, Any]

    @classmethod
    def of(cls, call: Call) -> Notice | None:
        """The notice of an EXTERNAL_ event; None when it lacks what every event carries."""
        said = {each["entity"]: each["value"] for each in call.parse.get("entities") or ()}
        care_id, customer, occurrence = (
            said.pop(name, None) for name in ("care_id", "customer", "occurrence")
        )
        if not (isinstance(care_id, int) and isinstance(customer, int) and isinstance(occurrence, str)):
            return None
        trigger = str(call.intent).removeprefix(PREFIX)
        return cls(trigger, care_id, CustomerId(customer), occurrence, call.now, said)

    @classmethod
    def in_slot(cls, kept: Mapping[str, Any]) -> Notice:
        return cls(
            trigger=kept["trigger"],
            care_id=kept["care_id"],
            customer=CustomerId(kept["customer"]),
            occurrence=kept["occurrence"],
            at=datetime.fromisoformat(kept["at"]),
            facts=kept["facts"],
        )

    def as_slot(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.isoformat(), "facts": dict(self.facts)}

    def ends_on(self, time_zone: str) -> date | None:
        """The last day on which it matters, where the customer lives; None where there is none."""
        told = str(self.facts.get("expires") or self.facts.get("hall_until") or "")
        if not told:
            return None
        if len(told) == len("2026-11-22"):
            return date.fromisoformat(told)
        # What ends at midnight ends with the day before.
        return local_date(datetime.fromisoformat(told) - timedelta(seconds=1), time_zone)


def remembered(call: Call) -> list[Notice]:
    """The notices of the last days, newest first."""
    kept = [Notice.in_slot(each) for each in call.slots.get("notice") or ()]
    return [notice for notice in kept if call.now - notice.at < REMEMBERED]


def meant(call: Call) -> Notice | None:
    """The notice under which the pressed button stands; else the newest."""
    pressed = call.entity("care_id")
    known = remembered(call)
    return next((notice for notice in known if pressed in (None, notice.care_id)), None)


def newest(call: Call, trigger: str) -> Notice | None:
    """The newest notice of this trigger."""
    return next((notice for notice in remembered(call) if notice.trigger == trigger), None)


def awaiting(call: Call) -> Notice | None:
    """The notice that a yes or a no is meant for: the button's, else the newest while it waits."""
    notice = meant(call)
    pressed = call.entity("care_id") is not None
    return notice if notice is not None and (pressed or call.now - notice.at < WAITS) else None


def remember(notices: list[Notice], *, waits: bool) -> Events:
    """Keep these; `waits`: the next yes or no is meant for the newest."""
    asks = waits and bool(notices) and notices[0].trigger in ASKING
    return [
        SlotSet("notice", [notice.as_slot() for notice in notices[:KEPT]] or None),
        SlotSet("notice_known", True if notices else None),
        SlotSet("notice_waits", True if waits and notices else None),
        SlotSet("notice_asks", True if asks else None),
    ]


def closed() -> Events:
    """The newest notice has its answer; it stays known."""
    return [SlotSet("notice_waits", None), SlotSet("notice_asks", None)]


def note(call: Call, notice: Notice, what: str) -> Note:
    """What a write says that comes of an answer to a notice: once for each message."""
    key = hashlib.sha256(f"{call.conversation}:{call.message_id}:{notice.care_id}:{what}".encode())
    return Note(f"care:{key.hexdigest()[:40]}", call.now, "customer", what)
