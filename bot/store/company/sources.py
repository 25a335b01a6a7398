"""Where answers come from: our tables, or the company's service. Both give the same dataclasses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar
from urllib.parse import quote

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import zone
from bot.kit.ids import CardId, ComplaintId, CustomerId
from bot.store.cards.reads import Balance, CardBalance, balance_by_card, validity
from bot.store.company.client import CompanyClient, CompanyServiceDown, UnknownThere
from bot.store.company.shapes import Card, Cards, Complaints, OneComplaint, Points, Shape
from bot.store.complaints.reads import ComplaintStatus, TimelineEntry, complaint_status
from bot.store.complaints.steps import APPEAL, FIRST_REPLY, OPEN, STATE_TEXT, next_step
from bot.store.customers.models import Customer
from bot.store.dates import end_of_day
from bot.store.points.reads import ExpiringPoints, NextTier, PointsSummary, points_summary

S = TypeVar("S", bound=Shape)


class Source(Protocol):
    """Answers about one customer, whose right to know has been checked. `remote`: not our own tables."""

    @property
    def remote(self) -> bool: ...

    async def points(self, session: AsyncSession, customer_id: CustomerId, now: datetime) -> PointsSummary:
        """See `points_summary`."""
        ...

    async def balance(self, session: AsyncSession, customer_id: CustomerId, now: datetime) -> Balance:
        """See `balance_by_card`."""
        ...

    async def complaint(
        self, session: AsyncSession, customer_id: CustomerId, number: str | None, now: datetime
    ) -> ComplaintStatus | None:
        """See `complaint_status`."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...


class OwnTables:
    """Our own store."""

    remote = False

    async def points(self, session: AsyncSession, customer_id: CustomerId, now: datetime) -> PointsSummary:
        """See Source."""
        return await points_summary(session, customer_id, now)

    async def balance(self, session: AsyncSession, customer_id: CustomerId, now: datetime) -> Balance:
        """See Source."""
        return await balance_by_card(session, customer_id, now)

    async def complaint(
        self, session: AsyncSession, customer_id: CustomerId, number: str | None, now: datetime
    ) -> ComplaintStatus | None:
        """See Source."""
        return await complaint_status(session, customer_id, number, now)

    async def close(self) -> None:
        """See Source."""


class CompanyService:
    """The company's service, which knows our customers by their external id.

    CompanyServiceDown when it does not answer in time or not as agreed; UnknownThere when it has no such
    customer. Call it outside a write transaction: nobody should wait for a lock while we wait for a network.
    """

    remote = True

    def __init__(self, client: CompanyClient) -> None:
        self._client = client

    async def points(self, session: AsyncSession, customer_id: CustomerId, now: datetime) -> PointsSummary:
        """See Source."""
        external, _ = await _who(session, customer_id)
        said = await self._ask(Points, external, "points")
        return PointsSummary(
            total=said.total,
            tier=said.tier,
            expiring=tuple(
                ExpiringPoints(each.points, each.on)
                for each in sorted(said.expiring, key=lambda each: each.on)
            ),
            earned_in_period=said.earned_in_period,
            next_tier=NextTier(said.next_tier.name, said.next_tier.missing) if said.next_tier else None,
        )

    async def balance(self, session: AsyncSession, customer_id: CustomerId, now: datetime) -> Balance:
        """See Source."""
        external, zone_name = await _who(session, customer_id)
        said = await self._ask(Cards, external, "balance")
        cards = [_card(card, place, zone_name, now) for place, card in enumerate(said.cards, start=1)]
        cards.sort(key=lambda card: card.state == "expired")
        usable = [card for card in cards if card.state != "expired" and not card.blocked]
        return Balance(tuple(cards), sum(card.principal + card.bonus for card in usable), said.held)

    async def complaint(
        self, session: AsyncSession, customer_id: CustomerId, number: str | None, now: datetime
    ) -> ComplaintStatus | None:
        """See Source. A complaint that was filed here is known here, whatever the company's service knows."""
        own = await complaint_status(session, customer_id, number, now)
        theirs = await self._complaint(session, customer_id, number, now)
        if own is None or theirs is None:
            return own or theirs
        open_ones = [each for each in (theirs, own) if each.state in OPEN]
        chosen, other = (own, theirs) if open_ones == [own] else (theirs, own)
        more = other.others_open + (other.state in OPEN)
        return replace(chosen, others_open=chosen.others_open + more)

    async def _complaint(
        self, session: AsyncSession, customer_id: CustomerId, number: str | None, now: datetime
    ) -> ComplaintStatus | None:
        external, zone_name = await _who(session, customer_id)
        said = (await self._ask(Complaints, external, "complaints")).complaints
        ordered = sorted(said, key=lambda each: (each.state not in OPEN, -each.received_at.timestamp()))
        wanted = number.strip().upper() if number else None
        chosen = next((each for each in ordered if wanted in (None, each.number.upper())), None)
        if chosen is None:
            return None
        others = sum(1 for each in said if each.state in OPEN and each is not chosen)
        return _status(chosen, zone_name, others, now)

    async def close(self) -> None:
        """See Source."""
        await self._client.close()

    async def _ask(self, shape: type[S], external: str, what: str) -> S:
        answer = await self._client.get(f"/customers/{quote(external, safe='')}/{what}")
        try:
            return shape.model_validate(answer)
        except ValidationError as error:
            raise CompanyServiceDown(None, what=what, mistakes=error.error_count()) from error


