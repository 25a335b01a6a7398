"""Forget what an erased customer was told; that something was decided stays, for the counts."""

from __future__ import annotations

from sqlalchemy import text, update

from bot.care.models import OPEN, Occurrence
from bot.kit.db import WriteSession
from bot.kit.ids import CustomerId


async def forget_customer(session: WriteSession, customer: CustomerId) -> None:
    """Empty a customer's occurrences, and let go of those that are still to come."""
    theirs = Occurrence.customer_id == customer
    await session.execute(
        update(Occurrence).where(theirs, text(OPEN)).values(state="lapsed", reason="erased")
    )
    await session.execute(update(Occurrence).where(theirs).values(facts={}, text=None, problem=None))
