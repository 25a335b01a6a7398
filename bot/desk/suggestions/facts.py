"""Answers out of the store, for a customer who proved who they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from bot.desk.names import ORDER_STATES
from bot.desk.rules.hours import moment_text
from bot.desk.work import Work
from bot.kit.ids import CustomerId
from bot.store.cards.reads import balance_by_card
from bot.store.complaints.reads import complaint_status
from bot.store.orders.reads import recent_orders
from bot.store.points.reads import points_summary

Teller = Callable[[Work, CustomerId], Awaitable[str | None]]


async def _points(work: Work, customer: CustomerId) -> str:
    found = await points_summary(work.session, customer, work.now)
    soon = next(iter(found.expiring), None)
    text = f"帮您查到了，您现在有 {found.total:,} 积分"
    return f"{text}，其中 {soon.points:,} 分 {soon.on.isoformat()} 到期。" if soon else f"{text}。"


async def _balance(work: Work, customer: CustomerId) -> str:
    found = await balance_by_card(work.session, customer, work.now)
    usable = [card for card in found.cards if card.state != "expired" and not card.blocked]
    each = "，".join(
        f"尾号 {card.number[-4:]} 有 {(card.principal + card.bonus) / 100:,.2f} 元" for card in usable
    )
    return f"帮您查到了，您可用的余额一共 {found.total / 100:,.2f} 元{f'：{each}' if each else ''}。"


async def _complaint(work: Work, customer: CustomerId) -> str | None:
    found = await complaint_status(work.session, customer, None, work.now)
    if found is None:
        return None
    return f"您的投诉 {found.number}（{found.subject}）现在是“{found.state_text}”。{found.next_step}"


async def _order(work: Work, customer: CustomerId) -> str | None:
    found = next(iter(await recent_orders(work.session, customer, 1)), None)
    if found is None:
        return None
    items = "、".join(item.name for item in found.items[:3])
    placed = moment_text(work.rules, found.placed_at, work.now)
    state = ORDER_STATES.get(found.state, found.state)
    return f"您最近的订单 {found.number}（{items}，{placed}下单）现在是“{state}”。"


TELLERS: Final[dict[str, Teller]] = {
    "ask_points": _points,
    "ask_points_expiry": _points,
    "ask_balance": _balance,
    "ask_complaint_status": _complaint,
    "urge_complaint": _complaint,
    "ask_order": _order,
}
"""Intent: what the store says to it."""