def make_source(url: str, secret: str, timeout: float = 2.0) -> Source:
    """The company's service at `url`, or our own tables when it is empty."""
    return CompanyService(CompanyClient(url, secret, timeout=timeout)) if url else OwnTables()


async def _who(session: AsyncSession, customer_id: CustomerId) -> tuple[str, str]:
    """The customer's id at the company, and their time zone."""
    statement = select(Customer.external_id, Customer.time_zone).where(Customer.id == customer_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None or row.external_id is None:
        raise UnknownThere
    return row.external_id, row.time_zone


def _card(card: Card, place: int, zone_name: str, now: datetime) -> CardBalance:
    until = end_of_day(card.valid_until, zone_name) if card.valid_until else None
    return CardBalance(
        card_id=CardId(-place),  # not one of our rows
        number=card.number,
        type=card.type,
        principal=card.principal,
        bonus=card.bonus,
        held=card.held,
        valid_until=card.valid_until,
        state=validity(until, now),
        blocked=card.blocked,
        transferable=card.transferable,
        hall_until=card.hall_until,
    )


def _status(said: OneComplaint, zone_name: str, others: int, now: datetime) -> ComplaintStatus:
    due, appeal_from = said.received_at + FIRST_REPLY, said.received_at + APPEAL
    may_appeal = said.state in OPEN and now >= appeal_from
    due_text = f"{due.astimezone(zone(zone_name)):%m月%d日 %H:%M}"
    own_words = next_step(
        said.state,
        replied=said.first_reply_at is not None,
        due=due,
        now=now,
        appeal=may_appeal,
        due_text=due_text,
    )
    return ComplaintStatus(
        complaint_id=ComplaintId(0),  # not one of our rows
        number=said.number,
        subject=said.subject,
        state=said.state,
        state_text=STATE_TEXT[said.state],
        received_at=said.received_at,
        first_reply_due=due,
        first_reply_at=said.first_reply_at,
        overdue=(said.first_reply_at or now) > due,
        appeal_from=appeal_from,
        may_appeal=may_appeal,
        owner=said.owner,
        timeline=tuple(
            TimelineEntry(each.at, each.text) for each in sorted(said.timeline, key=lambda each: each.at)
        ),
        next_step=said.next_step or own_words,
        others_open=others,
    )
