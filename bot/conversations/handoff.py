"""Where conversations and the desk meet: the desk is asked in the transaction that stores a message.

`bot.desk.handoff` is the real one; `NoDesk` is for houses without people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from bot.conversations.brain import Answer
from bot.conversations.models import Conversation
from bot.kit.db import ReadSession, WriteSession
from bot.kit.ids import ConversationId
from bot.messages import Content, LoggedMessage, ServedBy

DESK_INTENTS: Final = "desk_"
"""Quick replies whose intent begins so are the desk's: they never reach the brain."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A customer's message that is just being stored, under `seq`."""

    id: str
    seq: int
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the desk makes of a customer's message: does the bot take its turn, and what is said at once.

    `note`: what the desk wants to be told again when the message is stored; nobody else's business.
    """

    for_bot: bool
    says: tuple[Content, ...] = ()
    note: object = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A message that the desk heard and that stands in the log now, with the desk's note."""

    message: LoggedMessage
    note: object


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the desk makes of the bot's answer: is it still said, and what is said after it."""

    keep: bool
    says: tuple[Content, ...] = ()


class HandoffDesk(Protocol):
    """The desk, as conversations need it."""

    async def heard(
        self, session: WriteSession, conversation: ConversationId, message: Inbound, now: datetime
    ) -> Heard:
        """A customer wrote while the desk listens (`Conversation.desk_until`), or pressed one of its buttons.

        Called after the conversation's row is locked, before the message stands in the log.
        """
        ...

    def cares(self, answer: Answer) -> bool:
        """Might this answer call for a person? Cheap: it is asked for every turn."""
        ...

    async def answered(
        self, session: WriteSession, conversation: ConversationId, version: int, answer: Answer, now: datetime
    ) -> Reaction | None:
        """The bot made an answer that the desk cares about; the row is locked, the message still waits.

        None: somebody else owns the conversation by now, and the answer is discarded.
        """
        ...

    async def served_by(self, session: ReadSession, row: Conversation, now: datetime) -> ServedBy:
        """Who serves a conversation, and the place in the queue."""
        ...

    def committed(self, conversation: ConversationId, stored: Stored | None = None) -> None:
        """A transaction in which the desk was asked has ended well; with what it heard, if it heard one."""
        ...


class NoDesk:
    """A house without people: the bot has every conversation that it may answer."""

    async def heard(
        self, session: WriteSession, conversation: ConversationId, message: Inbound, now: datetime
    ) -> Heard:
        return Heard(for_bot=True)

    def cares(self, answer: Answer) -> bool:
        return False

    async def answered(
        self,
        session: WriteSession,
        conversation: ConversationId,
        version: int,
        answer: Answer,
        now: datetime,
    ) -> Reaction | None:
        return Reaction(keep=True)

    async def served_by(self, session: ReadSession, row: Conversation, now: datetime) -> ServedBy:
        return ServedBy("agent" if row.owner == "agent" else "bot")

    def committed(self, conversation: ConversationId, stored: Stored | None = None) -> None:
        return None
