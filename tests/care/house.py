"""Care with everything it stands on; channels let everything through, and agents are told into a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.care.care import Care
from bot.care.models import Occurrence
from bot.conversations.models import Conversation, Message
from bot.kit.clock import FakeClock
from bot.kit.db import Database, WriteSession
from bot.kit.ids import ConversationId, CustomerId, IdentityId, new_conversation_id
from bot.messages import Allowance
from bot.store.consents.service import NewConsent, record_consent
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.identities.models import ChannelIdentity, IdentityBinding


@dataclass
class Channels:
    """What channels let through; everything, unless a test says otherwise."""

    allowances: dict[ConversationId, Allowance] = field(default_factory=dict)

    async def allowance(self, conversation: ConversationId) -> Allowance:
        return self.allowances.get(conversation, Allowance())


@dataclass
class Desk:
    """Agents who are told."""

    told: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    async def tell(
        self, session: WriteSession, row: Conversation, words: str, key: str, now: datetime
    ) -> bool:
        self.told.setdefault(key, (words, now))
        return True

    def committed(self, conversation: ConversationId) -> None:
        """Nobody listens here."""


@dataclass
class House:
    """A company with care."""

    database: Database
    clock: FakeClock
    channels: Channels = field(default_factory=Channels)
    desk: Desk = field(default_factory=Desk)

    def __post_init__(self) -> None:
        self.care = Care(
            self.database, self.clock, self.channels, company="回头客商城", demo=True, agents=self.desk
        )

    async def customer(
        self,
        name: str = "王小明",
        *,
        zone: str = "Asia/Shanghai",
        verified: bool = True,
        marketing: str | None = None,
        channel: str | None = "web",
    ) -> CustomerId:
        """A customer with a conversation in `channel`."""
        now = self.clock()
        async with self.database.write() as session:
            who = await add_customer(session, NewCustomer(name, time_zone=zone), now)
            if channel is not None:
                await a_line(session, who, now, channel=channel, verified=verified)
            if marketing is not None:
                await say(session, who, "marketing", marketing, now)
        return who

    async def hour(self) -> dict[str, int]:
        """Plan, send, and let the bot take its turns."""
        await self.care.plan()
        decided = await self.care.send()
        if decided.get("sent") or self.care.hands.notices is not None:
            async with self.database.write() as session:
                await session.execute(update(Message).where(Message.state == "waiting").values(state="done"))
        return decided

    async def pass_hours(self, hours: int) -> None:
        for _ in range(hours):
            self.clock.advance(timedelta(hours=1))
            await self.hour()

    async def sent(self, who: CustomerId | None = None) -> list[Message]:
        """What care said, oldest first."""
        statement = (
            select(Message)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)
            .where(Message.channel_message_id.like("care:%"))
            .order_by(Message.created_at, Message.id)
        )
        if who is not None:
            statement = statement.where(ChannelIdentity.customer_id == who)
        async with self.database.read() as session:
            return list(await session.scalars(statement))

    async def triggers_sent(self, who: CustomerId) -> list[str]:
        return [message.content["entities"]["trigger"] for message in await self.sent(who)]

    async def occurrences(self, who: CustomerId, trigger: str) -> list[Occurrence]:
        statement = select(Occurrence).where(Occurrence.customer_id == who, Occurrence.trigger == trigger)
        async with self.database.read() as session:
            return list(await session.scalars(statement.order_by(Occurrence.id)))


async def a_line(
    session: WriteSession, who: CustomerId, now: datetime, *, channel: str = "web", verified: bool = True
) -> ConversationId:
    """A conversation over which the customer can be reached."""
    identity = ChannelIdentity(
        channel=channel,
        account="default",
        channel_user=f"{channel}-{who}",
        customer_id=who,
        level="verified",
        verified_at=now,
        verified_until=now + timedelta(days=400 if verified else -1),
        created_at=now,
    )
    session.add(identity)
    await session.flush()
    proof = IdentityBinding(identity_id=IdentityId(identity.id), customer_id=who, proof="code", at=now)
    row = Conversation(
        id=new_conversation_id(),
        channel=channel,
        account="default",
        channel_user=identity.channel_user,
        identity_id=identity.id,
        locale="zh-CN",
        time_zone="Asia/Shanghai",
        owner="bot",
        last_seq=0,
        seen_seq=0,
        created_at=now,
        last_message_at=now,
    )
    session.add_all((proof, row))
    await session.flush()
    return ConversationId(row.id)


async def say(session: WriteSession, who: CustomerId, purpose: str, decision: Any, now: datetime) -> None:
    """A decision about consent."""
    key = f"{who}:{purpose}:{decision}:{now.isoformat()}"
    await record_consent(session, NewConsent(who, purpose, decision, "v1", "test", "customer"), key[:80], now)


@pytest.fixture
def house(database: Database, clock: FakeClock) -> House:
    """A company with care, at the store's `NOW`: ten in the morning in Shanghai."""
    return House(database, clock)
