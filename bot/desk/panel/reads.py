"""Gather what an agent may see of a customer, masked; every gathering is logged with the agent's name."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation
from bot.desk.audit.looks import log_look
from bot.desk.masks import mask_member, mask_name, mask_phone
from bot.desk.names import CHANNELS, ORDER_STATES, PURPOSES
from bot.desk.satisfaction.models import Rating
from bot.desk.tickets.holding import Person
from bot.desk.tickets.models import Ticket
from bot.desk.work import Work
from bot.kit.clock import iso
from bot.kit.errors import BadInput, NotFound
from bot.kit.ids import CustomerId, IdentityId
from bot.store.assets.reads import CareCard, care_cards
from bot.store.cards.reads import balance_by_card
from bot.store.complaints.reads import complaint_list
from bot.store.consents.service import standing_decisions
from bot.store.customers.service import access_customer_by_id
from bot.store.identities.service import access
from bot.store.orders.reads import recent_orders
from bot.store.points.reads import points_summary

CARE_KINDS: Final = {"upgrade": "升级", "maintain": "维护", "protect": "防御", "optimise": "优化"}
DECISIONS: Final = {"given": "同意", "refused": "拒绝", "withdrawn": "撤回"}
MAY_UNMASK: Final = ("name", "phone", "member_number")


async def panel(work: Work, row: Conversation, person: Person) -> dict[str, Any]:
    """The panel of docs/protocols/desk.md."""
    session = work.session
    who = await access(session, IdentityId(row.identity_id), work.now)
    tickets = await _tickets(session, row, who.customer_id)
    if who.customer_id is None:
        return {"known": False, "verified": False, "tickets": tickets}
    await log_look(work, who.customer_id, "panel", row, person)
    card = await access_customer_by_id(session, who.customer_id)
    return {
        "known": True,
        "verified": who.verified,
        "verified_until": iso(who.verified_until) if who.verified_until else None,
        "member_number": mask_member(card.member_number),
        "name": mask_name(card.name),
        "phone": mask_phone(card.phone),
        "tier": card.tier,
        "key_account": card.key_account,
        "manager": {"name": card.manager_name, "phone": card.manager_phone} if card.manager_name else None,
        "locale": card.locale,
        "time_zone": card.time_zone,
        **await _holdings(work, who.customer_id),
        "consents": await _consents(session, who.customer_id),
        "feedback": await _feedback(session, who.customer_id),
        "tickets": tickets,
        "may_unmask": list(MAY_UNMASK),
    }


async def unmask(work: Work, row: Conversation, field: str, person: Person) -> str:
    """One masked value in full; logged. NotFound when the customer has none."""
    if field not in MAY_UNMASK:
        raise BadInput(f"可以查看的是：{'、'.join(MAY_UNMASK)}。")
    who = await access(work.session, IdentityId(row.identity_id), work.now)
    if who.customer_id is None:
        raise NotFound("还不知道这位客户是谁。")
    card = await access_customer_by_id(work.session, who.customer_id)
    value = getattr(card, field)
    if value is None:
        raise NotFound("没有这项信息。")
    await log_look(work, who.customer_id, f"unmask:{field}", row, person)
    return str(value).removeprefix("+86")


async def _holdings(work: Work, customer: CustomerId) -> dict[str, Any]:
    """Points, cards, complaints and orders."""
    session = work.session
    points = await points_summary(session, customer, work.now)
    balance = await balance_by_card(session, customer, work.now)
    complaints = await complaint_list(session, customer)
    orders = await recent_orders(session, customer)
    return {
        "points": points.as_card(),
        "balance": balance.as_card(),
        "complaints": [
            {
                "number": each.number,
                "subject": each.subject,
                "state": each.state,
                "state_text": each.state_text,
                "received_at": iso(each.received_at),
            }
            for each in complaints
        ],
        "orders": [
            {
                "number": order.number,
                "state": order.state,
                "state_text": ORDER_STATES.get(order.state, order.state),
                "total": order.total,
                "placed_at": iso(order.placed_at),
                "items": [
                    {"name": item.name, "quantity": item.quantity, "amount": item.amount}
                    for item in order.items
                ],
            }
            for order in orders
        ],
        "care_cards": [_care_card(card) for card in await care_cards(session, customer, work.now)],
    }


def _care_card(card: CareCard) -> dict[str, Any]:
    """A thing that is cared for: what was done (newest first), and what is due next."""
    return {
        "number": card.number,
        "kind": card.kind,
        "model": card.model,
        "installed_on": card.installed_on.isoformat() if card.installed_on else None,
        "meter": card.meter,
        "meter_unit": card.meter_unit,
        "visits": [
            {
                "at": iso(visit.at),
                "kind": visit.kind,
                "kind_name": CARE_KINDS[visit.kind],
                "text": visit.text,
                "meter": visit.meter,
            }
            for visit in card.visits
        ],
        "next": [
            {
                "name": each.name,
                "due_on": each.due_on.isoformat() if each.due_on else None,
                "due_meter": each.due_meter,
                "overdue": each.overdue,
                "expected": each.expected,
            }
            for each in card.next
        ],
    }


async def _tickets(
    session: AsyncSession, row: Conversation, customer: CustomerId | None
) -> list[dict[str, Any]]:
    same = Ticket.conversation_id == row.id
    if customer is not None:
        same = same | (Ticket.customer_id == customer)
    found = await session.scalars(select(Ticket).where(same).order_by(Ticket.id.desc()).limit(20))
    return [
        {
            "id": ticket.id,
            "conversation": ticket.conversation_id,
            "topic": ticket.topic,
            "state": ticket.state,
            "opened_at": iso(ticket.opened_at),
            "close_reason": ticket.close_reason,
        }
        for ticket in found
    ]


async def _consents(session: AsyncSession, customer: CustomerId) -> list[dict[str, Any]]:
    """The decision that holds for each purpose and channel."""
    return [
        {
            "purpose": row.purpose,
            "purpose_name": PURPOSES.get(row.purpose, row.purpose),
            "channel": row.channel,
            "channel_name": CHANNELS.get(row.channel or "", row.channel),
            "decision": row.decision,
            "decision_name": DECISIONS.get(row.decision, row.decision),
            "at": iso(row.at),
        }
        for row in await standing_decisions(session, customer)
    ]


async def _feedback(session: AsyncSession, customer: CustomerId) -> list[dict[str, Any]]:
    rows = await session.scalars(
        select(Rating)
        .where(Rating.customer_id == customer, Rating.score.is_not(None))
        .order_by(Rating.asked_at.desc())
        .limit(10)
    )
    return [
        {"score": row.score, "tags": row.tags, "at": iso(row.answered_at)} for row in rows if row.answered_at
    ]
