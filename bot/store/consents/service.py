"""Record decisions about consent, and ask what holds now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict
from bot.kit.ids import CustomerId
from bot.store.consents.models import Consent, Decision, Form

ANY = "any"


@dataclass(frozen=True, slots=True)
class NewConsent:
    """A decision of a customer. `evidence`: where and in which words it was made."""

    customer_id: CustomerId
    purpose: str
    decision: Decision
    text_version: str
    evidence: str
    actor: str
    channel: str = ANY
    form: Form = "general"


async def record_consent(session: WriteSession, new: NewConsent, key: str, now: datetime) -> None:
    """Add a decision; the same key is the same decision, sent again."""
    known = select(Consent.customer_id, Consent.decision).where(Consent.key == key)
    if existing := (await session.execute(known)).one_or_none():
        if (existing.customer_id, existing.decision) != (new.customer_id, new.decision):
            raise Conflict("This idempotency key belongs to another decision.")
        return
    if not new.purpose or not new.text_version:
        raise BadInput("A consent names its purpose and the version of the text that was shown.")
    session.add(
        Consent(
            key=key,
            customer_id=new.customer_id,
            purpose=new.purpose,
            channel=new.channel,
            form=new.form,
            decision=new.decision,
            text_version=new.text_version,
            evidence=new.evidence,
            actor=new.actor,
            at=now,
        )
    )
    await session.flush()


async def decision(
    session: AsyncSession, customer_id: CustomerId, purpose: str, channel: str = ANY
) -> Decision | None:
    """The latest decision that covers this purpose on this channel; None: never asked."""
    statement = (
        select(Consent.decision)
        .where(
            Consent.customer_id == customer_id,
            Consent.purpose == purpose,
            Consent.channel.in_({ANY, channel}),
        )
        .order_by(Consent.id.desc())
        .limit(1)
    )
    found: Decision | None = (await session.execute(statement)).scalar_one_or_none()  # pyright: ignore[reportAssignmentType]
    return found


async def has_consent(
    session: AsyncSession, customer_id: CustomerId, purpose: str, channel: str = ANY
) -> bool:
    """Whether the customer agrees to `purpose` on `channel` now. Silence is not consent."""
    return await decision(session, customer_id, purpose, channel) == "given"


async def separate_consent(session: AsyncSession, customer_id: CustomerId, purpose: str) -> int | None:
    """The id of the separate consent to `purpose` that holds now; None when there is none (PIPL art. 29)."""
    statement = (
        select(Consent.id, Consent.decision, Consent.form)
        .where(Consent.customer_id == customer_id, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    row = (await session.execute(statement)).one_or_none()
    return row.id if row is not None and (row.decision, row.form) == ("given", "separate") else None


async def standing_decisions(session: AsyncSession, customer_id: CustomerId) -> list[Consent]:
    """The decision that holds for each purpose and channel."""
    statement = select(Consent).where(Consent.customer_id == customer_id).order_by(Consent.id)
    newest = {(row.purpose, row.channel): row for row in await session.scalars(statement)}
    return list(newest.values())
