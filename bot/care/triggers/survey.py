"""A day after a complaint was closed as solved, and nothing else is open: how was it?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, exists

from bot.care.due import Due
from bot.care.sql import joined, table
from bot.care.trigger import DAY, STOP, Goal, Reply, Sent, Trigger
from bot.store.complaints.models import Complaint
from bot.store.surveys.models import Survey
from bot.store.surveys.service import ask_survey


def due(at: Due) -> Select[Any]:
    about = joined("complaint:", Complaint.number)
    return at.rows(
        table(Complaint),
        Complaint.customer_id,
        ("complaint:", Complaint.id),
        complaint_id=Complaint.id,
        number=Complaint.number,
        about=about,
    ).where(
        Complaint.state == "closed",
        Complaint.closed_at <= at.moment(-DAY),
        Complaint.closed_at > at.moment(-7 * DAY),
        at.no_open_complaint(Complaint.customer_id),
        ~exists().where(
            Survey.customer_id == Complaint.customer_id,
            Survey.about == about,
            Survey.answered_at.is_not(None),
        ),
    )


async def ask(sent: Sent) -> None:
    await ask_survey(sent.session, sent.customer, "csat", str(sent.facts["about"]), sent.now)


TRIGGER = Trigger(
    name="survey",
    title="处理结果满意度",
    due=due,
    facts={"complaint_id": "id", "number": "text", "about": "text"},
    sent=ask,
    text="{customer}，投诉 {number} 已经结案。这次处理您满意吗？1 到 5 分，5 分是非常满意。",
    brief="我们最近替您办的一件事，您满意吗？1 到 5 分，5 分是非常满意。",
    watches=("complaint_event",),
    every="hour",
    audience="survey",
    priority=55,
    cool_down=30 * DAY,
    lasting=5 * DAY,
    goal=Goal("打分", Survey.customer_id, Survey.answered_at, days=7),
    replies=(
        *(
            Reply(f"{score} 分", "rate_service", {"pick": score, "about": "{about}"})
            for score in (5, 4, 3, 2, 1)
        ),
        STOP,
    ),
)
