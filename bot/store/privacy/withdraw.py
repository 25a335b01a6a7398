"""Withdraw a consent, and let go of what rested on it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update

from bot.kit.db import WriteSession
from bot.store.consents.models import Consent
from bot.store.consents.service import NewConsent, record_consent
from bot.store.facts.models import CustomerFact
from bot.store.requests.service import Note
from bot.store.seasons.models import CareNote


@dataclass(frozen=True, slots=True)
class LetGo:
    """What the withdrawal removed."""

    facts: int
    care_notes: int


async def withdraw_consent(session: WriteSession, new: NewConsent, note: Note) -> LetGo:
    """Record a withdrawal (`new.decision` is "withdrawn"); sensitive facts and care notes under it go."""
    await record_consent(session, new, note.key, note.at)
    resting = select(Consent.id).where(
        Consent.customer_id == new.customer_id, Consent.purpose == new.purpose, Consent.form == "separate"
    )
    facts = (
        update(CustomerFact)
        .where(CustomerFact.consent_id.in_(resting), CustomerFact.ended_at.is_(None))
        .values(ended_at=note.at, value="")
        .returning(CustomerFact.id)
    )
    notes = delete(CareNote).where(CareNote.consent_id.in_(resting)).returning(CareNote.id)
    ended = len((await session.execute(facts)).all())
    return LetGo(ended, len((await session.execute(notes)).all()))
