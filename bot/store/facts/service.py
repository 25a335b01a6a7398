"""Record facts with their source and purpose, and hand out only those that fit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Forbidden
from bot.kit.ids import CustomerId
from bot.store.consents.service import separate_consent
from bot.store.facts.models import CustomerFact, Sensitivity, Source
from bot.store.requests.service import Note, already_done, done


class NoSeparateConsent(Forbidden):
    """A sensitive fact is kept only after the customer agreed to exactly that."""

    code = "no_separate_consent"


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact: where it comes from (`evidence` says when and in which words) and what it may be used for."""

    name: str
    value: str
    source: Source
    evidence: str
    purpose: str
    sensitivity: Sensitivity = "normal"
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that may be used."""

    name: str
    value: str
    source: Source
    recorded_at: datetime


async def record_fact(session: WriteSession, customer_id: CustomerId, new: NewFact, note: Note) -> int:
    """Keep a fact; a former value of the same name ends. NoSeparateConsent for a sensitive one without it."""
    if not (new.name and new.value and new.evidence and new.purpose):
        raise BadInput("A fact has a name, a value, a purpose, and says where it comes from.")
    known = await already_done(session, note, "record_fact", customer_id, new.name, new.value)
    if known is not None:
        return known
    consent_id = None
    if new.sensitivity == "sensitive":
        consent_id = await separate_consent(session, customer_id, new.purpose)
        if consent_id is None:
            raise NoSeparateConsent
    await forget_fact(session, customer_id, new.name, note.at)
    fact = CustomerFact(
        customer_id=customer_id,
        name=new.name,
        value=new.value,
        source=new.source,
        evidence=new.evidence,
        purpose=new.purpose,
        sensitivity=new.sensitivity,
        consent_id=consent_id,
        recorded_at=note.at,
        expires_at=new.expires_at,
    )
    session.add(fact)
    await session.flush()
    await done(session, note, fact.id)
    return fact.id


async def forget_fact(session: WriteSession, customer_id: CustomerId, name: str, now: datetime) -> None:
    """The fact no longer holds; what it said is gone."""
    await session.execute(
        update(CustomerFact)
        .where(
            CustomerFact.customer_id == customer_id,
            CustomerFact.name == name,
            CustomerFact.ended_at.is_(None),
        )
        .values(ended_at=now, value="")
    )


async def facts_for(
    session: AsyncSession, customer_id: CustomerId, purpose: str, now: datetime
) -> list[Fact]:
    """What may be used for `purpose` now. Sensitive facts never come out here, for no prompt or ranking."""
    statement = (
        select(CustomerFact)
        .where(
            CustomerFact.customer_id == customer_id,
            CustomerFact.purpose == purpose,
            CustomerFact.sensitivity == "normal",
            CustomerFact.ended_at.is_(None),
            or_(CustomerFact.expires_at.is_(None), CustomerFact.expires_at > now),
        )
        .order_by(CustomerFact.name)
    )
    rows = (await session.execute(statement)).scalars()
    return [Fact(row.name, row.value, row.source, row.recorded_at) for row in rows]  # pyright: ignore[reportArgumentType]
