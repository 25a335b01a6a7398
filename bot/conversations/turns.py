"""Turns: each conversation's waiting messages go to the brain one at a time, in order, until answered.

A message that was acknowledged is answered however often a part fails: it waits in the log, and a
worker (this process, or after `LEASE` another) takes it up again. The brain knows a repeated message.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import structlog
from sqlalchemy import or_, select, update

from bot.conversations import log as message_log
from bot.conversations import sentences
from bot.conversations.brain import Answer, Brain, BrainLost, BrainRefused
from bot.conversations.handoff import HandoffDesk, NoDesk, Reaction
from bot.conversations.hot import AlreadyAnswered, Lease, Settled, store_answer
from bot.conversations.hub import Hub
from bot.conversations.log import FETCHING_CHANNELS, Draft
from bot.conversations.models import Conversation, Message
from bot.conversations.ownership import bot_may_answer
from bot.conversations.waiting import Waiting, waiting
from bot.kit.clock import Clock, iso
from bot.kit.db import Database, WriteSession
from bot.kit.errors import HuitoukeError, Unavailable
from bot.kit.ids import ConversationId
from bot.kit.tasks import TaskGroup
from bot.messages import Allowance, Content, LoggedMessage, MessagesAdded, Typing, VerifiedChanged
from bot.steps import StepTooLong, in_steps

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=8)
"""How long a dead worker holds its conversations. A living one renews every `RENEW_SECONDS`."""
RENEW_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 15.0
SWEEP_SECONDS = 2.0
CHUNK = 500
RETRY_SECONDS = (0.3, 0.6, 1.2, 2.4, 3.0)
GRACE_SECONDS = 2.0
"""A brain that is back within this time costs the customer a moment, not an apology."""
TRIES_WHEN_IT_FAILS = 3
STEP_SECONDS = 1.0
"""So much processor time what is done with an answer may take without a pause."""

Parked = Callable[[ConversationId, str], Awaitable[None]]
"""Hears of a message that was given up: its conversation and its id."""


class Turns:
    """Takes the turns of the conversations that this process learns of."""

    def __init__(
        self,
        database: Database,
        brain: Brain,
        hub: Hub,
        clock: Clock,
        *,
        honest_after_seconds: float,
        desk: HandoffDesk | None = None,
        allowance: Callable[[ConversationId], Awaitable[Allowance]] | None = None,
        parked: Parked | None = None,
    ) -> None:
        """`allowance`: what a conversation's channel still lets through; the brain is told.
        `parked` is told of every message that was given up.
        """
        self.worker = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._database = database
        self._brain = brain
        self._hub = hub
        self._clock = clock
        self._honest_after = honest_after_seconds
        self._desk: HandoffDesk = desk or NoDesk()
        self._allowance = allowance
        self._parked = parked
        self._suspects = asyncio.Lock()
        self._running: dict[ConversationId, bool] = {}
        self._tasks = TaskGroup("turns")

    def start(self) -> None:
        self._tasks.spawn(self._sweep(), "sweep")
        self._tasks.spawn(self._renew(), "renew")

    async def close(self) -> None:
        """Stop. What waits stays in the log for the next worker, who may have it at once."""
        held = list(self._running)
        await self._tasks.close()
        try:
            await self._change_leases(held, worker=None, worker_until=None)
        except Unavailable as error:
            log.warning("leases_left", error=error.message)

    def notify(self, conversation: ConversationId, turn: Waiting | None = None) -> None:
        """Something may wait in this conversation; `turn` when it is known to be next and leased."""
        if conversation in self._running:
            self._running[conversation] = True
            return
        self._running[conversation] = False
        self._tasks.spawn(self._run(conversation, turn), str(conversation))

    def lease(self) -> Lease:
        """The lease that this process would take now."""
        now = self._clock()
        return Lease(self.worker, now, now + LEASE)

    async def _run(self, conversation: ConversationId, turn: Waiting | None) -> None:
        try:
            while True:
                self._running[conversation] = False
                if await self._step(conversation, turn):
                    turn = None
                    continue
                if not self._running[conversation]:
                    return
        finally:
            self._running.pop(conversation, None)

    async def _step(self, conversation: ConversationId, known: Waiting | None) -> bool:
        """Answer the oldest waiting message; False when there is none (or another worker has it)."""
        try:
            turn = known or await self._claim(conversation)
        except Unavailable as error:
            log.warning("claim_failed", conversation=conversation, error=error.message)
            await asyncio.sleep(RETRY_SECONDS[-1])
            return True
        if turn is None:
            return False
        shown = not turn.is_event
        if shown:
            self._hub.publish(conversation, Typing(on=True))
        try:
            await self._answer(turn)
        finally:
            if shown:
                self._hub.publish(conversation, Typing(on=False))
        return known is None or self._running[conversation]

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
        return waiting(
            message=message.id,
            content=message.content,
            conversation=row.id,
            identity_id=row.identity_id,
            channel=row.channel,
            locale=row.locale,
            time_zone=row.time_zone,
            owner=row.owner,
            owner_version=row.owner_version,
            apologised_at=row.apologised_at,
            now=now,
        )

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

    async def _answer(self, turn: Waiting) -> None:
        """Take the turn until it is answered or given up; tell the customer when it takes long."""
        began = time.monotonic()
        failures = 0
        turn = await self._limited(turn)
        for attempt in count():
            try:
                turn = await self._taken(turn, suspect=failures > 0)
                return
            except Unavailable as error:
                log.warning("turn_postponed", conversation=turn.conversation, error=error.message)
                if isinstance(error, BrainLost):
                    failures = await self._count_failure(turn, failures)
            except Exception as error:
                # Whatever it was, it stays with this message: the next one must not wait behind it for ever.
                failures = await self._count_failure(turn, failures)
                told = error.message if isinstance(error, HuitoukeError) else type(error).__name__
                log.error("turn_failed", conversation=turn.conversation, error=told, failures=failures)
                if not isinstance(error, (BrainRefused, StepTooLong)):
                    log.exception("turn_failed_unexpectedly", conversation=turn.conversation)
                if isinstance(error, StepTooLong) or (isinstance(error, BrainRefused) and error.final):
                    failures = TRIES_WHEN_IT_FAILS
            if failures >= TRIES_WHEN_IT_FAILS and await self._park(turn):
                return
            grace = min(GRACE_SECONDS, self._honest_after) - (time.monotonic() - began)
            if not turn.apologised and grace <= 0:
                turn = await self._apologise(turn)
            await self._pause(attempt, LONGEST_PAUSE_SECONDS if turn.apologised else grace)
            if not await self._still_mine(turn):
                return

    async def _taken(self, turn: Waiting, *, suspect: bool) -> Waiting:
        """Ask and store. What failed before is asked alone among its like: of several turns that a brain
        was lost with, only the guilty one is lost with it again.
        """
        if suspect:
            async with self._suspects:
                answer, turn = await self._ask(turn)
        else:
            answer, turn = await self._ask(turn)
        await in_steps(self._store(turn, answer), STEP_SECONDS)
        return turn

    async def _count_failure(self, turn: Waiting, so_far: int) -> int:
        """How often the message has failed, in any process: a restart must not begin at nought."""
        try:
            async with self._database.write() as session:
                found = await session.scalar(
                    update(Message)
                    .where(Message.id == turn.message)
                    .values(attempts=Message.attempts + 1)
                    .returning(Message.attempts)
                )
        except Unavailable:
            found = None
        return found or so_far + 1

    async def _park(self, turn: Waiting) -> bool:
        """Give the message up: the customer hears of it, the house is told, and the next one has its turn."""
        try:
            await self._settle(turn, _at_a_loss(turn), None, state="failed")
        except Unavailable as error:
            log.warning("turn_not_parked", conversation=turn.conversation, error=error.message)
            return False
        log.error("turn_parked", conversation=turn.conversation, message=turn.message)
        if self._parked is not None:
            try:
                await self._parked(turn.conversation, turn.message)
            except Unavailable as error:
                log.warning("nobody_told_of_a_parked_turn", error=error.message)
        return True

    async def _limited(self, turn: Waiting) -> Waiting:
        """The turn with how many messages may still be sent, on a channel that limits them."""
        if self._allowance is None or turn.turn.metadata["channel"] in FETCHING_CHANNELS:
            return turn
        try:
            found = await self._allowance(turn.conversation)
        except HuitoukeError as error:
            log.warning("allowance_unknown", conversation=turn.conversation, error=error.message)
            return turn
        if found.left is None:
            return turn
        told = {"left": found.left, "until": iso(found.until) if found.until else None}
        return replace(turn, turn=replace(turn.turn, metadata={**turn.turn.metadata, "allowance": told}))

    async def _ask(self, turn: Waiting) -> tuple[Answer, Waiting]:
        """Ask the brain; past `honest_after` seconds tell the customer, and go on waiting."""
        task = asyncio.ensure_future(self._brain.take(turn.turn))
        try:
            done, _ = await asyncio.wait({task}, timeout=self._honest_after)
            if not done and not turn.apologised:
                turn = await self._apologise(turn)
            return await task, turn
        finally:
            if not task.done():
                task.cancel()

    async def _pause(self, attempt: int, longest: float) -> None:
        """Wait before the next attempt: a little, and until a brain answers (`longest` seconds at most)."""
        await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
        try:
            async with asyncio.timeout(max(0.0, longest)):
                await self._brain.wait_ready()
        except TimeoutError:
            return

    async def _still_mine(self, turn: Waiting) -> bool:
        """Renew the lease; False when the message no longer waits, or another worker took over."""
        try:
            async with self._database.read() as session:
                state = await session.scalar(select(Message.state).where(Message.id == turn.message))
            return state == "waiting" and await self._take_lease(turn.conversation)
        except Unavailable:
            return True  # the next attempt finds out

    async def _store(self, turn: Waiting, answer: Answer) -> None:
        """Log the answer. A brain that says nothing must not leave the customer without a word."""
        parse = {**answer.parse, "actions": list(answer.actions)} if answer.parse else None
        if not self._desk.cares(answer):
            await self._settle(turn, answer.messages or _at_a_loss(turn), parse, state="done")
            return
        lease = self.lease()
        try:
            async with self._database.write() as session:
                reaction = await self._weighed(session, turn, answer, lease.now)
                settled = await store_answer(
                    session, turn, _said(turn, answer, reaction), parse, lease, says=reaction.says
                )
        except AlreadyAnswered:
            return
        self._publish(turn, settled)
        self._desk.committed(turn.conversation)

    async def _weighed(self, session: WriteSession, turn: Waiting, answer: Answer, now: datetime) -> Reaction:
        """What the desk makes of an answer; one that comes too late is none of its business."""
        _row = await message_log.locked(session, turn.conversation)  # held, so that the desk finds it read
        if not await message_log.waits(session, turn.message):
            return Reaction(keep=True)
        return await self._desk.answered(
            session, turn.conversation, turn.owner_version, answer, now
        ) or Reaction(keep=True)

    async def _settle(
        self, turn: Waiting, contents: tuple[Content, ...], parse: Mapping[str, Any] | None, *, state: str
    ) -> None:
        try:
            async with self._database.write() as session:
                settled = await store_answer(session, turn, contents, parse, self.lease(), state=state)
        except AlreadyAnswered:
            return
        self._publish(turn, settled)

    def _publish(self, turn: Waiting, settled: Settled) -> None:
        if settled.discarded:
            log.info("late_answer_discarded", conversation=turn.conversation)
        self._hub.publish(turn.conversation, VerifiedChanged(settled.verified))
        self._hub.publish(turn.conversation, MessagesAdded(settled.added))

    async def _apologise(self, turn: Waiting) -> Waiting:
        """Tell the customer once per outage that the answer is late; the turn remembers that they know."""
        if turn.is_event:
            return turn
        now = self._clock()
        added: list[LoggedMessage] = []
        try:
            async with self._database.write() as session:
                row = await message_log.locked(session, turn.conversation)
                if row.apologised_at is None and bot_may_answer(row, turn.owner_version):
                    row.apologised_at = now
                    row.worker_until = now + LEASE
                    added = message_log.append(session, row, [Draft("system", sentences.LATE)], now)
        except Unavailable:
            return turn
        self._hub.publish(turn.conversation, MessagesAdded(tuple(added)))
        return replace(turn, apologised=True)

    async def _renew(self) -> None:
        """Keep the leases of the conversations whose turns are being taken."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self._change_leases(list(self._running), worker_until=self._clock() + LEASE)
            except Unavailable as error:
                log.warning("renewal_failed", error=error.message)

    async def _change_leases(self, conversations: list[ConversationId], **values: Any) -> None:
        for start in range(0, len(conversations), CHUNK):
            async with self._database.write() as session:
                await session.execute(
                    update(Conversation)
                    .where(
                        Conversation.id.in_(conversations[start : start + CHUNK]),
                        Conversation.worker == self.worker,
                    )
                    .values(**values)
                )

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
                .limit(CHUNK)
            )
            return [ConversationId(id_) for id_ in rows]


def _said(turn: Waiting, answer: Answer, reaction: Reaction) -> tuple[Content, ...]:
    """What is said of an answer; the house's own words are enough where the bot has none."""
    if not reaction.keep:
        return ()
    return answer.messages or (() if reaction.says else _at_a_loss(turn))


def _at_a_loss(turn: Waiting) -> tuple[Content, ...]:
    """What is said when the bot has no words: nothing to who wrote nothing."""
    return () if turn.is_event else (sentences.NOT_UNDERSTOOD,)
