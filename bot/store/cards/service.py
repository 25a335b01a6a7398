"""Open cards, put money on them, spend it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import AccountId, CardId, CustomerId
from bot.store.cards.models import Card, CardType
from bot.store.ledger.accounts import ensure_account
from bot.store.ledger.book import Grant, Posted
from bot.store.ledger.models import Company
from bot.store.ledger.service import credit, debit
from bot.store.requests.service import Note


class CardNotValid(Conflict):
    """This card cannot be used: it has expired, or it is blocked or closed."""

    code = "card_not_valid"


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card to open. `valid_until` is the first moment it is no longer valid; amounts in fen."""

    number: str
    type_code: str
    valid_until: datetime | None
    face_value: int = 0


async def open_card(session: WriteSession, customer_id: CustomerId, new: NewCard, now: datetime) -> CardId:
    """Open an empty card; Conflict when its number exists."""
    if not 4 <= len(new.number) <= 32:
        raise BadInput("A card number has 4 to 32 characters.")
    if await session.get(CardType, new.type_code) is None:
        raise NotFound(f"There is no card type {new.type_code}.")
    card = Card(
        customer_id=customer_id,
        number=new.number,
        type_code=new.type_code,
        face_value=new.face_value,
        valid_until=new.valid_until,
        state="active",
        opened_at=now,
    )
    session.add(card)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict("There is already a card with this number.") from error
    return card.id


async def top_up(
    session: WriteSession,
    card_id: CardId,
    principal: int,
    note: Note,
    *,
    bonus: int = 0,
    bonus_expires_at: datetime | None = None,
) -> Posted:
    """Put money on a card: what was paid, and what the company gives on top ("100+1"); both in fen."""
    if bonus < 0:
        raise BadInput("A bonus is not negative.")
    card = await _usable(session, card_id, note.at)
    grants = [
        (
            Grant(await ensure_account(session, "principal", card.customer_id, card_id), principal, None),
            Company.MONEY_RECEIVED,
        )
    ]
    if bonus:
        account = await ensure_account(session, "bonus", card.customer_id, card_id)
        grants.append((Grant(account, bonus, bonus_expires_at), Company.BONUS_GRANTED))
    return await credit(session, "top_up", note, grants)


async def spend(session: WriteSession, card_id: CardId, amount: int, note: Note) -> Posted:
    """Pay `amount` fen with a card: the soonest-expiring money first, and bonus before principal.

    CardNotValid after its last day; TooLittle when there is less on it.
    """
    card = await _usable(session, card_id, note.at)
    accounts = await money_accounts(session, card)
    return await debit(session, "spend", note, accounts, amount, Company.SALES)


async def money_accounts(session: WriteSession, card: Card) -> list[AccountId]:
    """The card's bonus and principal accounts, in the order they are spent."""
    return [
        await ensure_account(session, "bonus", card.customer_id, card.id),
        await ensure_account(session, "principal", card.customer_id, card.id),
    ]


async def card_of(session: WriteSession, customer_id: CustomerId, number: str) -> Card:
    """The customer's own card with this number; NotFound for anybody else's."""
    statement = select(Card).where(Card.number == number, Card.customer_id == customer_id)
    card = (await session.execute(statement)).scalar_one_or_none()
    if card is None:
        raise NotFound("You have no card with this number.")
    return card


async def _usable(session: WriteSession, card_id: CardId, now: datetime) -> Card:
    card = await session.get(Card, card_id, with_for_update=True)
    if card is None:
        raise NotFound("There is no such card.")
    if card.state != "active" or (card.valid_until is not None and card.valid_until <= now):
        raise CardNotValid
    return card
