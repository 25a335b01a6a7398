"""Complaints: where they stand."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from actions.base import Call, Events
from actions.company import SourcedAction
from bot.kit.clock import iso
from bot.kit.ids import CustomerId
from bot.store.complaints.reads import ComplaintStatus


class ComplaintProgress(SourcedAction):
    """Where a complaint stands: by its number, else the newest open one."""

    topic = "complaint_status"
    intent = "ask_complaint_status"
    title = "查投诉进度"

    async def tell(self, call: Call, session: AsyncSession, customer: CustomerId) -> Events:
        number = call.entity("complaint_number")
        status = await call.runtime.source.complaint(session, customer, number, call.now)
        if status is None:
            call.say(_none(number), buttons={"转人工": "/request_human"})
        else:
            call.say(_sentence(status), card="complaint", data=_card(status))
        return []


def _none(number: str | None) -> str:
    if number:
        return f"没有查到您名下编号为 {number} 的投诉，请核对一下编号；不带编号的话，我帮您查最近的一件。"
    return "您名下没有投诉记录。如果有什么让您不满意，直接告诉我，我来帮您。"


def _sentence(status: ComplaintStatus) -> str:
    text = f"您的投诉 {status.number}（{status.subject}）目前{status.state_text}。"
    text += status.next_step
    if status.others_open:
        text += f"您另外还有 {status.others_open} 件投诉在处理，把编号发给我就能查。"
    return text


def _card(status: ComplaintStatus) -> dict[str, Any]:
    """The `complaint` card of docs/protocols/webchat.md."""
    return {
        "number": status.number,
        "subject": status.subject,
        "state": status.state,
        "state_text": status.state_text,
        "received_at": iso(status.received_at),
        "first_reply_due": iso(status.first_reply_due),
        "first_reply_at": iso(status.first_reply_at) if status.first_reply_at else None,
        "overdue": status.overdue,
        "timeline": [{"at": iso(entry.at), "text": entry.text} for entry in status.timeline],
        "next_step": status.next_step,
    }
