"""Jobs over a stream of Redis that may go away and come back empty."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import structlog
from redis.exceptions import RedisError
from taskiq import AckableMessage, BrokerMessage
from taskiq_redis import RedisStreamBroker

from bot.kit.errors import Unavailable

log = structlog.get_logger(__name__)

AGAIN_SECONDS = 1.0
LONGEST_AGAIN_SECONDS = 15.0
GONE = (RedisError, OSError)


class Stream(RedisStreamBroker):
    """The library's stream, which gives up on what a restarted Redis forgot: here it is made anew.

    Nothing is lost with the stream: every job looks at the database for what there is to do.
    """

    async def startup(self) -> None:
        """Raises Unavailable when Redis does not answer."""
        try:
            await super().startup()
        except GONE as error:
            raise Unavailable(f"Redis does not answer ({error}): see to HUITOUKE_REDIS_URL.") from error

    async def kick(self, message: BrokerMessage) -> None:
        """Give a job out; while Redis is away it is left out, the next one does the same."""
        try:
            await super().kick(message)
        except GONE as error:
            log.warning("job_not_given_out", job=message.task_name, error=str(error))

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Take jobs, for ever."""
        pause = AGAIN_SECONDS
        while True:
            try:
                async for message in super().listen():
                    pause = AGAIN_SECONDS
                    yield message
            except GONE as error:
                log.warning("redis_gone", error=str(error), again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_AGAIN_SECONDS)
                await self._make_anew()

    async def _make_anew(self) -> None:
        try:
            await self._declare_consumer_group()
        except GONE:
            return  # still away: listening says so

    def _ack_generator(self, id: str, queue_name: str) -> Callable[[], Awaitable[None]]:  # noqa: A002
        acknowledge = super()._ack_generator(id, queue_name)

        async def ack() -> None:
            try:
                await acknowledge()
            except GONE as error:
                log.warning("job_not_acknowledged", error=str(error))

        return ack
