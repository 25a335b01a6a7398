"""Who owns a conversation: the bot, the queue, or one agent. Every change raises the version.

An answer is made for a version; when an agent took the conversation meanwhile, it is discarded. Rasa's own
pausing is not used: it forgets (docs/decisions/0002-ownership-outside-the-tracker.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.conversations.models import Conversation
from bot.kit.errors import Conflict
from bot.kit.ids import AgentId

Kind = Literal["bot", "queue", "agent"]


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner; `agent` is set exactly when `kind` is "agent"."""

    kind: Kind
    agent: AgentId | None = None

    def __post_init__(self) -> None:
        if (self.kind == "agent") != (self.agent is not None):
            raise ValueError("An agent owns by id, the bot and the queue without.")


BOT = Owner("bot")
QUEUE = Owner("queue")


class OwnerChanged(Conflict):
    """Somebody else has taken this conversation meanwhile."""

    code = "owner_changed"


def owner_of(row: Conversation) -> Owner:
    return Owner(row.owner, AgentId(row.agent_id) if row.agent_id is not None else None)  # pyright: ignore[reportArgumentType]


def hand_to(row: Conversation, owner: Owner, *, expected_version: int) -> int:
    """Give the conversation (held locked) to `owner`; returns the new version. Raises OwnerChanged."""
    if row.owner_version != expected_version:
        raise OwnerChanged()
    row.owner_version += 1
    if "agent" in (row.owner, owner.kind):
        row.agent_version = row.owner_version
    row.owner = owner.kind
    row.agent_id = owner.agent
    return row.owner_version


def bot_may_answer(row: Conversation, version: int) -> bool:
    """Is an answer that the bot began at `version` still wanted? Not once an agent has had a hand in it.

    Waiting for a person changes nothing: meanwhile the bot goes on answering.
    """
    return row.owner != "agent" and row.agent_version <= version
