"""What the placeholders of a canned reply stand for in a conversation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation
from bot.desk.rules.hours import hours_text
from bot.desk.rules.rules import Rules
from bot.kit.ids import IdentityId
from bot.store.complaints.reads import complaint_list
from bot.store.identities.service import access


async def known_of(
    session: AsyncSession, rules: Rules, now: datetime, row: Conversation | None, agent: str, company: str
) -> dict[str, str | None]:
    """The values by placeholder. A name is said only to who proved to be its owner."""
    known: dict[str, str | None] = {"agent": agent, "company": company, "hours": hours_text(rules)}
    if row is None:
        return known
    who = await access(session, IdentityId(row.identity_id), now)
    if who.verified and who.customer_id is not None:
        complaints = await complaint_list(session, who.customer_id, 1)
        known |= {"customer": who.name, "tier": who.tier}
        known["complaint"] = complaints[0].number if complaints else None
    return known
