"""60 days after a card ended: the hall moves its money for another month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from bot.care.due import Due
from bot.care.money import card_money
from bot.care.sql import day_number, joining, last_four
from bot.care.trigger import DAY, LATER, STOP, Goal, Reply, Trigger
from bot.store.cards.models import Card, CardTransfer, CardType
from bot.store.dates import add_months, last_day


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
        months=CardType.hall_months,
    ).where(
        CardType.hall_months >= 3,
        CardType.transferable,
        Card.state == "active",
        Card.valid_until <= at.last_day_end(-60),
        Card.valid_until <= at.day_end(-60),
        Card.valid_until > at.first_day_end(-85),
        money > 0,
    )


def hall_until(facts: Mapping[str, Any], _now: datetime, zone: str) -> dict[str, Any]:
    """Three calendar months after the last day; the month's last day when it is shorter."""
    last = last_day(datetime.fromisoformat(facts["expires"]), zone)
    return {"hall_until": add_months(last, int(facts["months"])).isoformat()}


TRIGGER = Trigger(
    name="card_hall_window",
    title="过期卡余额可到营业厅办理",
    due=due,
    facts={
        "card_id": "id",
        "tail": "text",
        "balance": "yuan",
        "expires": "last_day",
        "months": "number",
        "hall_until": "day",
    },
    more=hall_until,
    text="{customer}，您尾号 {tail} 的卡 {expires} 已经到期，里面还有 {balance} 元。"
    "{hall_until} 前可以本人带身份证到营业厅，转到您另一张同类卡上。",
    brief="有一条关于储值卡的提醒，验证身份后告诉您。",
    watches=("card",),
    priority=30,
    lasting=20 * DAY,
    goal=Goal(
        "到厅转出",
        CardTransfer.customer_id,
        CardTransfer.at,
        days=30,
        where=lambda: CardTransfer.place == "hall",
    ),
    replies=(Reply("怎么办理", "care_yes"), LATER, STOP),
)
