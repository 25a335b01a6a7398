"""A complaint came in: its number, and by when somebody answers. This is no reply: the clock runs on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Select

from bot.care.due import Due
from bot.care.sql import table
from bot.care.trigger import DAY, Reply, Trigger
from bot.store.complaints.models import Complaint


def due(at: Due) -> Select[Any]:
    return at.rows(
        table(Complaint),
        Complaint.customer_id,
        ("complaint:", Complaint.id),
        complaint_id=Complaint.id,
        number=Complaint.number,
        due=Complaint.first_reply_due,
    ).where(
        Complaint.state == "received",
        Complaint.first_reply_at.is_(None),
        Complaint.appeal_from > at.moment(timedelta(days=14)),
        Complaint.received_at > at.moment(-DAY),
    )


TRIGGER = Trigger(
    name="complaint_ack",
    title="投诉已收到",
    due=due,
    facts={"complaint_id": "id", "number": "text", "due": "moment"},
    text="{customer}，您的投诉已经收到，编号 {number}。我们会在 {due} 前给您首次答复。",
    brief="有一条关于您反映的问题的消息，验证身份后可以查看。",
    watches=("complaint",),
    priority=10,
    on=True,
    lasting=DAY,
    replies=(Reply("看进度", "care_yes"),),
)
