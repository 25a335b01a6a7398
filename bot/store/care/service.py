"""Write down what a customer said to a message of care: again later, or never again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

from bot.kit.db import WriteSession, insert_into
from bot.kit.errors import BadInput
from bot.kit.ids import CustomerId
from bot.store.care.models import CareSnooze
from bot.store.consents.service import NewConsent
from bot.store.privacy.withdraw import withdraw_consent
from bot.store.requests.service import Note

Purpose = Literal["service_notice", "survey", "marketing", "birthday"]

PURPOSES: Final[dict[str, tuple[Purpose, ...]]] = {
    "complaint_ack": ("service_notice",),
    "sla_breach": ("service_notice",),
    "complaint_progress": ("service_notice",),
    "appeal_right": ("service_notice",),
    "points_expiring": ("service_notice",),
    "card_expiring": ("service_notice",),
    "card_hall_window": ("service_notice",),
    "balance_low": ("service_notice",),
    "abnormal_charge": ("service_notice",),
    "maintenance_due": ("service_notice",),
    "quote_change": ("service_notice",),
    "eta_change": ("service_notice",),
    "survey": ("survey",),
    "reorder_due": ("marketing",),
    "win_back": ("marketing",),
    "birthday_7d": ("birthday", "marketing"),
    "season_care": ("marketing",),
    "referral_ask": ("marketing",),
}
"""What each trigger's messages are sent for: the purposes of consents that they need or must not break."""


AGAIN: Final = "/again:"
"""What follows an occurrence's own key when it came back after a snooze."""


def own_purpose(trigger: str) -> str:
    """The purpose by which a customer refuses this trigger alone."""
    return f"care:{trigger}"


async def snooze(
    session: WriteSession, customer_id: CustomerId, trigger: str, occurrence: str, until: datetime, note: Note
) -> None:
    """Bring an occurrence back at `until`; the same note is the same wish, sent again."""
    if until <= note.at:
        raise BadInput("A reminder lies in the future.")
    statement = insert_into(session, CareSnooze).values(
        key=note.key,
        customer_id=customer_id,
        trigger=trigger,
        occurrence=occurrence.split(AGAIN, 1)[0],
        until=until,
        made_at=note.at,
    )
    await session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


async def refuse(
    session: WriteSession,
    customer_id: CustomerId,
    trigger: str,
    note: Note,
    *,
    evidence: str,
    text_version: str,
) -> tuple[str, ...]:
    """Record that a customer wants no more messages like this one; the purposes that were withdrawn.

    Marketing ends as a whole. A notice about one's own rights is refused by itself: the others go on.
    """
    purposes = PURPOSES.get(trigger)
    if purposes is None:
        raise BadInput(f"There is no trigger called {trigger}.")
    ended = (own_purpose(trigger),) if purposes == ("service_notice",) else (own_purpose(trigger), *purposes)
    for purpose in ended:
        new = NewConsent(customer_id, purpose, "withdrawn", text_version, evidence, note.actor)
        await withdraw_consent(session, new, replace(note, key=_own_key(note.key, purpose)))
    return ended


def _own_key(key: str, purpose: str) -> str:
    """A key for each of several writes under one note; keys have at most 80 characters."""
    return f"refuse:{purpose}:{hashlib.blake2b(key.encode(), digest_size=12).hexdigest()}"
