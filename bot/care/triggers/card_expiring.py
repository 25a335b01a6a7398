"""A card with money on it ends within 30 days: how the money can be moved."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case

from bot.care.due import Due
from bot.care.money import card_money
from bot.care.sql import day_number, joining, last_four
from bot.care.trigger import LATER, STOP, Goal, Reply, Trigger
from bot.store.cards.models import Card, CardTransfer, CardType


def due(at: Due) -> Select[Any]:
    money = card_money()
    return at.rows(
        joining(Card, CardType, CardType.code == Card.type_code),
        Card.customer_id,
        ("card:", Card.id, ":", day_number(Card.valid_until)),
        card_id=Card.id,
        tail=last_four(Card.number),
        balance=money,
        expires=Card.valid_until,
        how=case((CardType.transferable, "也可以转到您名下另一张同类卡"), else_=None),
    ).where(
        Card.state == "active",
        Card.valid_until > at.now,
        Card.valid_until <= at.last_day_end(30),
        Card.valid_until <= at.day_end(30),
        money > 0,
    )


TRIGGER = Trigger(
    name="card_expiring",
    title="卡快到期",
    due=due,
    facts={"card_id": "id", "tail": "text", "balance": "yuan", "expires": "last_day", "how": "text"},
    text="{customer}，您尾号 {tail} 的卡 {expires} 到期，里面还有 {balance} 元。"
    "到期前可以照常使用[，{how}]。",
    brief="有一条关于储值卡的提醒，验证身份后告诉您。",
    watches=("card", "card_validity", "entry"),
    priority=35,
    goal=Goal("转出余额", CardTransfer.customer_id, CardTransfer.at, days=30),
    replies=(Reply("转到另一张卡", "care_yes"), LATER, STOP),
)
