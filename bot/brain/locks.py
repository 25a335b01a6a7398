"""One turn at a time in a conversation, without polling."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockStore


class ConversationLocks(LockStore):
    """An asyncio lock per conversation, kept only while someone holds it or waits.

    Rasa's own in-memory store asks once a second whether it is its turn (3.6.21, `LockStore._acquire_lock`).
    Two brains do not share these locks: the turn log refuses the second of two turns with one number.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: dict[str, int] = {}

    @asynccontextmanager
    async def lock(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = 1,
    ) -> AsyncGenerator[TicketLock | None, None]:
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        self._users[conversation_id] = self._users.get(conversation_id, 0) + 1
        try:
            async with lock:
                yield None
        finally:
            self._users[conversation_id] -= 1
            if not self._users[conversation_id]:
                del self._users[conversation_id], self._locks[conversation_id]

    def get_lock(self, conversation_id: str) -> TicketLock | None:
        """There are no tickets here."""
        return None

    def delete_lock(self, conversation_id: str) -> None:
        """A lock goes when its last user does."""

    def save_lock(self, lock: TicketLock) -> None:
        """There are no tickets here."""
