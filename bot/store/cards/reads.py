"""What a customer may ask about their cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.ids import CardId, CustomerId
from bot.store.cards.models import Card, CardType
from bot.store.customers.models import Customer
from bot.store.dates import add_months, last_day
from bot.store.ledger.models import REMAINS, Account, Lot

EXPIRING = timedelta(days=30)

Validity = Literal["valid", "expiring", "expired"]
Amounts = dict[tuple[CardId | None, str], int]


@dataclass(frozen=True, slots=True)
class CardBalance:
    """One card; money in fen. `hall_until`: until when the hall still moves an expired card's money."""

    card_id: CardId
    number: str
    type: str
    principal: int
    bonus: int
    held: int
    valid_until: date | None
    state: Validity
    blocked: bool
    transferable: bool
    hall_until: date | None

    @property
    def masked_number(self) -> str:
        """The last four digits: `**** 8821`."""
        return f"**** {self.number[-4:]}"


@dataclass(frozen=True, slots=True)
class Balance:
    """All cards, those that can be spent first. `total`: what can be spent now; `held` is not on any card."""

    cards: tuple[CardBalance, ...]
    total: int
    held: int

    def as_card(self) -> dict[str, Any]:
        """The `balance` card of docs/protocols/webchat.md; money in fen."""
        return {
            "total": self.total,
            "cards": [
                {
                    "number": card.masked_number,
                    "type": card.type,
                    "principal": card.principal,
                    "bonus": card.bonus,
                    "held": card.held,
                    "valid_until": card.valid_until.isoformat() if card.valid_until else None,
                    "state": card.state,
                }
                for card in self.cards
            ],
        }


async def balance_by_card(session: AsyncSession, customer_id: CustomerId, now: datetime) -> Balance:
    """What a customer has on each card at `now`, and what the company holds for them; in fen."""
    of = {"customer": customer_id, "now": now}
    rows = (await session.execute(_cards(), of)).all()
    amounts: Amounts = {
        (row.card_id, row.kind): int(row.amount) for row in (await session.execute(_money(), of)).all()
    }
    cards = [_card(row, amounts, now) for row in rows]
    cards.sort(key=lambda card: (card.state == "expired", card.valid_until or date.max, card.card_id))
    spendable = [card for card in cards if card.state != "expired" and not card.blocked]
    return Balance(
        cards=tuple(cards),
        total=sum(card.principal + card.bonus for card in spendable),
        held=amounts.get((None, "held"), 0),
    )


def validity(valid_until: datetime | None, now: datetime) -> Validity:
    """Whether a card is valid, within 30 days of its end, or past it."""
    if valid_until is None or valid_until - now > EXPIRING:
        return "valid"
    return "expiring" if valid_until > now else "expired"


def _card(row: Row[*tuple[Any, ...]], amounts: Amounts, now: datetime) -> CardBalance:
    until = last_day(row.valid_until, row.time_zone) if row.valid_until else None
    state = validity(row.valid_until, now)
    return CardBalance(
        card_id=row.id,
        number=row.number,
        type=row.type,
        principal=amounts.get((row.id, "principal"), 0),
        bonus=amounts.get((row.id, "bonus"), 0),
        held=amounts.get((row.id, "held"), 0),
        valid_until=until,
        state=state,
        blocked=row.state == "blocked",
        transferable=row.transferable,
        hall_until=add_months(until, row.hall_months) if until and state == "expired" else None,
    )


@cache  # building a statement costs as much as running it
def _cards() -> Select[CardId, str, datetime | None, str, str, bool, int, str]:
    return (
        select(
            Card.id,
            Card.number,
            Card.valid_until,
            Card.state,
            CardType.name.label("type"),
            CardType.transferable,
            CardType.hall_months,
            Customer.time_zone,
        )
        .join(CardType, CardType.code == Card.type_code)
        .join(Customer, Customer.id == Card.customer_id)
        .where(Card.customer_id == bindparam("customer"), Card.state != "closed")
    )


@cache
def _money() -> Select[CardId | None, str, int]:
    live = and_(REMAINS, or_(Lot.expires_at.is_(None), Lot.expires_at > bindparam("now")))
    return (
        select(Account.card_id, Account.kind, func.sum(Lot.remaining).label("amount"))
        .join(Lot, and_(Lot.account_id == Account.id, live))
        .where(Account.customer_id == bindparam("customer"), Account.unit == "fen")
        .group_by(Account.card_id, Account.kind)
    )
