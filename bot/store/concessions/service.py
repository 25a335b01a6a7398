"""Give a concession within its published rule; beyond it only with a second person's yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Forbidden, NotFound
from bot.kit.ids import ComplaintId, CustomerId
from bot.store.complaints.models import Complaint
from bot.store.concessions.models import Concession, ConcessionRule
from bot.store.customers.models import Customer
from bot.store.held.service import hold_money
from bot.store.points.service import earn
from bot.store.requests.service import Note, already_done, done

YEAR = timedelta(days=365)


class BeyondRule(Forbidden):
    """This is more than the rule allows: a colleague has to approve it."""

    code = "beyond_rule"


@dataclass(frozen=True, slots=True)
class Room:
    """What a rule still allows for one customer: how much each time, how often within 365 days."""

    rule: str
    name: str
    unit: str
    limit_each: int
    times_left: int


async def give_concession(
    session: WriteSession,
    customer_id: CustomerId,
    rule_code: str,
    amount: int,
    note: Note,
    *,
    complaint_id: ComplaintId | None = None,
    expires_at: datetime | None = None,
) -> Concession:
    """Give `amount` points, or fen that are held for the customer; `note.approved_by` said yes beyond it."""
    if amount <= 0:
        raise BadInput("A concession is above zero.")
    known = await already_done(session, note, "concession", customer_id, rule_code, amount, complaint_id)
    if known is not None:
        return await session.get_one(Concession, known)
    await _check_complaint(session, customer_id, complaint_id)
    # Two concessions at once would both see the same room: the customer's row lets one through at a time.
    await session.execute(select(Customer.id).where(Customer.id == customer_id).with_for_update())
    room = await room_for(session, customer_id, rule_code, note.at)
    within = amount <= room.limit_each and room.times_left > 0
    if not within and (note.approved_by is None or note.approved_by == note.actor):
        raise BeyondRule
    if room.unit == "points":
        posted = await earn(session, customer_id, amount, note, expires_at)
    else:
        posted = await hold_money(session, customer_id, amount, note)
    row = Concession(
        customer_id=customer_id,
        complaint_id=complaint_id,
        rule_code=rule_code,
        amount=amount,
        within_rule=within,
        given_by=note.actor,
        approved_by=note.approved_by,
        transaction_id=posted.transaction_id,
        at=note.at,
    )
    session.add(row)
    await session.flush()
    await done(session, note, row.id)
    return row


async def room_for(session: AsyncSession, customer_id: CustomerId, rule_code: str, now: datetime) -> Room:
    """What the rule allows this customer now. The rule is the same for everybody."""
    rule = await session.get(ConcessionRule, rule_code)
    if rule is None or not rule.offered:
        raise NotFound("There is no such rule.")
    given = select(func.count()).where(
        Concession.customer_id == customer_id, Concession.rule_code == rule_code, Concession.at > now - YEAR
    )
    used = (await session.execute(given)).scalar_one()
    return Room(rule.code, rule.name, rule.unit, rule.limit_each, max(rule.times - used, 0))


async def _check_complaint(
    session: WriteSession, customer_id: CustomerId, complaint_id: ComplaintId | None
) -> None:
    if complaint_id is None:
        return
    owner = select(Complaint.customer_id).where(Complaint.id == complaint_id)
    if (await session.execute(owner)).scalar_one_or_none() != customer_id:
        raise NotFound("This customer has no such complaint.")
