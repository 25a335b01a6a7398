"""What a webhook is told: made from the rows at the moment of sending."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Message
from bot.desk.api.conversations import message_shape
from bot.desk.api.tickets import entry_shape, ticket_shape
from bot.desk.office import Office
from bot.desk.tickets.lines import line
from bot.desk.tickets.models import TicketEntry
from bot.desk.webhooks.models import WebhookDelivery
from bot.kit.clock import iso
from bot.store.complaints.models import Complaint, ComplaintEvent


async def body_of(office: Office, session: AsyncSession, delivery: WebhookDelivery) -> bytes | None:
    """The body of a delivery; None when what it is about is gone."""
    kind, _, id_ = delivery.subject.partition(":")
    if kind == "message":
        data = await _message(session, id_)
    elif kind == "entry":
        data = await _entry(office, session, int(id_))
    elif kind == "complaint":
        data = await _complaint(session, int(id_))
    else:
        data = {"text": "It works."}
    if data is None:
        return None
    told = {"type": delivery.event, "id": delivery.event_id, "timestamp": iso(delivery.at), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


async def _message(session: AsyncSession, id_: str) -> dict[str, Any] | None:
    row = await session.get(Message, id_)
    if row is None:
        return None
    return {"conversation": row.conversation_id, "message": message_shape(row).model_dump(mode="json")}


async def _entry(office: Office, session: AsyncSession, id_: int) -> dict[str, Any] | None:
    row = await session.get(TicketEntry, id_)
    if row is None:
        return None
    rules = await office.book.read(session)
    shown = await line(session, row.ticket_id, rules, office.clock())
    if shown is None:
        return None
    return {
        "ticket": ticket_shape(shown).model_dump(mode="json"),
        "entry": entry_shape(row).model_dump(mode="json"),
    }


async def _complaint(session: AsyncSession, id_: int) -> dict[str, Any] | None:
    found = (
        await session.execute(
            select(ComplaintEvent, Complaint)
            .join(Complaint, Complaint.id == ComplaintEvent.complaint_id)
            .where(ComplaintEvent.id == id_)
        )
    ).one_or_none()
    if found is None:
        return None
    event, complaint = found
    return {
        "complaint": {
            "number": complaint.number,
            "category": complaint.category,
            "state": complaint.state,
            "received_at": iso(complaint.received_at),
            "first_reply_due": iso(complaint.first_reply_due),
            "first_reply_at": iso(complaint.first_reply_at) if complaint.first_reply_at else None,
        },
        "step": event.step,
        "at": iso(event.at),
        "by_kind": event.actor_kind,
        "text": event.text if event.public else None,
    }
