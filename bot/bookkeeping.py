"""What the books need by themselves: what expired is booked, orders earn, and give back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession, let_others_write_first
from bot.store.ledger.expiry import BLOCK, expire_due
from bot.store.points.earning import earn_for_orders

log = structlog.get_logger(__name__)

MOST_BLOCKS = 400
"""So many blocks in one run; the rest is the next one's."""
REST_SECONDS = 0.02
"""Between two blocks everybody else may write."""
ORDERS = 50


class Bookkeeping:
    """Jobs that may run in any process, and in several at once: what is done is seen under the locks."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def expire(self) -> int:
        """Book every lot whose time has come; how many there were."""
        total = await self._in_blocks(lambda session: expire_due(session, self._clock()), BLOCK)
        if total:
            log.info("expired", lots=total)
        return total

    async def earn(self) -> int:
        """Book what orders earn and give back; how many orders were settled."""
        total = await self._in_blocks(lambda session: earn_for_orders(session, self._clock(), ORDERS), ORDERS)
        if total:
            log.info("orders_settled", orders=total)
        return total

    async def _in_blocks(self, book: Callable[[WriteSession], Awaitable[int]], size: int) -> int:
        """`book` again and again, a transaction each time, until it finds less than `size`; the sum."""
        let_others_write_first()
        total = 0
        for _ in range(MOST_BLOCKS):
            async with self._database.write() as session:
                count = await book(session)
            total += count
            if count < size:
                break
            await asyncio.sleep(REST_SECONDS)
        return total
