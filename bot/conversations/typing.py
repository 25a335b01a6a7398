"""Shows on channels that push that an answer is being written, when it takes long enough to be noticed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.conversations.hub import Hub
from bot.conversations.models import Conversation
from bot.kit.db import Database
from bot.kit.ids import ConversationId
from bot.kit.tasks import TaskGroup
from bot.messages import ChannelOutlet, ChannelUser, ConversationEvent, Typing

NOTICED_SECONDS = 0.7


class TypingRelay:
    """Passes typing on from the hub to the outlets."""

    def __init__(self, database: Database, hub: Hub, outlets: Mapping[str, ChannelOutlet]) -> None:
        self._database = database
        self._outlets = outlets
        self._waiting: dict[ConversationId, asyncio.Task[None]] = {}
        self._tasks = TaskGroup("typing")
        if outlets:
            hub.watch(self._heard)

    async def close(self) -> None:
        await self._tasks.close()

    def _heard(self, conversation: ConversationId, event: ConversationEvent) -> None:
        if not isinstance(event, Typing):
            return
        waiting = self._waiting.pop(conversation, None)
        if waiting is not None:
            waiting.cancel()
        if event.on:
            self._waiting[conversation] = self._tasks.spawn(self._show(conversation), conversation)

    async def _show(self, conversation: ConversationId) -> None:
        await asyncio.sleep(NOTICED_SECONDS)
        self._waiting.pop(conversation, None)
        async with self._database.read() as session:
            row = await session.get(Conversation, conversation)
        outlet = self._outlets.get(row.channel) if row else None
        if row is not None and outlet is not None:
            await outlet.typing(row.account, ChannelUser(row.channel_user), on=True)
