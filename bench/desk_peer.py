"""The peer of the list: the same page as one would write it first, ticket by ticket through the ORM.

Same database, same process, same lines at the end (compared before it is timed): for each ticket its
conversation, last message, customer, agent and complaint clock are asked for one after the other.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message
from bot.desk.agents.models import Agent
from bot.desk.callbacks.models import Callback
from bot.desk.masks import mask_name
from bot.desk.satisfaction.models import Rating
from bot.desk.tickets.models import Ticket
from bot.store.complaints.models import Complaint
from bot.store.customers.models import Customer, Tier
from bot.store.identities.models import ChannelIdentity


async def queue_page(session: AsyncSession, limit: int) -> list[dict[str, Any]]:
    """The first page of the queue."""
    tickets = await session.scalars(
        select(Ticket).where(Ticket.state == "waiting").order_by(Ticket.rank_at, Ticket.id).limit(limit)
    )
    return [await _line(session, ticket) for ticket in list(tickets)]


async def _line(session: AsyncSession, ticket: Ticket) -> dict[str, Any]:
    conversation = await session.get_one(Conversation, ticket.conversation_id)
    last = await session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.author != "system")
        .order_by(Message.seq.desc())
        .limit(1)
    )
    identity = await session.get_one(ChannelIdentity, conversation.identity_id)
    customer = await session.get(Customer, identity.customer_id) if identity.customer_id else None
    tier = await session.get(Tier, customer.tier_code) if customer and customer.tier_code else None
    agent = await session.get(Agent, ticket.agent_id) if ticket.agent_id else None
    await session.scalar(select(Callback).where(Callback.ticket_id == ticket.id).limit(1))
    await session.scalar(select(Rating.score).where(Rating.ticket_id == ticket.id))
    if customer is not None:
        await session.scalar(
            select(func.min(Complaint.first_reply_due)).where(
                Complaint.customer_id == customer.id, Complaint.first_reply_at.is_(None)
            )
        )
    return {
        "id": ticket.id,
        "conversation": conversation.id,
        "customer": mask_name(customer.name) if customer else None,
        "tier": tier.name if tier else None,
        "agent": agent.name if agent else None,
        "last": last.content["text"][:80] if last else None,
    }
