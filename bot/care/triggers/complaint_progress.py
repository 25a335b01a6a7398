"""A complaint moved on: what its state is now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased

from bot.care.due import Due
from bot.care.sql import joining
from bot.care.trigger import DAY, STOP, Reply, Trigger
from bot.store.complaints.models import Complaint, ComplaintEvent
from bot.store.complaints.steps import STATE_TEXT

MOVES = ("assess", "investigate", "wait_for_customer", "resolve", "close", "reopen")


def due(at: Due) -> Select[Any]:
    later = aliased(ComplaintEvent)
    newest = (
        select(func.max(later.id))
        .where(later.complaint_id == Complaint.id, later.public, later.step.in_(MOVES))
        .correlate(Complaint)
        .scalar_subquery()
    )
    return at.rows(
        joining(ComplaintEvent, Complaint, Complaint.id == ComplaintEvent.complaint_id),
        Complaint.customer_id,
        ("event:", ComplaintEvent.id),
        complaint_id=Complaint.id,
        number=Complaint.number,
        step=ComplaintEvent.step,
        state=ComplaintEvent.state,
        status=case({str(state): text for state, text in STATE_TEXT.items()}, value=ComplaintEvent.state),
    ).where(
        ComplaintEvent.public,
        ComplaintEvent.step.in_(MOVES),
        ComplaintEvent.actor_kind != "customer",
        ComplaintEvent.at > at.moment(-2 * DAY),
        ComplaintEvent.id == newest,
    )


TRIGGER = Trigger(
    name="complaint_progress",
    title="投诉有进展",
    due=due,
    facts={"complaint_id": "id", "number": "text", "step": "text", "state": "text", "status": "text"},
    text="{customer}，投诉 {number} 有了进展，现在是「{status}」。",
    brief="有一条关于您反映的问题的消息，验证身份后可以查看。",
    watches=("complaint_event",),
    priority=15,
    on=True,
    cool_down=timedelta(hours=4),
    lasting=2 * DAY,
    replies=(
        Reply("看进度", "care_yes"),
        Reply("没解决", "reopen_complaint", {"pick": "{number}"}, when={"state": "responded"}),
        STOP,
    ),
)
