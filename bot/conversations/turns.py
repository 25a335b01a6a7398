"""Turns: each conversation's waiting messages go to the brain one at a time, in order, until answered.

A message that was acknowledged is answered however often a part fails: it waits in the log, and a
worker (this process, or after `LEASE` another) takes it up again. The brain knows a repeated message.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import or_, select, update

from bot.conversations import log as message_log
from bot.conversations import sentences
from bot.conversations.brain import Answer, Brain, BrainRefused, Turn
from bot.conversations.hub import Hub
from bot.conversations.log import Draft
from bot.conversations.models import Conversation, Message
from bot.conversations.ownership import bot_may_answer
from bot.kit.clock import Clock, iso
from bot.kit.db import Database, WriteSession
from bot.kit.errors import Unavailable
from bot.kit.ids import ConversationId, IdentityId
from bot.kit.tasks import TaskGroup
from bot.messages import Content, LoggedMessage, MessagesAdded, Typing, VerifiedChanged
from bot.store.identities.service import access

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
SWEEP_SECONDS = 2.0
RETRY_SECONDS = (0.3, 0.6, 1.2, 2.4, 3.0)
GRACE_SECONDS = 2.0
"""A brain that is back within this time costs the customer a moment, not an apology."""
TRIES_WHEN_IT_FAILS = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer's message whose turn it is."""

    message: str
    conversation: ConversationId
    identity: IdentityId
    owner_version: int
    apologised: bool
    turn: Turn


