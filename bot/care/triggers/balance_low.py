"""The money on a card fell below the customer's own threshold (their fact `balance_alert`, in fen)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, FromClause, Select, cast, func, or_, select

from bot.care.due import Due
from bot.care.money import card_money
from bot.care.sql import joining, last_four
from bot.care.trigger import DAY, LATER, STOP, Goal, Reply, Trigger
from bot.store.cards.models import Card
from bot.store.facts.models import CustomerFact
from bot.store.ledger.models import Account, Entry, Transaction


def due(at: Due) -> Select[Any]:
    money = card_money()
    threshold = cast(CustomerFact.value, BigInteger)
    last = (
        select(func.coalesce(func.max(Entry.id), 0))
        .join(Account, Account.id == Entry.account_id)
        .where(Account.card_id == Card.id, Account.card_id.is_not(None))
        .correlate(Card)
        .scalar_subquery()
    )
    return at.rows(
        joining(CustomerFact, Card, Card.customer_id == CustomerFact.customer_id),
        Card.customer_id,
        ("card:", Card.id, ":", last),
        card_id=Card.id,
        tail=last_four(Card.number),
        balance=money,
        threshold=threshold,
    ).where(
        CustomerFact.name == "balance_alert",
        CustomerFact.source == "customer",
        CustomerFact.ended_at.is_(None),
        or_(CustomerFact.expires_at.is_(None), CustomerFact.expires_at > at.now),
        Card.state == "active",
        or_(Card.valid_until.is_(None), Card.valid_until > at.now),
        money < threshold,
    )


def _top_ups() -> FromClause:
    return joining(Entry, Account, Account.id == Entry.account_id).join(
        Transaction, Transaction.id == Entry.transaction_id
    )


TRIGGER = Trigger(
    name="balance_low",
    title="余额低于提醒线",
    due=due,
    facts={"card_id": "id", "tail": "text", "balance": "yuan", "threshold": "yuan"},
    text="{customer}，您尾号 {tail} 的卡还剩 {balance} 元，低于您设的 {threshold} 元。"
    "需要充值的话我告诉您怎么充。",
    brief="有一条关于余额的提醒，验证身份后告诉您。",
    watches=("entry", "fact"),
    priority=45,
    cool_down=7 * DAY,
    lasting=2 * DAY,
    goal=Goal(
        "充值",
        Account.customer_id,
        Transaction.at,
        days=7,
        rows=_top_ups,
        where=lambda: Transaction.kind == "top_up",
    ),
    replies=(Reply("怎么充值", "care_yes"), LATER, STOP),
)
