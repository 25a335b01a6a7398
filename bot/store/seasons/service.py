"""Which seasonal projects run, and the care file a customer agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput
from bot.kit.ids import CustomerId
from bot.store.consents.service import separate_consent
from bot.store.facts.service import NoSeparateConsent
from bot.store.requests.service import Note, already_done, done
from bot.store.seasons.models import CareNote, SeasonProject

CARE_FILE = "care_file"
"""The purpose of the separate consent on which the care file rests."""


@dataclass(frozen=True, slots=True)
class CareLine:
    """A line of the care file."""

    at: datetime
    text: str
    actor: str


async def projects_on(session: AsyncSession, day: date) -> list[SeasonProject]:
    """The projects whose season `day` is in; a season that ends before it starts goes across the new year."""
    number = day.month * 100 + day.day
    project = SeasonProject
    within = and_(project.starts <= project.ends, project.starts <= number, project.ends >= number)
    across = and_(project.starts > project.ends, or_(project.starts <= number, project.ends >= number))
    statement = select(project).where(project.offered, or_(within, across)).order_by(project.code)
    return list((await session.execute(statement)).scalars())


async def add_care_note(session: WriteSession, customer_id: CustomerId, text: str, note: Note) -> int:
    """Add to the care file; NoSeparateConsent unless the customer agreed to have one."""
    if not text.strip():
        raise BadInput("A care note has a text.")
    known = await already_done(session, note, "care_note", customer_id, text)
    if known is not None:
        return known
    consent_id = await separate_consent(session, customer_id, CARE_FILE)
    if consent_id is None:
        raise NoSeparateConsent
    row = CareNote(customer_id=customer_id, consent_id=consent_id, text=text, actor=note.actor, at=note.at)
    session.add(row)
    await session.flush()
    await done(session, note, row.id)
    return row.id


async def care_file(session: AsyncSession, customer_id: CustomerId, limit: int = 50) -> list[CareLine]:
    """The care file, newest first; empty as soon as the consent no longer holds."""
    if await separate_consent(session, customer_id, CARE_FILE) is None:
        return []
    statement = (
        select(CareNote.at, CareNote.text, CareNote.actor)
        .where(CareNote.customer_id == customer_id)
        .order_by(CareNote.at.desc(), CareNote.id.desc())
        .limit(limit)
    )
    return [CareLine(*row) for row in (await session.execute(statement)).all()]
