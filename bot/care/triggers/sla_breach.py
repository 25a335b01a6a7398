"""24 hours without an answer: an apology, and a new time that is kept in the register of promises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select

from bot.care.due import Due
from bot.care.sql import table
from bot.care.trigger import DAY, Reply, Sent, Trigger
from bot.kit.clock import iso
from bot.store.complaints.models import Complaint
from bot.store.promises.service import promise
from bot.store.requests.service import Note

NEW_TIME = timedelta(hours=4)


def due(at: Due) -> Select[Any]:
    return at.rows(
        table(Complaint),
        Complaint.customer_id,
        ("complaint:", Complaint.id),
        complaint_id=Complaint.id,
        number=Complaint.number,
        due=Complaint.first_reply_due,
    ).where(
        Complaint.first_reply_at.is_(None),
        Complaint.first_reply_due <= at.now,
        Complaint.state.not_in(("responded", "closed")),
    )


def new_time(_facts: Mapping[str, Any], now: datetime, _zone: str) -> dict[str, Any]:
    return {"new_time": iso(now + NEW_TIME)}


async def keep_promise(sent: Sent) -> None:
    number = str(sent.facts["number"])
    note = Note(f"care:{sent.occurrence}", sent.now, "care", "首次答复超时")
    await promise(sent.session, sent.customer, number, f"投诉 {number} 的首次答复", sent.now + NEW_TIME, note)


TRIGGER = Trigger(
    name="sla_breach",
    title="首次答复超时致歉",
    due=due,
    facts={"complaint_id": "id", "number": "text", "due": "moment", "new_time": "moment"},
    more=new_time,
    sent=keep_promise,
    text="{customer}，非常抱歉：投诉 {number} 没有按承诺在 {due} 前答复您，是我们没做到。"
    "已经交给值班主管，会在 {new_time} 前联系您。",
    brief="非常抱歉，有一件您反映的事我们没有按时答复，验证身份后可以查看。",
    watches=("complaint",),
    every="hour",
    priority=5,
    on=True,
    lasting=3 * DAY,
    replies=(Reply("催一催", "care_yes"), Reply("怎么申诉", "ask_appeal", {"complaint_number": "{number}"})),
)
