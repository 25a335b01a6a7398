"""Messages by a template of the platform, for who may not be written to now.

The call goes out of the house, so it cannot be part of a transaction: it is claimed for a while, made under a
key of its own (the outlet sends a key once), and then written down together with its line in the log. What
was not begun soon after its decision, or would arrive at night, is decided anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.care.deciding import Matter
from bot.care.handing import NO_PRESSURE, Hands, draft_of
from bot.care.keywords import notice_values
from bot.care.models import DecisionMade, Occurrence
from bot.care.rules import Rules, quiet_until
from bot.care.settings import TriggerBook, is_paused
from bot.care.triggers import trigger_named
from bot.conversations import log as message_log
from bot.conversations.models import Conversation
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession
from bot.kit.errors import BadInput, DeliveryUnknown, Held, HuitoukeError, Unavailable
from bot.kit.ids import ConversationId
from bot.messages import ChannelUser, Notice
from bot.store.customers.models import Customer

log = structlog.get_logger(__name__)

CLAIM: Final = timedelta(seconds=60)
"""A process that dies in the call is followed by another after so long; the outlet knows what it sent."""
FRESH: Final = timedelta(minutes=10)
"""A decision holds for so long: then caps, consents and whether it is still true are looked at again."""
AGAIN: Final = timedelta(minutes=15)
QUOTA_AGAIN: Final = timedelta(hours=6)
AT_ONCE: Final = 50


class NoticeSender:
    """Sends for one process. Several may run one each."""

    def __init__(
        self, database: Database, clock: Clock, book: TriggerBook, hands: Hands, rules: Rules
    ) -> None:
        self._database = database
        self._clock = clock
        self._book = book
        self._hands = hands
        self._rules = rules

    async def send_due(self) -> int:
        """Send the notices that wait; how many were tried."""
        if self._hands.notices is None:
            return 0
        claimed = await self._claim()
        for number in claimed:
            await self._send(number)
        return len(claimed)

    async def _claim(self) -> list[int]:
        now = self._clock()
        due = select(Occurrence.id).where(Occurrence.state == "sending", Occurrence.due_at <= now)
        async with self._database.read() as session:
            if (await is_paused(session)).paused:
                return []
            due = due.where(Occurrence.trigger.in_(await self._switched_on(session)))
            numbers = list(await session.scalars(due.order_by(Occurrence.due_at).limit(AT_ONCE)))
        if not numbers:
            return []
        async with self._database.write() as session:
            taken = await session.scalars(
                update(Occurrence)
                .where(Occurrence.id.in_(numbers), Occurrence.state == "sending", Occurrence.due_at <= now)
                .values(due_at=now + CLAIM, tries=Occurrence.tries + 1)
                .returning(Occurrence.id)
                .execution_options(synchronize_session=False)
            )
            return list(taken)

    async def _switched_on(self, session: AsyncSession) -> list[str]:
        return [each.trigger.name for each in await self._book.all(session) if each.enabled]

    async def _send(self, number: int) -> None:
        notices = self._hands.notices
        assert notices is not None
        async with self._database.read() as session:
            row = await session.get_one(Occurrence, number)
            line = await session.get_one(Conversation, row.conversation_id)
            who = await session.get_one(Customer, row.customer_id)
        trigger, now = trigger_named(row.trigger), self._clock()
        if row.state != "sending" or row.sent_at is None:
            return  # whoever took it over was quicker
        at_night = quiet_until(now, who.time_zone, self._rules) is not None
        if (at_night or now - row.sent_at > FRESH) and not await notices.begun(f"care:{row.id}"):
            await self._take_back(number)
            return
        text = row.text or trigger.brief
        notice = Notice(
            key=f"care:{row.id}",
            account=line.account,
            channel_user=ChannelUser(line.channel_user),
            template=trigger.name,
            values=notice_values(
                trigger, row.facts, text, customer=who.name, time_zone=who.time_zone, now=now
            ),
            purpose="marketing" if row.marketing else "service",
        )
        try:
            await notices.notify(notice)
        except DeliveryUnknown as error:
            await self._end(number, "unknown", "unknown", error.message)
        except Unavailable as error:
            await self._park(number, "down", error.message, now + AGAIN)
        except Held as error:
            await self._park(number, "quota", error.message, now + QUOTA_AGAIN)
        except BadInput as error:
            await self._park(number, "no_template", error.message, now + timedelta(days=1))
        except HuitoukeError as error:
            await self._end(number, "suppressed", "left", error.message)
        else:
            await self._arrived(number)

    async def _arrived(self, number: int) -> None:
        """Write it down, with its line in the log and the event for the bot."""
        async with self._database.write() as session:
            row = await _mine(session, number)
            if row is None or row.conversation_id is None:
                return
            now = self._clock()
            matter = Matter(trigger_named(row.trigger), row.key, row.facts, row.expires_at)
            held = await message_log.locked(session, ConversationId(row.conversation_id))
            added = message_log.append(session, held, [draft_of(row, matter, delivered=True)], now)
            row.state, row.reason, row.seq = "sent", "sent", added[0].seq
            row.sent_at = row.delivered_at = now
            handing = self._hands.begin(session, now, NO_PRESSURE)
            await handing.went_out(row, matter)
            handing.said[ConversationId(held.id)] = added
            _note(session, row, now)
        self._hands.committed(handing)

    async def _park(self, number: int, reason: str, problem: str, again: datetime) -> None:
        """Not sent: it is decided anew later, with the reason to be seen until then."""
        async with self._database.write() as session:
            row = await _mine(session, number)
            if row is None:
                return
            row.state = "parked" if again < row.expires_at else "suppressed"
            row.reason, row.problem, row.due_at = reason, problem[:200], again
            row.sent_at = row.marketing = None
            _note(session, row, self._clock(), again if row.state == "parked" else None)

    async def _take_back(self, number: int) -> None:
        """It comes up again at once, to be decided as things are now."""
        async with self._database.write() as session:
            row = await _mine(session, number)
            if row is None:
                return
            now = self._clock()
            row.state, row.reason, row.due_at = "deferred", "not_in_time", now
            row.sent_at = row.marketing = None
            _note(session, row, now, now)

    async def _end(self, number: int, state: str, reason: str, problem: str) -> None:
        async with self._database.write() as session:
            row = await _mine(session, number)
            if row is None:
                return
            row.state, row.reason, row.problem = state, reason, problem[:200]
            if state == "suppressed":
                row.sent_at = row.marketing = None
            _note(session, row, self._clock())


async def _mine(session: WriteSession, number: int) -> Occurrence | None:
    """The row, locked, unless somebody else has brought it to an end."""
    statement = select(Occurrence).where(Occurrence.id == number, Occurrence.state == "sending")
    return await session.scalar(statement.with_for_update())


def _note(session: WriteSession, row: Occurrence, now: datetime, until: datetime | None = None) -> None:
    session.add(DecisionMade(occurrence_id=row.id, at=now, outcome=row.state, reason=row.reason, until=until))
