"""What a customer may ask about their complaints, and which ones need somebody now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import zone
from bot.kit.ids import ComplaintId, CustomerId
from bot.store.complaints.models import Complaint, ComplaintEvent, State
from bot.store.complaints.steps import FIRST_REPLY, OPEN, STATE_TEXT, next_step
from bot.store.customers.models import Customer


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One step the customer may see."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class ComplaintStatus:
    """Where a complaint stands. `overdue`: the first reply is (or was) later than promised."""

    complaint_id: ComplaintId
    number: str
    subject: str
    state: State
    state_text: str
    received_at: datetime
    first_reply_due: datetime
    first_reply_at: datetime | None
    overdue: bool
    appeal_from: datetime
    may_appeal: bool
    owner: str | None
    timeline: tuple[TimelineEntry, ...]
    next_step: str
    others_open: int


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """A complaint in a list."""

    number: str
    subject: str
    state: State
    state_text: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A complaint that waits for its first reply."""

    complaint_id: ComplaintId
    number: str
    customer_id: CustomerId
    received_at: datetime
    first_reply_due: datetime
    green_channel: bool
    owner: str | None


async def complaint_status(
    session: AsyncSession, customer_id: CustomerId, number: str | None, now: datetime
) -> ComplaintStatus | None:
    """The customer's complaint with this number; without one, the newest open one, else the newest.

    None when there is none: another customer's number looks exactly like one that does not exist.
    """
    rows = (await session.execute(_newest_open_first(), {"customer": customer_id})).all()
    wanted = number.strip().upper() if number else None
    row = next((row for row in rows if wanted is None or row.number == wanted), None)
    if row is None:
        return None
    others = sum(1 for other in rows if other.state in OPEN and other.id != row.id)
    return _status(row, await _timeline(session, row.id), others, now)


async def complaint_list(
    session: AsyncSession, customer_id: CustomerId, limit: int = 10
) -> list[ComplaintLine]:
    """The customer's complaints, newest first."""
    statement = (
        select(Complaint.number, Complaint.subject, Complaint.state, Complaint.received_at)
        .where(Complaint.customer_id == customer_id)
        .order_by(Complaint.received_at.desc(), Complaint.id.desc())
        .limit(limit)
    )
    rows = (await session.execute(statement)).all()
    return [ComplaintLine(r.number, r.subject, r.state, STATE_TEXT[r.state], r.received_at) for r in rows]


async def unanswered(
    session: AsyncSession, now: datetime, older_than: timedelta = timedelta(hours=20), limit: int = 200
) -> list[Unanswered]:
    """Complaints without a first reply that came in `older_than` ago or earlier, most urgent first."""
    statement = (
        select(Complaint)
        .where(
            Complaint.first_reply_at.is_(None),
            Complaint.first_reply_due <= now - older_than + FIRST_REPLY,
        )
        .order_by(Complaint.first_reply_due)
        .limit(limit)
    )
    found = (await session.execute(statement)).scalars()
    return [
        Unanswered(c.id, c.number, c.customer_id, c.received_at, c.first_reply_due, c.green_channel, c.owner)
        for c in found
    ]


@cache  # building a statement costs as much as running it
def _newest_open_first() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Complaint.id,
            Complaint.number,
            Complaint.subject,
            Complaint.state,
            Complaint.received_at,
            Complaint.first_reply_due,
            Complaint.first_reply_at,
            Complaint.appeal_from,
            Complaint.owner,
            Customer.time_zone,
        )
        .join(Customer, Customer.id == Complaint.customer_id)
        .where(Complaint.customer_id == bindparam("customer"))
        .order_by(
            case((Complaint.state.in_(OPEN), 0), else_=1), Complaint.received_at.desc(), Complaint.id.desc()
        )
    )


@cache
def _public_steps() -> Select[datetime, str]:
    return (
        select(ComplaintEvent.at, ComplaintEvent.text)
        .where(ComplaintEvent.complaint_id == bindparam("complaint"), ComplaintEvent.public)
        .order_by(ComplaintEvent.at, ComplaintEvent.id)
    )


async def _timeline(session: AsyncSession, complaint_id: ComplaintId) -> tuple[TimelineEntry, ...]:
    rows = (await session.execute(_public_steps(), {"complaint": complaint_id})).all()
    return tuple(TimelineEntry(row.at, row.text) for row in rows)


def _status(
    complaint: Row[*tuple[Any, ...]], timeline: tuple[TimelineEntry, ...], others: int, now: datetime
) -> ComplaintStatus:
    replied: datetime | None = complaint.first_reply_at
    may_appeal = complaint.state in OPEN and now >= complaint.appeal_from
    state: State = complaint.state
    due_text = f"{complaint.first_reply_due.astimezone(zone(complaint.time_zone)):%m月%d日 %H:%M}"
    return ComplaintStatus(
        complaint_id=complaint.id,
        number=complaint.number,
        subject=complaint.subject,
        state=state,
        state_text=STATE_TEXT[state],
        received_at=complaint.received_at,
        first_reply_due=complaint.first_reply_due,
        first_reply_at=replied,
        overdue=(replied or now) > complaint.first_reply_due,
        appeal_from=complaint.appeal_from,
        may_appeal=may_appeal,
        owner=complaint.owner,
        timeline=timeline,
        next_step=next_step(
            state,
            replied=replied is not None,
            due=complaint.first_reply_due,
            now=now,
            appeal=may_appeal,
            due_text=due_text,
        ),
        others_open=others,
    )
