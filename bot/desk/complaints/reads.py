"""The board's lists, the next clock first."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Row, Select, case, func, select, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.masks import mask_name
from bot.kit.clock import iso
from bot.kit.cursors import moment_of, number_of, read_cursor, write_cursor
from bot.kit.db import UtcTime
from bot.kit.errors import NotFound
from bot.store.complaints.models import Complaint, ComplaintEvent
from bot.store.complaints.steps import OPEN, STATE_TEXT, STEPS
from bot.store.customers.models import Customer, Tier

BoardView = Literal["due", "overdue", "mine", "all"]
PAGE: Final = 50


async def board(
    session: AsyncSession, view: BoardView, me: str, now: datetime, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of complaints from `cursor` on, and the cursor of the next one."""
    statement = _joined().limit(PAGE + 1)
    is_open = Complaint.state.in_(OPEN)
    if view == "overdue":
        statement = statement.where(Complaint.first_reply_at.is_(None) & (Complaint.first_reply_due < now))
    elif view != "all":
        statement = statement.where(is_open)
        if view == "mine":
            statement = statement.where(Complaint.owner == me)
    # An unanswered one is due by its first reply; an answered one by the customer's right of appeal.
    answered = case((Complaint.first_reply_at.is_(None), 0), else_=1)
    due = case((Complaint.first_reply_at.is_(None), Complaint.first_reply_due), else_=Complaint.appeal_from)
    if view == "all":
        key = tuple_(Complaint.received_at, Complaint.id)
        statement = statement.order_by(Complaint.received_at.desc(), Complaint.id.desc())
        if cursor:
            at, id_ = read_cursor(cursor, 2)
            statement = statement.where(key < (moment_of(at), number_of(id_)))
    else:
        statement = statement.order_by(answered, due, Complaint.id)
        if cursor:
            which, at, id_ = read_cursor(cursor, 3)
            reached = (number_of(which), moment_of(at), number_of(id_))
            statement = statement.where(tuple_(answered, type_coerce(due, UtcTime), Complaint.id) > reached)
    rows = (await session.execute(statement)).all()
    shown = rows[:PAGE]
    return [_line(row, now) for row in shown], _after(shown[-1][0], view) if len(rows) > PAGE else None


def _after(last: Complaint, view: BoardView) -> str:
    if view == "all":
        return write_cursor(last.received_at, last.id)
    if last.first_reply_at is None:
        return write_cursor(0, last.first_reply_due, last.id)
    return write_cursor(1, last.appeal_from, last.id)


async def counts(session: AsyncSession, now: datetime) -> dict[str, int]:
    """How many are open, unanswered, overdue."""
    unanswered = Complaint.first_reply_at.is_(None)
    row = (
        await session.execute(
            select(
                select(func.count()).where(Complaint.state.in_(OPEN)).scalar_subquery(),
                select(func.count()).where(unanswered).scalar_subquery(),
                select(func.count()).where(unanswered, Complaint.first_reply_due < now).scalar_subquery(),
            )
        )
    ).one()
    return {"open": row[0], "unanswered": row[1], "overdue": row[2]}


async def one(session: AsyncSession, number: str, now: datetime) -> dict[str, Any]:
    """A complaint with its whole timeline, the internal steps too. NotFound."""
    row = (await session.execute(_joined().where(Complaint.number == number.upper()))).one_or_none()
    if row is None:
        raise NotFound("没有这件投诉。")
    complaint: Complaint = row[0]
    events = await session.scalars(
        select(ComplaintEvent).where(ComplaintEvent.complaint_id == complaint.id).order_by(ComplaintEvent.id)
    )
    return {
        **_line(row, now),
        "body": complaint.body,
        "timeline": [
            {
                "at": iso(event.at),
                "step": event.step,
                "text": event.text,
                "actor": event.actor,
                "actor_kind": event.actor_kind,
                "public": event.public,
            }
            for event in events
        ],
        "steps": [step for step in STEPS if complaint.state in STEPS[step][0]],
    }


def _joined() -> Select[*tuple[Any, ...]]:
    return (
        select(Complaint, Customer.name.label("customer_name"), Tier.name.label("tier"), Tier.key_account)
        .join(Customer, Customer.id == Complaint.customer_id)
        .outerjoin(Tier, Tier.code == Customer.tier_code)
        .execution_options(populate_existing=True)
    )


def _line(row: Row[*tuple[Any, ...]], now: datetime) -> dict[str, Any]:
    complaint: Complaint = row[0]
    replied = complaint.first_reply_at
    return {
        "number": complaint.number,
        "subject": complaint.subject,
        "category": complaint.category,
        "state": complaint.state,
        "state_text": STATE_TEXT[complaint.state],  # pyright: ignore[reportArgumentType] - a CHECK holds it
        "customer": {
            "name": mask_name(row.customer_name),
            "tier": row.tier,
            "key_account": bool(row.key_account),
        },
        "received_at": iso(complaint.received_at),
        "first_reply_due": iso(complaint.first_reply_due),
        "first_reply_at": iso(replied) if replied else None,
        "overdue": (replied or now) > complaint.first_reply_due,
        "appeal_from": iso(complaint.appeal_from),
        "owner": complaint.owner,
        "green_channel": complaint.green_channel,
        "escalation": complaint.escalation,
    }
