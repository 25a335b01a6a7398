"""A customer's message whose turn it is, with all that its turn needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversations.brain import Turn
from bot.kit.clock import iso
from bot.kit.ids import ConversationId


@dataclass(frozen=True, slots=True)
class Waiting:
    """`apologised`: the customer was told that the answer is late, and waits for it."""

    message: str
    conversation: ConversationId
    owner_version: int
    apologised: bool
    turn: Turn

    @property
    def is_event(self) -> bool:
        """Something happened, and nobody wrote: an answer may be empty, and nobody waits for it."""
        return (self.turn.intent or "").startswith("EXTERNAL_")


def waiting(
    *,
    message: str,
    content: Mapping[str, Any],
    conversation: str,
    identity_id: int,
    channel: str,
    locale: str,
    time_zone: str,
    owner: str,
    owner_version: int,
    apologised_at: datetime | None,
    now: datetime,
) -> Waiting:
    """A waiting message, from its row and its conversation's."""
    return Waiting(
        message=message,
        conversation=ConversationId(conversation),
        owner_version=owner_version,
        apologised=apologised_at is not None,
        turn=Turn(
            message_id=message,
            conversation=conversation,
            text=None if "intent" in content else content["text"],
            intent=content.get("intent"),
            entities=content.get("entities"),
            metadata={
                "identity": identity_id,
                "channel": channel,
                "locale": locale,
                "time_zone": time_zone,
                "owner": owner,
                "now": iso(now),
                "origin": content.get("origin") or {},
            },
        ),
    )
