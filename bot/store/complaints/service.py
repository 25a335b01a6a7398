"""Open complaints and take them through their life. Each step has a key: sending it again changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import ComplaintId, CustomerId
from bot.store.complaints.models import ActorKind, Complaint, ComplaintEvent
from bot.store.complaints.steps import APPEAL, FIRST_REPLY, STEP_TEXT, STEPS, Step
from bot.store.counters.service import daily_number
from bot.store.customers.models import Customer, Tier


class WrongStep(Conflict):
    """A complaint in this state cannot take this step."""

    code = "wrong_step"


@dataclass(frozen=True, slots=True)
class By:
    """Who takes a step, when, and the key that makes it safe to send again."""

    kind: ActorKind
    name: str
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """What a customer complains about."""

    customer_id: CustomerId
    subject: str
    body: str
    channel: str
    category: str = "其他"


async def open_complaint(session: WriteSession, new: NewComplaint, by: By) -> Complaint:
    """Take in a complaint; the 24 hours start now. The same key returns the complaint it opened."""
    known = select(Complaint).where(Complaint.key == by.key)
    if existing := (await session.execute(known)).scalar_one_or_none():
        if existing.customer_id != new.customer_id:
            raise Conflict("This idempotency key belongs to another complaint.")
        return existing
    if not new.subject.strip() or not new.body.strip():
        raise BadInput("A complaint says what it is about: a subject and a text.")
    complaint = Complaint(
        number=await daily_number(session, "TS", by.at),
        key=by.key,
        customer_id=new.customer_id,
        channel=new.channel,
        category=new.category,
        subject=new.subject.strip()[:120],
        body=new.body.strip(),
        state="received",
        green_channel=await _is_key_account(session, new.customer_id),
        escalation=0,
        received_at=by.at,
        first_reply_due=by.at + FIRST_REPLY,
        appeal_from=by.at + APPEAL,
    )
    session.add(complaint)
    await session.flush()
    await _record(
        session, complaint, "open", by, f"{STEP_TEXT['open']}，编号 {complaint.number}", public=True
    )
    return complaint


async def acknowledge(session: WriteSession, complaint_id: ComplaintId, by: By) -> Complaint:
    """Confirm the receipt. This is no reply: the first-reply clock runs on."""
    return await take_step(session, complaint_id, "acknowledge", by)


async def reply(session: WriteSession, complaint_id: ComplaintId, text: str, by: By) -> Complaint:
    """A person's (or another substantive) answer to the customer. The first one stops the clock."""
    if not text.strip():
        raise BadInput("A reply needs a text.")
    if by.kind not in ("agent", "bot"):
        raise BadInput("A reply comes from an agent, or from the bot when it has a real answer.")
    return await take_step(session, complaint_id, "reply", by, text)


async def resolve(session: WriteSession, complaint_id: ComplaintId, text: str, by: By) -> Complaint:
    """Give the customer the result. It is also a first reply, if there was none."""
    if not text.strip():
        raise BadInput("A result needs a text.")
    return await take_step(session, complaint_id, "resolve", by, text)


async def assign(session: WriteSession, complaint_id: ComplaintId, owner: str, by: By) -> Complaint:
    """Make `owner` responsible."""
    complaint = await take_step(session, complaint_id, "assign", by, f"处理人：{owner}")
    complaint.owner = owner
    await session.flush()
    return complaint


async def take_step(
    session: WriteSession, complaint_id: ComplaintId, step: Step, by: By, text: str | None = None
) -> Complaint:
    """Take one step; WrongStep when the complaint's state does not allow it."""
    complaint = await session.get(Complaint, complaint_id, with_for_update=True, populate_existing=True)
    if complaint is None:
        raise NotFound("There is no such complaint.")
    done = select(ComplaintEvent.complaint_id, ComplaintEvent.step).where(ComplaintEvent.key == by.key)
    if event := (await session.execute(done)).one_or_none():
        if (event.complaint_id, event.step) != (complaint_id, step):
            raise Conflict("This idempotency key belongs to another step.")
        return complaint
    _apply(complaint, step, by)
    public = step not in ("note", "assign")
    await _record(session, complaint, step, by, text or STEP_TEXT[step], public=public)
    return complaint


def _apply(complaint: Complaint, step: Step, by: By) -> None:
    starts, leads_to = STEPS[step]
    if complaint.state not in starts:
        raise WrongStep(f"A complaint that is {complaint.state} cannot {step}.")
    if step in ("reply", "resolve") and complaint.first_reply_at is None:
        complaint.first_reply_at = by.at
    if leads_to is not None:
        complaint.state = leads_to
    if step == "escalate":
        complaint.escalation += 1
    if step == "resolve":
        complaint.responded_at = by.at
    complaint.closed_at = by.at if step == "close" else None if step == "reopen" else complaint.closed_at
    if step == "reopen":
        complaint.responded_at = None


async def _record(
    session: WriteSession, complaint: Complaint, step: Step, by: By, text: str, *, public: bool
) -> None:
    session.add(
        ComplaintEvent(
            complaint_id=complaint.id,
            key=by.key,
            at=by.at,
            step=step,
            state=complaint.state,
            actor_kind=by.kind,
            actor=by.name,
            text=text,
            public=public,
        )
    )
    await session.flush()


async def _is_key_account(session: WriteSession, customer_id: CustomerId) -> bool:
    statement = (
        select(Tier.key_account)
        .join(Customer, Customer.tier_code == Tier.code)
        .where(Customer.id == customer_id)
    )
    return bool((await session.execute(statement)).scalar_one_or_none())
