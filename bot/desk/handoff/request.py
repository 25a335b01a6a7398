"""A person is wanted: into the queue, or told at once why not and what else there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select

from bot.conversations.models import Conversation, Message
from bot.desk.handoff import sentences
from bot.desk.intake import service as intake
from bot.desk.queue.places import Place, place_of, present
from bot.desk.rules.hours import hours_text, is_open, moment_text, next_opening
from bot.desk.tickets.models import Reason, Ticket
from bot.desk.tickets.opening import Opening, add_details, enqueue, open_ticket
from bot.desk.tickets.standing import BOT, Actor
from bot.desk.topics import Topic
from bot.desk.work import Matter, Work

UNASKED: Final = ("anger", "green_channel")
NOT_AGAIN_FOR: Final = timedelta(minutes=30)
"""Who did not ask for a person is not told twice within this time that there is none."""


@dataclass(frozen=True, slots=True)
class Request:
    """Why a person is wanted. `asked`: the customer said so; else the house thinks so."""

    reason: Reason
    topic: Topic | None = None
    emotion: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    by: Actor = BOT

    @property
    def asked(self) -> bool:
        return self.reason in ("requested", "person_only", "green_channel")


@dataclass(frozen=True, slots=True)
class Staffing:
    """Are there people? `opens`: when there will be, as people say it."""

    open: bool
    staffed: bool
    opens: str | None
    hours: str

    @property
    def now(self) -> bool:
        return self.open and self.staffed


async def request_person(work: Work, row: Conversation, wanted: Request) -> bool:
    """Let the customer wait for a person. False when the house only thought so and nobody is there."""
    ticket = await work.open_one(row)
    if ticket is not None and ticket.state == "assigned":
        work.say(row, sentences.ALREADY_SERVED)
        return True
    if ticket is not None and ticket.kind == "live":
        await add_details(work, Matter(row, ticket), wanted.details, wanted.by)
        work.say(row, sentences.still_waiting(await tell_place(work, ticket)))
        return True
    staff = await staffing(work)
    if not staff.now:
        return await _not_now(work, row, staff, wanted)
    waiting = await _waiting(work)
    if waiting >= work.rules.queue_limit:
        work.say(row, sentences.too_many(waiting))
        return True
    matter = await _matter(work, row, ticket, wanted)
    place = await tell_place(work, matter.ticket)
    told = {"position": place.position, "wait": [place.wait.low, place.wait.high] if place.wait else None}
    await enqueue(work, matter, told)
    await tell_place(work, matter.ticket)
    await intake.begin(work, matter, wanted.reason, place)
    return True


async def staffing(work: Work) -> Staffing:
    """Who is there now, and when somebody will be."""
    opens = next_opening(work.rules, work.now)
    return Staffing(
        open=is_open(work.rules, work.now),
        staffed=bool(await present(work.session, work.now)),
        opens=moment_text(work.rules, opens, work.now) if opens else None,
        hours=hours_text(work.rules),
    )


async def tell_place(work: Work, ticket: Ticket) -> Place:
    """A ticket's place, which the customer is told now: the later end of it becomes a promise."""
    place = await place_of(work.session, ticket, work.rules, work.now)
    ticket.promised_by = work.now + timedelta(seconds=place.wait.high) if place.wait else None
    return place


async def _matter(work: Work, row: Conversation, ticket: Ticket | None, wanted: Request) -> Matter:
    """The ticket to wait with: a message or call back that is still open becomes a live one."""
    if ticket is None:
        opening = Opening(
            "live", wanted.reason, wanted.by, wanted.topic, wanted.emotion, details=wanted.details
        )
        return await open_ticket(work, row, opening)
    matter = Matter(row, ticket)
    await add_details(work, matter, wanted.details, wanted.by)
    return matter


async def _not_now(work: Work, row: Conversation, staff: Staffing, wanted: Request) -> bool:
    if not wanted.asked and wanted.reason != "anger":
        return False
    if wanted.reason in UNASKED and await _told_lately(work, row):
        return False
    if staff.open:
        work.say(row, sentences.nobody_there(wanted.reason))
    else:
        work.say(row, sentences.closed(staff.hours, staff.opens, wanted.reason))
    return True


async def _told_lately(work: Work, row: Conversation) -> bool:
    rows = await work.session.scalars(
        select(Message.content)
        .where(
            Message.conversation_id == row.id,
            Message.author == "system",
            Message.created_at > work.now - NOT_AGAIN_FOR,
        )
        .order_by(Message.seq.desc())
        .limit(20)
    )
    return any(sentences.offers_choices(content) for content in rows)


async def _waiting(work: Work) -> int:
    statement = select(func.count()).where(Ticket.state == "waiting", Ticket.kind == "live")
    return (await work.session.execute(statement)).scalar_one()
