"""15 days without a result: the customer may appeal, and is told how."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from bot.care.due import Due
from bot.care.sql import table
from bot.care.trigger import Reply, Trigger
from bot.store.complaints.models import Complaint


def due(at: Due) -> Select[Any]:
    return at.rows(
        table(Complaint),
        Complaint.customer_id,
        ("complaint:", Complaint.id),
        complaint_id=Complaint.id,
        number=Complaint.number,
        received=Complaint.received_at,
    ).where(Complaint.appeal_from <= at.now, Complaint.state.not_in(("responded", "closed")))


TRIGGER = Trigger(
    name="appeal_right",
    title="可以申诉了",
    due=due,
    facts={"complaint_id": "id", "number": "text", "received": "moment"},
    text="{customer}，投诉 {number} 受理已满 15 天还没有结果，很抱歉。您有权向主管部门申诉，"
    "需要的话我告诉您怎么做，我们也会继续办。",
    brief="有一条关于您反映的问题的消息，验证身份后可以查看。",
    watches=("complaint_event",),
    every="hour",
    priority=12,
    on=True,
    replies=(Reply("怎么申诉", "care_yes"), Reply("转人工", "request_human")),
)
