"""Where the desk's own transactions are made, and where everybody is told once they are committed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

from bot.conversations.handoff import HandoffDesk
from bot.conversations.hub import Hub
from bot.conversations.models import Conversation
from bot.desk.rules.rules import Rules
from bot.desk.rules.service import RuleBook
from bot.desk.work import Work
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.errors import HuitoukeError
from bot.kit.ids import ConversationId
from bot.kit.tasks import TaskGroup
from bot.messages import Allowance, MessagesAdded, ServiceChanged

log = structlog.get_logger(__name__)


class Waker(Protocol):
    """Whoever takes the bot's turns (bot.conversations.turns.Turns)."""

    def notify(self, conversation: ConversationId) -> None:
        """Something may wait in this conversation."""
        ...


class Allowances(Protocol):
    """Whoever knows what a channel still lets through (bot.conversations.outbox.Outbox)."""

    async def allowance(self, conversation: ConversationId) -> Allowance:
        """How many messages may still be sent in a conversation, and until when."""
        ...


class Office:
    """Makes transactions, and tells who wants to know when they are committed."""

    def __init__(self, database: Database, book: RuleBook, hub: Hub, clock: Clock) -> None:
        self.database = database
        self.book = book
        self.hub = hub
        self.clock = clock
        self._nudges: list[Callable[[], None]] = []
        self._touches: list[Callable[[], None]] = []
        self._waker: Waker | None = None
        self._desk: HandoffDesk | None = None
        self._allowances: Allowances | None = None
        self._tasks = TaskGroup("office")

    def connect(self, desk: HandoffDesk, waker: Waker, allowances: Allowances | None = None) -> None:
        """The desk and the bot's turns need the office, and it needs them: they are joined after making."""
        self._desk, self._waker, self._allowances = desk, waker, allowances

    async def allowance(self, conversation: ConversationId) -> Allowance:
        """How many messages may still be sent in a conversation, and until when."""
        return await self._allowances.allowance(conversation) if self._allowances else Allowance()

    def on_change(self, nudge: Callable[[], None]) -> None:
        """Call `nudge` whenever something was committed in this process from which more may follow."""
        self._nudges.append(nudge)

    def on_touch(self, nudge: Callable[[], None]) -> None:
        """Call `nudge` whenever a ticket may look different on a screen, also if nothing follows from it."""
        self._touches.append(nudge)

    async def close(self) -> None:
        await self._tasks.close()

    async def rules(self) -> Rules:
        """The rules that hold."""
        async with self.database.read() as session:
            return await self.book.read(session)

    @asynccontextmanager
    async def work(self) -> AsyncGenerator[Work]:
        """One transaction; when it is committed, customers and agents are told."""
        async with self.database.write() as session:
            work = Work(session, self.clock(), await self.book.read(session))
            yield work
            added = work.append_drafts()
            await work.finish()
        for conversation, messages in added.items():
            self.hub.publish(conversation, MessagesAdded(tuple(messages)))
        for conversation in work.waking:
            if self._waker is not None:
                self._waker.notify(conversation)
        self.changed(*work.conversations)

    def changed(self, *conversations: ConversationId) -> None:
        """Something of the desk was committed; these conversations may be served by somebody else now."""
        for conversation in conversations:
            self._tasks.spawn(self._tell_service(conversation), f"service {conversation}")
        for nudge in self._nudges:
            nudge()
        self.touched()

    def touched(self) -> None:
        """A ticket was committed that stands where it stood: one more message is unread."""
        for nudge in self._touches:
            nudge()

    async def _tell_service(self, conversation: ConversationId) -> None:
        """Tell the customer's screen who serves them now."""
        if self._desk is None or not self.hub.is_heard(conversation):
            return
        try:
            async with self.database.read() as session:
                row = await session.get(Conversation, conversation)
                if row is None:
                    return
                served = await self._desk.served_by(session, row, self.clock())
        except HuitoukeError as error:
            log.warning("service_not_told", conversation=conversation, error=error.message)
            return
        self.hub.publish(conversation, ServiceChanged(served))
