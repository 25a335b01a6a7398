"""Complaints that wait for a person: agents hear of it at 20 hours, supervisors when the 24 are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.agents.reads import AgentView, agent_views
from bot.desk.notices.models import Notice, NoticeKind
from bot.desk.office import Office
from bot.kit.ids import AgentId
from bot.store.complaints.models import Complaint
from bot.store.complaints.steps import FIRST_REPLY, OPEN

RISK: Final = timedelta(hours=20)
"""After receipt; four hours are left then (facts of the trade: the first reply is promised within 24)."""
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Alarm:
    """One agent who is to hear of one complaint."""

    agent: AgentId
    kind: NoticeKind
    complaint: str
    text: str
    key: str


async def alarm_complaints(office: Office) -> int:
    """Tell who has not been told yet; how many notices. Who comes on duty later is told then."""
    async with office.database.read() as session:
        found = await _due(session, office)
        known = set(await session.scalars(select(Notice.key).where(Notice.key.in_([a.key for a in found]))))
    fresh = [alarm for alarm in found if alarm.key not in known]
    if not fresh:
        return 0
    async with office.work() as work:
        for alarm in fresh:
            await work.tell(alarm.agent, alarm.kind, None, alarm.text, alarm.key, complaint=alarm.complaint)
    return len(fresh)


async def _due(session: AsyncSession, office: Office) -> list[Alarm]:
    now = office.clock()
    statement = (
        select(Complaint)
        .where(
            Complaint.state.in_(OPEN),
            Complaint.first_reply_at.is_(None),
            Complaint.first_reply_due <= now + FIRST_REPLY - RISK,
        )
        .order_by(Complaint.first_reply_due)
        .limit(MOST)
    )
    complaints = list(await session.scalars(statement))
    if not complaints:
        return []
    people = await agent_views(session, now, disabled=False)
    alarms: list[Alarm] = []
    for complaint in complaints:
        late = complaint.first_reply_due <= now
        kind: NoticeKind = "complaint_overdue" if late else "complaint_due"
        left = (complaint.first_reply_due - now).total_seconds() / 3600
        how = "首次答复已经超时" if late else f"还有 {left:.0f} 小时到首次答复时限"
        text = f"投诉 {complaint.number}（{complaint.subject}）{how}"
        alarms += [
            Alarm(person.id, kind, complaint.number, text, f"{kind}:{complaint.id}:{person.id}")
            for person in (_who_leads(people) if late else _who_answers(people, complaint))
        ]
    return alarms


def _who_answers(people: Sequence[AgentView], complaint: Complaint) -> list[AgentView]:
    """Who is responsible, and everybody on duty who knows complaints."""
    return [
        person
        for person in people
        if person.name == complaint.owner
        or (person.duty == "on" and person.online and (not person.skills or "complaints" in person.skills))
    ]


def _who_leads(people: Sequence[AgentView]) -> list[AgentView]:
    return [person for person in people if person.role in ("supervisor", "admin")]
