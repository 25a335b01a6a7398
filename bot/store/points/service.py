"""Earn points, and spend them on what the catalogue offers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update

from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.customers.models import Customer, Tier
from bot.store.dates import add_months, end_of_day
from bot.store.ledger.accounts import ensure_account
from bot.store.ledger.book import Grant, Posted
from bot.store.ledger.models import Company
from bot.store.ledger.service import credit, debit, reverse
from bot.store.points.models import CatalogueItem, EarningRule, Redemption
from bot.store.requests.service import Note, already_done, done


class OutOfStock(Conflict):
    """There is not enough of this item left."""

    code = "out_of_stock"


class TierTooLow(Conflict):
    """This item is offered from a higher tier on."""

    code = "tier_too_low"


async def earn(
    session: WriteSession, customer_id: CustomerId, points: int, note: Note, expires_at: datetime | None
) -> Posted:
    """Give points that can be spent until `expires_at` (None: for ever)."""
    account = await ensure_account(session, "points", customer_id)
    return await credit(session, "earn", note, [(Grant(account, points, expires_at), Company.POINTS_ISSUED)])


async def earn_for_purchase(
    session: WriteSession, customer_id: CustomerId, paid: int, note: Note
) -> Posted | None:
    """Give the points that the best published rule gives for `paid` fen; None when that is none."""
    statement = (
        select(EarningRule, Customer.time_zone)
        .select_from(EarningRule)
        .join(Customer, Customer.id == customer_id)
        .where(
            EarningRule.since <= note.at,
            or_(EarningRule.until.is_(None), EarningRule.until > note.at),
            or_(EarningRule.tier_code.is_(None), EarningRule.tier_code == Customer.tier_code),
        )
    )
    rules = [
        (rule, zone, paid // rule.per_fen * rule.points) for rule, zone in await session.execute(statement)
    ]
    rule, zone, points = max(rules, key=lambda each: each[2], default=(None, None, 0))
    if rule is None or points <= 0:
        return None
    expires_at = None
    if rule.valid_months is not None:
        expires_at = end_of_day(add_months(local_date(note.at, zone), rule.valid_months), zone)
    return await earn(session, customer_id, points, note, expires_at)


async def redeem_points(session: WriteSession, customer_id: CustomerId, points: int, note: Note) -> Posted:
    """Spend points, soonest-expiring first; TooLittle when there are fewer."""
    account = await ensure_account(session, "points", customer_id)
    return await debit(session, "redeem", note, [account], points, Company.POINTS_REDEEMED)


async def redeem_item(
    session: WriteSession, customer_id: CustomerId, item_code: str, note: Note, quantity: int = 1
) -> Redemption:
    """Buy `quantity` of a catalogue item with points: points and stock go together or not at all."""
    if quantity < 1:
        raise BadInput("A quantity is 1 or more.")
    known = await already_done(session, note, "redeem_item", customer_id, item_code, quantity)
    if known is not None:
        return await session.get_one(Redemption, known)
    item = await _offered_item(session, customer_id, item_code)
    # The points first: every redemption then locks account before item, and none waits for another in a ring.
    posted = await redeem_points(session, customer_id, item.points * quantity, note)
    await _take_stock(session, item, quantity)
    redemption = Redemption(
        customer_id=customer_id,
        item_id=item.id,
        quantity=quantity,
        points=item.points * quantity,
        transaction_id=posted.transaction_id,
        state="ordered",
        at=note.at,
        changed_at=note.at,
    )
    session.add(redemption)
    await session.flush()
    await done(session, note, redemption.id)
    return redemption


async def fulfil_redemption(session: WriteSession, redemption_id: int, now: datetime) -> None:
    """The customer has what the points bought. Doing it twice changes nothing."""
    redemption = await _redemption(session, redemption_id)
    if redemption.state == "cancelled":
        raise Conflict("A cancelled redemption cannot be fulfilled.")
    if redemption.state == "ordered":
        redemption.state, redemption.changed_at = "fulfilled", now
        await session.flush()


async def cancel_redemption(session: WriteSession, redemption_id: int, note: Note) -> None:
    """Give the points back into their original lots, and the item back into stock."""
    redemption = await _redemption(session, redemption_id)
    if await already_done(session, note, "cancel_redemption", redemption_id) is not None:
        return
    if redemption.state != "ordered":
        raise Conflict(f"A redemption that is {redemption.state} cannot be cancelled.")
    await reverse(session, redemption.transaction_id, note)
    await session.execute(
        update(CatalogueItem)
        .where(CatalogueItem.id == redemption.item_id, CatalogueItem.stock.is_not(None))
        .values(stock=CatalogueItem.stock + redemption.quantity)
    )
    redemption.state, redemption.changed_at = "cancelled", note.at
    await session.flush()
    await done(session, note, redemption_id)


async def _redemption(session: WriteSession, redemption_id: int) -> Redemption:
    found = await session.get(Redemption, redemption_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("There is no such redemption.")
    return found


async def _offered_item(session: WriteSession, customer_id: CustomerId, code: str) -> CatalogueItem:
    statement = (
        select(CatalogueItem, Tier.rank)
        .select_from(CatalogueItem)
        .join(Customer, Customer.id == customer_id)
        .outerjoin(Tier, Tier.code == Customer.tier_code)
        .where(CatalogueItem.code == code, CatalogueItem.offered)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("The catalogue does not offer this item.")
    item, rank = row
    if item.tier_rank > (rank or 0):
        raise TierTooLow
    return item


async def _take_stock(session: WriteSession, item: CatalogueItem, quantity: int) -> None:
    if item.stock is None:
        return
    statement = (
        update(CatalogueItem)
        .where(CatalogueItem.id == item.id, CatalogueItem.stock >= quantity)
        .values(stock=CatalogueItem.stock - quantity)
        .returning(CatalogueItem.stock)
    )
    if (await session.execute(statement)).scalar_one_or_none() is None:
        raise OutOfStock
