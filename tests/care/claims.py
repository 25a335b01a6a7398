"""Planners and senders that stop at every step, are let on in any order, and are killed where they stand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot.care.care import Care
from bot.care.handing import Handing
from bot.care.rules import Rules
from bot.kit.db import Database
from bot.kit.errors import DeliveryUnknown, Unavailable
from bot.kit.ids import ConversationId
from bot.messages import Allowance, ChannelUser, Notice, Purpose
from tests.care.house import House

POLL_SECONDS = 0.002


@dataclass
class Platform:
    """Sends notices: a key once. `calls`: how each went; `delivered`: what arrived when."""

    clock: Callable[[], datetime]
    calls: dict[str, str] = field(default_factory=dict)
    delivered: list[tuple[str, datetime]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    """What happens to the next ones: "away" (not taken) or "silent" (taken, and not said so)."""

    async def may(
        self, account: str, user: ChannelUser, template: str, purpose: Purpose, given: Collection[str]
    ) -> bool:
        return True

    async def begun(self, key: str) -> bool:
        return key in self.calls

    async def notify(self, notice: Notice) -> None:
        if notice.key in self.calls:
            if self.calls[notice.key] == "silent":
                raise DeliveryUnknown()
            return
        trouble = self.troubles.pop() if self.troubles else ""
        if trouble == "away":
            raise Unavailable("微信不通")
        self.calls[notice.key] = trouble
        self.delivered.append((notice.key, self.clock()))
        if trouble == "silent":
            raise DeliveryUnknown()


class Closed:
    """WeChat lets nothing through but templates."""

    def __init__(self, closed: set[ConversationId]) -> None:
        self._closed = closed

    async def allowance(self, conversation: ConversationId) -> Allowance:
        return Allowance(left=0) if conversation in self._closed else Allowance()


class Worker:
    """One process with one thing to do, which stands still after every step until it is let on."""

    def __init__(
        self,
        house: House,
        role: str,
        rules: Rules,
        platform: Platform,
        skew: timedelta,
        *,
        free: bool = False,
    ) -> None:
        self.role, self.step = role, ""
        self._may_go = asyncio.Event()
        self.stands = False
        self.free = free
        closed = set(house.channels.allowances)
        self.care = Care(
            house.database,
            lambda: house.clock() + skew,
            Closed(closed),
            company="回头客商城",
            demo=True,
            rules=rules,
            notices=platform,
        )
        self._gate_all(platform)
        work: dict[str, Callable[[], Awaitable[Any]]] = {
            "plan": self.care.planner.plan,
            "send": self.care.sender.send_due,
            "notify": self.care.notices.send_due,
        }
        self.task = asyncio.ensure_future(self._work(work[role]))

    async def _work(self, work: Callable[[], Awaitable[Any]]) -> None:
        with suppress(Unavailable):  # as the jobs have it: the next one tries again
            await work()

    def _gate_all(self, platform: Platform) -> None:
        care = self.care
        self._after(care.planner, "_insert", "planned, not committed")
        self._after(care.planner, "_come_back", "marked, not committed")
        self._after(care.sender, "_take", "taken")
        self._after(care.sender, "_fresh", "true, not decided")
        self._after(care.sender, "_batch", "committed, nobody told")
        self._after(care.notices, "_claim", "claimed, not called")
        self._after(care.notices, "_arrived", "arrived, written down")
        begin = care.hands.begin

        def begun(*arguments: Any) -> Handing:
            handing = begin(*arguments)
            self._after(handing, "hold", "locked, not said")
            self._after(handing, "_say", "said, not committed")
            return handing

        care.hands.begin = begun  # pyright: ignore[reportAttributeAccessIssue]
        care.hands.notices = _Watched(platform, self._gate)

    def _after(self, owner: Any, name: str, step: str) -> None:
        real = getattr(owner, name)

        async def stopping(*arguments: Any, **named: Any) -> Any:
            result = await real(*arguments, **named)
            await self._gate(step)
            return result

        setattr(owner, name, stopping)

    async def _gate(self, step: str) -> None:
        self.step = step
        if self.free:
            return
        self.stands = True
        await self._may_go.wait()
        self._may_go.clear()
        self.stands = False

    def go(self) -> None:
        """Take the next step."""
        self.stands = False
        self._may_go.set()

    async def die(self) -> None:
        """As if killed: what is not committed is rolled back, and nothing else is done."""
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


class _Watched:
    """The platform, with a stop before its answer is written down."""

    def __init__(self, platform: Platform, gate: Callable[[str], Awaitable[None]]) -> None:
        self._platform = platform
        self._gate = gate
        self.may = platform.may
        self.begun = platform.begun

    async def notify(self, notice: Notice) -> None:
        await self._platform.notify(notice)
        await self._gate("called, not written down")


def may_write(database: Database) -> bool:
    """Can the test write without waiting for who stands in the middle of it?"""
    return not (database.is_sqlite and database._writer.locked())  # pyright: ignore[reportPrivateUsage]


async def settle(database: Database, workers: Collection[Worker]) -> None:
    """Until every worker stands at a step, is done, or waits for one that stands."""
    while True:
        moving = [each for each in workers if not each.stands and not each.task.done()]
        if not moving:
            return
        if any(each.stands for each in workers) and await _all_wait(database, len(moving)):
            return
        await asyncio.sleep(POLL_SECONDS)


async def _all_wait(database: Database, moving: int) -> bool:
    """Do so many wait for a lock?"""
    if database.is_sqlite:
        waiting = database._writer._waiters or ()  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
        return len(waiting) >= moving
    async with database.read() as session:
        blocked = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return (await session.scalar(blocked) or 0) >= moving
