"""How many places somebody holds at the same time: sockets of a visitor, requests of an address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from bot.kit.errors import TooMany


class NoSeat(TooMany):
    """您同时打开的聊天窗口太多了，请关掉几个再试。"""

    code = "too_many_open"


class Seats:
    """At most `most` at once for each key; keys without a seat cost nothing."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, key: str) -> Generator[None]:
        """Hold a seat of `key`. Raises NoSeat."""
        if self._taken[key] >= self._most:
            raise NoSeat(retry_after=5)
        self._taken[key] += 1
        try:
            yield
        finally:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]
