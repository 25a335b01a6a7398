"""complaints.csv and consents.csv."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.store.bulk import insert_rows, reserve_ids
from bot.store.complaints.models import Complaint, ComplaintEvent
from bot.store.complaints.steps import APPEAL, FIRST_REPLY, STEP_TEXT, Step
from bot.store.consents.models import Consent
from bot.store.counters.service import take
from bot.store.exchange.loading import Counts, Known, Work, customer_ids, lookup
from bot.store.exchange.reading import FileReader, Line

ACTOR = "import"


class ComplaintsLoader:
    """Complaints with as much of their timeline as the line tells."""

    def __init__(self) -> None:
        self._counts = Counts()

    async def check(self, session: AsyncSession, reader: FileReader, known: Known, chunk: list[Line]) -> Work:
        """See Loader."""
        work = Work(ids=await customer_ids(session, reader, known, chunk))
        externals = {line["external_id"] for line in chunk}
        there = await lookup(session, Complaint.external_id, externals)
        for line in chunk:
            if line["external_id"] in there:
                self._counts.same += 1
            elif _times_fit(reader, line):
                self._counts.new += 1
                work.groups.append([line])
        return work

    async def write(self, session: WriteSession, work: Work, now: datetime) -> None:
        """See Loader."""
        lines = [group[0] for group in work.groups]
        numbers = await self._numbers(session, lines)
        ids = await reserve_ids(session, Complaint, len(lines))
        complaints = list(zip(ids, lines, numbers, strict=True))
        same = ("category", "channel", "subject", "body", "state", "owner", "received_at", "first_reply_at")
        await insert_rows(
            session,
            Complaint,
            (
                "id",
                "number",
                "key",
                "external_id",
                "customer_id",
                *same,
                "green_channel",
                "escalation",
                "first_reply_due",
                "appeal_from",
                "responded_at",
                "closed_at",
            ),
            [
                (
                    id_,
                    number,
                    f"import:{line['external_id']}",
                    line["external_id"],
                    work.ids[line["customer"]],
                    *(line[name] for name in same),
                    False,
                    0,
                    line["received_at"] + FIRST_REPLY,
                    line["received_at"] + APPEAL,
                    line["responded_at"],
                    line["closed_at"],
                )
                for id_, line, number in complaints
            ],
        )
        await insert_rows(
            session,
            ComplaintEvent,
            ("complaint_id", "key", "at", "step", "state", "actor_kind", "actor", "text", "public"),
            [event for id_, line, number in complaints for event in _events(id_, line, number)],
        )

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts

    async def _numbers(self, session: WriteSession, lines: list[Line]) -> list[str]:
        """Complaint numbers of the days they came in."""
        days = [f"{local_date(line['received_at']):%Y%m%d}" for line in lines]
        places = {day: await take(session, f"TS:{day}", count) for day, count in Counter(days).items()}
        numbers: list[str] = []
        for day in days:
            numbers.append(f"TS{day}{places[day]:05d}")
            places[day] += 1
        return numbers


class ConsentsLoader:
    """Decisions about consent."""

    def __init__(self) -> None:
        self._counts = Counts()

    async def check(self, session: AsyncSession, reader: FileReader, known: Known, chunk: list[Line]) -> Work:
        """See Loader."""
        work = Work(ids=await customer_ids(session, reader, known, chunk))
        there = await lookup(session, Consent.key, {_consent_key(line) for line in chunk})
        for line in chunk:
            if _consent_key(line) in there:
                self._counts.same += 1
            else:
                self._counts.new += 1
                work.groups.append([line])
        return work

    async def write(self, session: WriteSession, work: Work, now: datetime) -> None:
        """See Loader."""
        columns = ("purpose", "channel", "form", "decision", "text_version", "evidence", "at")
        await insert_rows(
            session,
            Consent,
            ("key", "customer_id", "actor", *columns),
            [
                (_consent_key(line), work.ids[line["customer"]], ACTOR, *(line[name] for name in columns))
                for (line,) in work.groups
            ],
        )

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts


def _consent_key(line: Line) -> str:
    return f"import:consent:{line['external_id']}"


def _times_fit(reader: FileReader, line: Line) -> bool:
    good = True
    if line["state"] in ("responded", "closed") and line["first_reply_at"] is None:
        reason = f"a complaint that is {line['state']} was answered: say when"
        reader.problem(line.number, "first_reply_at", "", reason)
        good = False
    for name in ("first_reply_at", "responded_at", "closed_at"):
        if line[name] is not None and line[name] < line["received_at"]:
            reader.problem(line.number, name, line[name].isoformat(), "is before it was received")
            good = False
    return good


def _events(complaint_id: int, line: Line, number: str) -> list[tuple[object, ...]]:
    steps: list[tuple[Step, datetime | None, str, str]] = [
        ("open", line["received_at"], f"{STEP_TEXT['open']}，编号 {number}", "customer"),
        ("reply", line["first_reply_at"], line["first_reply"], "agent"),
        ("resolve", line["responded_at"], STEP_TEXT["resolve"], "agent"),
        ("close", line["closed_at"], STEP_TEXT["close"], "agent"),
    ]
    states = {"open": "received", "reply": "investigating", "resolve": "responded", "close": "closed"}
    actor = line["owner"] or ACTOR
    return [
        (complaint_id, f"import:{complaint_id}:{step}", at, step, states[step], who, actor, words, True)
        for step, at, words, who in steps
        if at is not None
    ]
