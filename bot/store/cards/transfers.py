"""Move money between a customer's own cards, and let a card live longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import AccountId, CardId, CustomerId
from bot.store.cards.models import Card, CardTransfer, CardType, CardValidity, TransferPlace
from bot.store.cards.service import CardNotValid, money_accounts
from bot.store.customers.models import Customer
from bot.store.dates import add_months, last_day
from bot.store.ledger.models import Entry
from bot.store.ledger.service import move
from bot.store.requests.service import Note, already_done, done


class NotTransferable(Conflict):
    """Money moves only between two of your own cards of one type that allows it."""

    code = "not_transferable"


class WindowClosed(Conflict):
    """The time in which the hall moves the money of an expired card is over, or has not begun."""

    code = "window_closed"


@dataclass(frozen=True, slots=True)
class Transferred:
    """What was moved, in fen; bonus stayed bonus."""

    transfer_id: int
    principal: int
    bonus: int


async def transfer(
    session: WriteSession,
    customer_id: CustomerId,
    from_card: CardId,
    to_card: CardId,
    amount: int,
    note: Note,
) -> Transferred:
    """The customer moves `amount` fen between two valid cards of one type. TooLittle: there is less."""
    return await _transfer(session, customer_id, (from_card, to_card), amount, note, "self_service")


async def transfer_at_hall(
    session: WriteSession,
    customer_id: CustomerId,
    from_card: CardId,
    to_card: CardId,
    amount: int,
    note: Note,
) -> Transferred:
    """Staff (`note.actor`) moves money off a card that expired up to three months ago (its type says)."""
    return await _transfer(session, customer_id, (from_card, to_card), amount, note, "hall")


async def extend_validity(session: WriteSession, card_id: CardId, until: datetime, note: Note) -> None:
    """Let a card be valid until `until` (the first moment it no longer is); only ever later."""
    if await already_done(session, note, "extend_validity", card_id, until.isoformat()) is not None:
        return
    card = await session.get(Card, card_id, with_for_update=True, populate_existing=True)
    if card is None:
        raise NotFound("There is no such card.")
    if card.valid_until is None or until <= card.valid_until:
        raise BadInput("A validity is only ever extended.")
    session.add(
        CardValidity(
            card_id=card_id,
            before=card.valid_until,
            until=until,
            reason=note.reason,
            actor=note.actor,
            at=note.at,
        )
    )
    card.valid_until = until
    await session.flush()
    await done(session, note, card_id)


async def _transfer(
    session: WriteSession,
    customer_id: CustomerId,
    cards: tuple[CardId, CardId],
    amount: int,
    note: Note,
    place: TransferPlace,
) -> Transferred:
    known = await already_done(session, note, "transfer", customer_id, cards, amount, place)
    if known is not None:
        return await _transferred(session, known)
    source, target = await _two_cards(session, customer_id, cards)
    await _check_times(session, source, target, place, note.at)
    pairs = list(
        zip(await money_accounts(session, source), await money_accounts(session, target), strict=True)
    )
    posted = await move(session, "transfer", note, pairs, amount)
    bonus, principal = [await _gained(session, posted.transaction_id, account) for _, account in pairs]
    row = CardTransfer(
        transaction_id=posted.transaction_id,
        customer_id=customer_id,
        from_card_id=source.id,
        to_card_id=target.id,
        principal=principal,
        bonus=bonus,
        place=place,
        staff=note.actor if place == "hall" else None,
        at=note.at,
    )
    session.add(row)
    await session.flush()
    await done(session, note, row.id)
    return Transferred(row.id, principal, bonus)


async def _two_cards(
    session: WriteSession, customer_id: CustomerId, ids: tuple[CardId, CardId]
) -> tuple[Card, Card]:
    statement = (
        select(Card, CardType.transferable)
        .join(CardType, CardType.code == Card.type_code)
        .where(Card.id.in_(ids), Card.customer_id == customer_id)
        .order_by(Card.id)
        .with_for_update(of=Card)
        .execution_options(populate_existing=True)
    )
    rows = (await session.execute(statement)).all()
    found = {card.id: card for card, _ in rows}
    if len(found) != 2:
        raise NotTransferable
    source, target = found[ids[0]], found[ids[1]]
    if source.type_code != target.type_code or not all(transferable for _, transferable in rows):
        raise NotTransferable
    if source.state != "active" or target.state != "active":
        raise CardNotValid
    return source, target


async def _check_times(
    session: WriteSession, source: Card, target: Card, place: TransferPlace, now: datetime
) -> None:
    if target.valid_until is not None and target.valid_until <= now:
        raise CardNotValid("The card that should take the money has expired.")
    expired = source.valid_until is not None and source.valid_until <= now
    if place == "self_service":
        if expired:
            raise CardNotValid("This card has expired: the hall can still move its money for three months.")
        return
    if not expired or source.valid_until is None:
        raise WindowClosed("This card has not expired: you can move its money yourself.")
    statement = (
        select(CardType.hall_months, Customer.time_zone)
        .join(Card, Card.type_code == CardType.code)
        .join(Customer, Customer.id == Card.customer_id)
        .where(Card.id == source.id)
    )
    months, zone = (await session.execute(statement)).one()
    if local_date(now, zone) > add_months(last_day(source.valid_until, zone), months):
        raise WindowClosed


async def _gained(session: WriteSession, transaction_id: int, account: AccountId) -> int:
    statement = select(Entry.amount).where(
        Entry.transaction_id == transaction_id, Entry.account_id == account
    )
    return (await session.execute(statement)).scalar_one_or_none() or 0


async def _transferred(session: WriteSession, transfer_id: int) -> Transferred:
    row = await session.get_one(CardTransfer, transfer_id)
    return Transferred(row.id, row.principal, row.bonus)