class Turns:
    """Takes the turns of the conversations that this process learns of."""

    def __init__(
        self, database: Database, brain: Brain, hub: Hub, clock: Clock, *, honest_after_seconds: float
    ) -> None:
        self.worker = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._database = database
        self._brain = brain
        self._hub = hub
        self._clock = clock
        self._honest_after = honest_after_seconds
        self._running: dict[ConversationId, bool] = {}
        self._tasks = TaskGroup("turns")

    def start(self) -> None:
        self._tasks.spawn(self._sweep(), "sweep")

    async def close(self) -> None:
        """Stop. What waits stays in the log for the next worker."""
        await self._tasks.close()

    def notify(self, conversation: ConversationId) -> None:
        """Something may wait in this conversation."""
        if conversation in self._running:
            self._running[conversation] = True
            return
        self._running[conversation] = False
        self._tasks.spawn(self._run(conversation), str(conversation))

    def lease(self, row: Conversation) -> bool:
        """Make this process the worker of a conversation held locked, unless another one is."""
        now = self._clock()
        if row.worker not in (None, self.worker) and row.worker_until and row.worker_until > now:
            return False
        row.worker, row.worker_until = self.worker, now + LEASE
        return True

    async def _run(self, conversation: ConversationId) -> None:
        try:
            while True:
                self._running[conversation] = False
                if await self._step(conversation):
                    continue
                if not self._running[conversation]:
                    return
        finally:
            self._running.pop(conversation, None)

    async def _step(self, conversation: ConversationId) -> bool:
        """Answer the oldest waiting message; False when there is none (or another worker has it)."""
        try:
            waiting = await self._claim(conversation)
        except Unavailable as error:
            log.warning("claim_failed", conversation=conversation, error=error.message)
            await asyncio.sleep(RETRY_SECONDS[-1])
            return True
        if waiting is None:
            return False
        self._hub.publish(conversation, Typing(on=True))
        try:
            await self._answer(waiting)
        finally:
            self._hub.publish(conversation, Typing(on=False))
        return True

    async def _claim(self, conversation: ConversationId) -> Waiting | None:
        async with self._database.read() as session:
            found = await message_log.next_waiting(session, conversation)
        if found is None:
            return None
        row, message = found
        now = self._clock()
        mine = (
            row.worker == self.worker and row.worker_until is not None and row.worker_until > now + LEASE / 2
        )
        if not mine and not await self._take_lease(conversation):
            return None
        return _waiting(row, message, iso(now))

    async def _take_lease(self, conversation: ConversationId) -> bool:
        now = self._clock()
        free = or_(
            Conversation.worker.is_(None),
            Conversation.worker == self.worker,
            Conversation.worker_until <= now,
        )
        async with self._database.write() as session:
            result = await session.execute(
                update(Conversation)
                .where(Conversation.id == conversation, free)
                .values(worker=self.worker, worker_until=now + LEASE)
            )
            return result.rowcount == 1  # type: ignore[attr-defined]

    async def _answer(self, waiting: Waiting) -> None:
        """Take the turn until it is answered or given up; tell the customer when it takes long."""
        began = time.monotonic()
        apologised = waiting.apologised
        failures = 0
        for attempt in range(1_000_000):
            try:
                answer = await self._ask(waiting, apologised=apologised)
                await self._store(waiting, answer)
                return
            except BrainRefused as error:
                failures += 1
                log.error("turn_refused", conversation=waiting.conversation, error=error.message)
                if error.final or failures >= TRIES_WHEN_IT_FAILS:
                    await self._give_up(waiting)
                    return
            except Unavailable as error:
                log.warning("turn_postponed", conversation=waiting.conversation, error=error.message)
            grace = min(GRACE_SECONDS, self._honest_after) - (time.monotonic() - began)
            if not apologised and grace <= 0:
                apologised = await self._apologise(waiting)
            await self._pause(attempt, LEASE.total_seconds() / 4 if apologised else grace)
            if not await self._still_mine(waiting):
                return

    async def _ask(self, waiting: Waiting, *, apologised: bool) -> Answer:
        """Ask the brain; past `honest_after` seconds tell the customer, and go on waiting."""
        task = asyncio.ensure_future(self._brain.take(waiting.turn))
        try:
            done, _ = await asyncio.wait({task}, timeout=self._honest_after)
            if not done and not apologised:
                await self._apologise(waiting)
            return await task
        finally:
            if not task.done():
                task.cancel()

    async def _pause(self, attempt: int, longest: float) -> None:
        """Wait before the next attempt: a little, and until a brain answers (`longest` seconds at most)."""
        await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
        try:
            await asyncio.wait_for(self._brain.wait_ready(), max(0.0, longest))
        except TimeoutError:
            return

    async def _still_mine(self, waiting: Waiting) -> bool:
        """Renew the lease; False when the message no longer waits, or another worker took over."""
        try:
            async with self._database.read() as session:
                state = await session.scalar(select(Message.state).where(Message.id == waiting.message))
            return state == "waiting" and await self._take_lease(waiting.conversation)
        except Unavailable:
            return True  # the next attempt finds out

    async def _store(self, waiting: Waiting, answer: Answer) -> None:
        """Log the answer, unless somebody else owns the conversation by now; then it is discarded."""
        contents = answer.messages or (sentences.NOT_UNDERSTOOD,)
        added: list[LoggedMessage] = []
        async with self._database.write() as session:
            row = await message_log.locked(session, waiting.conversation)
            if await message_log.close_message(session, waiting.message, "done", answer.parse):
                if bot_may_answer(row, waiting.owner_version):
                    added = self._append(session, row, waiting, contents)
                else:
                    log.info("late_answer_discarded", conversation=waiting.conversation)
            _release(row, self.worker)
            proved = (await access(session, waiting.identity, self._clock())).verified
        self._hub.publish(waiting.conversation, VerifiedChanged(proved))
        self._hub.publish(waiting.conversation, MessagesAdded(tuple(added)))

    def _append(
        self, session: WriteSession, row: Conversation, waiting: Waiting, contents: tuple[Content, ...]
    ) -> list[LoggedMessage]:
        drafts = [Draft("bot", content, answers=waiting.message) for content in contents]
        if row.apologised_at is not None:
            row.apologised_at = None
            drafts.insert(0, Draft("system", sentences.BACK, answers=waiting.message))
        return message_log.append(session, row, drafts, self._clock())

    async def _give_up(self, waiting: Waiting) -> None:
        """The brain fails on this very message: say so, so that the next one gets its turn."""
        async with self._database.write() as session:
            row = await message_log.locked(session, waiting.conversation)
            await message_log.close_message(session, waiting.message, "failed", None)
            added = self._append(session, row, waiting, (sentences.NOT_UNDERSTOOD,))
            _release(row, self.worker)
        self._hub.publish(waiting.conversation, MessagesAdded(tuple(added)))

    async def _apologise(self, waiting: Waiting) -> bool:
        """Tell the customer once per outage that the answer is late. True when they know."""
        now = self._clock()
        try:
            async with self._database.write() as session:
                row = await message_log.locked(session, waiting.conversation)
                if row.apologised_at is not None or not bot_may_answer(row, waiting.owner_version):
                    return True
                row.apologised_at = now
                row.worker_until = now + LEASE
                added = message_log.append(session, row, [Draft("system", sentences.LATE)], now)
        except Unavailable:
            return False
        self._hub.publish(waiting.conversation, MessagesAdded(tuple(added)))
        return True

    async def _sweep(self) -> None:
        """Take up what another process, or this one before a restart, left waiting."""
        while True:
            try:
                for conversation in await self._orphans():
                    self.notify(conversation)
            except Unavailable as error:
                log.warning("sweep_failed", error=error.message)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _orphans(self) -> list[ConversationId]:
        now = self._clock()
        async with self._database.read() as session:
            rows = await session.scalars(
                select(Message.conversation_id)
                .distinct()
                .join(Conversation, Conversation.id == Message.conversation_id)
                .where(
                    Message.state == "waiting",
                    or_(Conversation.worker.is_(None), Conversation.worker_until <= now),
                )
                .limit(500)
            )
            return [ConversationId(id_) for id_ in rows]


def _waiting(row: Conversation, message: Message, now: str) -> Waiting:
    content = message.content
    return Waiting(
        message=message.id,
        conversation=ConversationId(row.id),
        identity=IdentityId(row.identity_id),
        owner_version=row.owner_version,
        apologised=row.apologised_at is not None,
        turn=Turn(
            message_id=message.id,
            conversation=row.id,
            text=None if "intent" in content else content["text"],
            intent=content.get("intent"),
            entities=content.get("entities"),
            metadata={
                "identity": row.identity_id,
                "channel": row.channel,
                "locale": row.locale,
                "time_zone": row.time_zone,
                "now": now,
            },
        ),
    )


def _release(row: Conversation, worker: str) -> None:
    if row.worker == worker:
        row.worker = row.worker_until = None
