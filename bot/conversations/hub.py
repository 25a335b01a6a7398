"""Tells listeners of this process what happens in a conversation.

What other processes append is noticed by looking at the log: the hub compares `last_seq` of the
conversations that are listened to, so no listener depends on a message bus to be complete.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy import select

from bot.conversations import log as message_log
from bot.conversations.models import Conversation
from bot.kit.db import Database
from bot.kit.errors import HuitoukeError
from bot.kit.ids import ConversationId
from bot.kit.tasks import TaskGroup
from bot.messages import ConversationEvent, Listener, MessagesAdded, Unsubscribe

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
CHUNK = 500

Watcher = Callable[[ConversationId, ConversationEvent], None]


class Hub:
    """Listeners per conversation, in one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[ConversationId, list[Listener]] = defaultdict(list)
        self._watchers: list[Watcher] = []
        self._last_seq: dict[ConversationId, int] = {}
        self._tasks = TaskGroup("hub")

    def start(self) -> None:
        self._tasks.spawn(self._look_for_others(), "look")

    async def close(self) -> None:
        await self._tasks.close()

    def subscribe(self, conversation: ConversationId, listener: Listener) -> Unsubscribe:
        self._listeners[conversation].append(listener)

        def unsubscribe() -> None:
            listeners = self._listeners.get(conversation, [])
            if listener in listeners:
                listeners.remove(listener)
            if not listeners:
                self._listeners.pop(conversation, None)
                self._last_seq.pop(conversation, None)

        return unsubscribe

    def watch(self, watcher: Watcher) -> None:
        """Have `watcher` called with every event of every conversation that this process publishes."""
        self._watchers.append(watcher)

    def is_heard(self, conversation: ConversationId) -> bool:
        """Does anybody in this process listen to the conversation?"""
        return conversation in self._listeners

    def publish(self, conversation: ConversationId, event: ConversationEvent) -> None:
        """Tell this process's listeners. One that fails is logged and does not stop the others."""
        if isinstance(event, MessagesAdded) and event.messages and conversation in self._listeners:
            self._last_seq[conversation] = max(self._last_seq.get(conversation, 0), event.messages[-1].seq)
        for watcher in self._watchers:
            _tell(partial(watcher, conversation), event)
        for listener in tuple(self._listeners.get(conversation, ())):
            _tell(listener, event)

    async def _look_for_others(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            watched = list(self._listeners)
            for start in range(0, len(watched), CHUNK):
                try:
                    await self._look(watched[start : start + CHUNK])
                except HuitoukeError as error:
                    log.warning("hub_look_failed", error=error.message)

    async def _look(self, conversations: list[ConversationId]) -> None:
        async with self._database.read() as session:
            rows = (
                await session.execute(
                    select(Conversation.id, Conversation.last_seq).where(Conversation.id.in_(conversations))
                )
            ).all()
            for id_, last_seq in rows:
                conversation = ConversationId(id_)
                # Not looked at before: the newest message shows every listener whether it has a gap.
                known = self._last_seq.get(conversation, last_seq - 1)
                self._last_seq[conversation] = max(known, last_seq)
                if known < last_seq:
                    fresh = await message_log.since(session, conversation, known, 200)
                    self.publish(conversation, MessagesAdded(tuple(fresh), elsewhere=True))


def _tell(listener: Listener, event: ConversationEvent) -> None:
    try:
        listener(event)
    except Exception:
        log.exception("listener_failed")
