"""Two wishes in one message, or several that waited for a proof of identity: each gets its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from actions.base import Call, CustomerAction, Events, named, wanted_by


@dataclass(frozen=True, slots=True)
class Wish:
    """What answers it, and what was understood of the words that wished for it."""

    action: CustomerAction
    parse: Mapping[str, Any]


class Several(CustomerAction):
    """The message's parts as the brain split them: `parts` of {text, intent, entities}."""

    topic = "several"
    moves_on = True

    async def answer(self, call: Call) -> Events:
        wishes = [
            Wish(action, {**part, "message_id": call.message_id})
            for part in call.parse.get("parts") or ()
            if (action := wanted_by(part["intent"]["name"]))
        ]
        return await answer_all(call, wishes)


async def answer_all(call: Call, wishes: Sequence[Wish]) -> Events:
    """Answer each in turn, questions before tasks: a task goes on asking, and must have the last word."""
    events: Events = []
    follow: dict[str, Any] | None = None
    for wish in sorted(wishes, key=lambda each: each.action.goes_on):
        for event in await wish.action.answer(replace(call, parse=wish.parse)):
            if event["event"] == "followup":
                follow = event if follow is None or follow["name"] == "action_listen" else follow
            else:
                events.append(event)
                call = replace(call, slots={**call.slots, event["name"]: event["value"]})
    return [*events, follow] if follow else events


def called(action: str) -> str:
    """What the customer calls that which `action` answers: 查积分."""
    return named(action).title
