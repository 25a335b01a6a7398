"""Somebody whom care has something to tell: a customer made for one test, in a place where it is noon."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import select, update

from bot.care.care import Care
from bot.care.models import Occurrence
from bot.conversations import log as message_log
from bot.conversations.log import Draft, Event
from bot.conversations.models import Conversation, Message
from bot.kit.clock import system_now
from bot.kit.db import Database
from bot.kit.ids import ConversationId, CustomerId
from bot.messages import Allowance, Content
from bot.store.care.models import CareSnooze
from bot.store.consents.service import decision
from bot.store.customers.models import Customer
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.identities.models import ChannelIdentity
from bot.store.points.reads import points_summary
from bot.store.points.service import earn
from bot.store.requests.service import Note
from tests.acceptance.house import DemoCustomer, House

_numbers = count(1)


class Nobody:
    """Planning asks no channel."""

    async def allowance(self, conversation: ConversationId) -> Allowance:
        raise AssertionError(conversation)


class Told:
    """One customer of the running house, and what the store holds about them."""

    def __init__(self, house: House, database: Database, who: DemoCustomer, id_: CustomerId) -> None:
        self.house = house
        self.database = database
        self.who = who
        self.id = id_

    async def gets_points(self, amount: int, days: int) -> None:
        """Points that end in so many days; then what is due is planned, and the house sends it.

        Care waits until a customer has been silent for a while: what they wrote is long ago then.
        """
        now = system_now()
        async with self.database.write() as session:
            mine = select(Conversation.id).join(
                ChannelIdentity, ChannelIdentity.id == Conversation.identity_id
            )
            await session.execute(
                update(Message)
                .where(
                    Message.conversation_id.in_(mine.where(ChannelIdentity.customer_id == self.id)),
                    Message.author == "customer",
                )
                .values(created_at=now - timedelta(hours=1))
            )
            key = f"acceptance:{self.id}:{next(_numbers)}"
            await earn(session, self.id, amount, Note(key, now, "test"), now + timedelta(days=days))
        await Care(self.database, system_now, Nobody(), company="", demo=True).plan()

    async def points(self) -> int:
        async with self.database.read() as session:
            return (await points_summary(session, self.id, system_now())).total

    async def is_no_longer_verified(self) -> None:
        """The proof is over; the visitor stays known."""
        async with self.database.write() as session:
            await session.execute(
                update(ChannelIdentity)
                .where(ChannelIdentity.customer_id == self.id)
                .values(level="known", verified_until=None)
            )

    async def snoozed_until(self) -> list[datetime]:
        async with self.database.read() as session:
            rows = await session.scalars(select(CareSnooze.until).where(CareSnooze.customer_id == self.id))
            return list(rows)

    async def decided(self, purpose: str) -> str | None:
        async with self.database.read() as session:
            return await decision(session, self.id, purpose)

    async def outcomes(self) -> list[tuple[str, str | None]]:
        """What became of everything that was planned for them, oldest first: state and reason."""
        async with self.database.read() as session:
            mine = select(Occurrence.state, Occurrence.reason).where(Occurrence.customer_id == self.id)
            return [(row[0], row[1]) for row in await session.execute(mine.order_by(Occurrence.id))]


@asynccontextmanager
async def opened(house: House) -> AsyncGenerator[Database]:
    """The house's database."""
    database = Database(house.settings.database)
    try:
        yield database
    finally:
        await database.close()


async def notice(database: Database, conversation: str, trigger: str) -> None:
    """Put a notice of a trigger into a conversation, as care would, without the facts of anybody."""
    facts = {
        "care_id": next(_numbers),
        "customer": 1,
        "trigger": trigger,
        "occurrence": "test",
        "number": "TS0",
        "project": "none",
        "about": "complaint:TS0",
    }
    async with database.write() as session:
        row = await message_log.locked(session, ConversationId(conversation))
        draft = Draft("bot", Content("有一条提醒"), event=Event(f"EXTERNAL_{trigger}", facts))
        message_log.append(session, row, [draft], system_now())


@asynccontextmanager
async def somebody(house: House, name: str, points: int = 0) -> AsyncGenerator[Told]:
    """A new customer with points that do not end."""
    now = system_now()
    number = next(_numbers)
    who = DemoCustomer(name, f"1380000{number:04d}", f"HM9900{number:04d}", "", "")
    async with opened(house) as database:
        async with database.write() as session:
            new = NewCustomer(
                name,
                phone=who.phone,
                member_number=who.member_number,
                external_id=f"demo-{who.member_number}",
            )
            id_ = await add_customer(session, new, now)
            at_noon = {"time_zone": _where_it_is_noon(now)}
            await session.execute(update(Customer).where(Customer.id == id_).values(at_noon))
            if points:
                await earn(session, id_, points, Note(f"acceptance:{id_}", now, "test"), None)
        yield Told(house, database, who, id_)


def _where_it_is_noon(now: datetime) -> str:
    """A zone in the middle of its day, so that quiet hours never depend on when the tests run."""
    ahead = 12 - now.hour
    return "Etc/GMT" if ahead == 0 else f"Etc/GMT{-ahead:+d}"
