"""Take a complaint's step from the board, and let the customer know."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.conversations import log as message_log
from bot.conversations.models import Conversation
from bot.desk.audit.service import record
from bot.desk.tickets.holding import Person
from bot.desk.work import Work
from bot.kit.errors import BadInput, NotFound
from bot.kit.ids import ConversationId, CustomerId, IdentityId
from bot.messages import Content, QuickReply
from bot.store.access.service import log_access
from bot.store.complaints.models import Complaint
from bot.store.complaints.service import By, assign, reply, resolve, take_step
from bot.store.complaints.steps import STEPS
from bot.store.identities.models import ChannelIdentity
from bot.store.identities.service import access

_TOLD = ("reply", "resolve")
"""Steps whose words are the customer's to read at once."""


async def take(work: Work, number: str, step: str, text: str, client_id: str, person: Person) -> None:
    """Take a step as this agent. A person's reply stops the first-reply clock. Raises WrongStep."""
    if step not in STEPS:
        raise BadInput("没有这个步骤。")
    complaint = await work.session.scalar(select(Complaint).where(Complaint.number == number.upper()))
    if complaint is None:
        raise NotFound("没有这件投诉。")
    by = By("agent", person.name, work.now, f"desk:{person.id}:{client_id}")
    await _do(work, complaint, step, text.strip(), by, person)
    await log_access(
        work.session,
        complaint.customer_id,
        "complaint",
        work.now,
        why=f"投诉 {complaint.number}：{step}",
        reader="agent",
        name=person.name,
    )
    record(work.session, person.doer, "complaint", complaint.number, work.now, {"step": step})
    if step in _TOLD:
        await _tell(work, complaint, text.strip())


async def _do(work: Work, complaint: Complaint, step: Any, text: str, by: By, person: Person) -> None:
    if step == "reply":
        await reply(work.session, complaint.id, text, by)
    elif step == "resolve":
        await resolve(work.session, complaint.id, text, by)
    elif step == "assign":
        await assign(work.session, complaint.id, text or person.name, by)
    else:
        await take_step(work.session, complaint.id, step, by, text or None)


async def _tell(work: Work, complaint: Complaint, text: str) -> None:
    """Tell the customer in their latest conversation; without proof of identity only that there is news."""
    row = await _latest_conversation(work, complaint.customer_id)
    if row is None:
        return
    held = await message_log.locked(work.session, ConversationId(row.id))
    who = await access(work.session, IdentityId(held.identity_id), work.now)
    button = (QuickReply("投诉进度", intent="ask_complaint_status"),)
    if who.verified and who.customer_id == complaint.customer_id:
        content = Content(f"您的投诉 {complaint.number} 有了答复：{text}", quick_replies=button)
    else:
        content = Content("您有一件事有了新的答复，验证身份后就能看到。", quick_replies=button)
    work.say(held, content)


async def _latest_conversation(work: Work, customer: CustomerId) -> Conversation | None:
    return await work.session.scalar(
        select(Conversation)
        .join(ChannelIdentity, ChannelIdentity.id == Conversation.identity_id)
        .where(ChannelIdentity.customer_id == customer)
        .order_by(Conversation.last_message_at.desc())
        .limit(1)
    )
