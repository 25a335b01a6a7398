"""What has to be known of customers before anything is decided, for many at once in a few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.care.models import Occurrence
from bot.care.rules import Told
from bot.care.triggers import all_triggers
from bot.conversations.models import Conversation, Message
from bot.kit.ids import ConversationId, CustomerId
from bot.store.care.models import CareSnooze
from bot.store.complaints.models import Complaint
from bot.store.consents.models import Consent
from bot.store.consents.service import ANY
from bot.store.customers.models import Customer
from bot.store.identities.models import ChannelIdentity

REMEMBERED: Final = max((each.cool_down for each in all_triggers()), default=timedelta()) + timedelta(days=8)
"""Older messages matter to no cool-down and no cap."""


@dataclass(frozen=True, slots=True)
class Line:
    """A conversation over which a customer can be reached. `wrote_at`: the customer's last message in it."""

    conversation: ConversationId
    channel: str
    account: str
    channel_user: str
    owner: str
    verified: bool
    wrote_at: datetime | None


@dataclass(slots=True)
class Person:
    """A customer. `decisions`: the newest decision per purpose and channel; `told` grows as it is decided."""

    id: CustomerId
    name: str
    time_zone: str
    erased: bool
    lines: list[Line] = field(default_factory=list)
    decisions: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    snoozed: dict[str, datetime] = field(default_factory=dict)
    open_complaint: bool = False

    def decision(self, purpose: str, channel: str) -> str | None:
        """What this customer said last about a purpose on a channel; None: never asked."""
        found = [self.decisions.get((purpose, each)) for each in (ANY, channel)]
        newest = max((each for each in found if each is not None), default=None)
        return newest[1] if newest is not None else None

    @property
    def wrote_at(self) -> datetime | None:
        return max((line.wrote_at for line in self.lines if line.wrote_at is not None), default=None)


async def people(session: AsyncSession, customers: Sequence[int], now: datetime) -> dict[CustomerId, Person]:
    """All that deciding needs of `customers`, in six queries."""
    rows = select(Customer.id, Customer.name, Customer.time_zone, Customer.erased_at)
    found = {
        row.id: Person(row.id, row.name, row.time_zone, row.erased_at is not None)
        for row in await session.execute(rows.where(Customer.id.in_(customers)))
    }
    await _lines(session, found, now)
    await _consents(session, found)
    await _told(session, found, now)
    waiting = select(CareSnooze.customer_id, CareSnooze.trigger, CareSnooze.until)
    for row in await session.execute(
        waiting.where(CareSnooze.customer_id.in_(found), CareSnooze.taken_at.is_(None))
    ):
        found[row.customer_id].snoozed[row.trigger] = row.until
    complaints = select(Complaint.customer_id).where(
        Complaint.customer_id.in_(found), Complaint.state.not_in(("responded", "closed"))
    )
    for customer_id in await session.scalars(complaints):
        found[customer_id].open_complaint = True
    return found


async def _lines(session: AsyncSession, found: dict[CustomerId, Person], now: datetime) -> None:
    wrote = (
        select(Message.created_at)
        .where(Message.conversation_id == Conversation.id, Message.author == "customer")
        .order_by(Message.seq.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(
            ChannelIdentity.customer_id,
            Conversation.id,
            Conversation.channel,
            Conversation.account,
            Conversation.channel_user,
            Conversation.owner,
            ChannelIdentity.level,
            ChannelIdentity.verified_until,
            wrote.label("wrote_at"),
        )
        .join(Conversation, Conversation.identity_id == ChannelIdentity.id)
        .where(ChannelIdentity.customer_id.in_(found))
        .order_by(Conversation.id)
    )
    for row in rows:
        until = row.verified_until
        verified = row.level == "verified" and until is not None and until > now
        line = Line(
            ConversationId(row.id),
            row.channel,
            row.account,
            row.channel_user,
            row.owner,
            verified,
            row.wrote_at,
        )
        found[row.customer_id].lines.append(line)


async def _consents(session: AsyncSession, found: dict[CustomerId, Person]) -> None:
    newest = (
        select(func.max(Consent.id))
        .where(Consent.customer_id.in_(found))
        .group_by(Consent.customer_id, Consent.purpose, Consent.channel)
    )
    rows = select(Consent.id, Consent.customer_id, Consent.purpose, Consent.channel, Consent.decision)
    for row in await session.execute(rows.where(Consent.id.in_(newest))):
        found[row.customer_id].decisions[row.purpose, row.channel] = (row.id, row.decision)


async def _told(session: AsyncSession, found: dict[CustomerId, Person], now: datetime) -> None:
    rows = await session.execute(
        select(
            Occurrence.customer_id,
            Occurrence.trigger,
            Occurrence.sent_at,
            Occurrence.state,
            Occurrence.marketing,
        ).where(Occurrence.customer_id.in_(found), Occurrence.sent_at > now - REMEMBERED)
    )
    for row in rows:
        told = Told(row.trigger, row.sent_at, bool(row.marketing), row.state != "held_out")
        found[row.customer_id].told.append(told)
