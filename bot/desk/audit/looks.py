"""Who at the desk looked at what of a customer: one line in the store's access log for each look."""

from __future__ import annotations

from bot.conversations.models import Conversation
from bot.desk.tickets.holding import Person
from bot.desk.work import Work
from bot.kit.ids import CustomerId, IdentityId
from bot.store.access.service import log_access


async def log_look(work: Work, customer: CustomerId, what: str, row: Conversation, person: Person) -> None:
    """Note that `person` looked at `what` of `customer`, in the conversation `row`."""
    await log_access(
        work.session,
        customer,
        what,
        work.now,
        why=f"会话 {row.id}",
        reader="agent",
        name=person.name,
        identity_id=IdentityId(row.identity_id),
    )
