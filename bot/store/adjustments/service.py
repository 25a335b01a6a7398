"""Correct points or money by hand: small corrections at once, large ones after a second person's yes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, Forbidden, NotFound
from bot.kit.ids import AccountId, CardId, CustomerId
from bot.store.adjustments.models import Adjustment
from bot.store.ledger.accounts import ensure_account
from bot.store.ledger.book import Grant, Posted
from bot.store.ledger.models import Account, AccountKind, Company
from bot.store.ledger.service import credit, debit
from bot.store.requests.service import Note, already_done, done


class SamePerson(Forbidden):
    """Who proposed a correction cannot also decide on it: ask a colleague."""

    code = "same_person"


@dataclass(frozen=True, slots=True)
class AdjustLimits:
    """Up to these amounts one person suffices."""

    points: int = 1_000
    fen: int = 10_000


@dataclass(frozen=True, slots=True)
class Target:
    """The account to correct: a customer's points or held money, or the money on one card."""

    customer_id: CustomerId
    kind: AccountKind
    card_id: CardId | None = None


async def propose_adjustment(
    session: WriteSession, target: Target, amount: int, note: Note, limits: AdjustLimits
) -> Adjustment:
    """Correct by `amount` (negative takes); booked at once up to the limit, else kept for a second person."""
    if not amount or not note.reason.strip():
        raise BadInput("A correction has an amount and a reason.")
    known = await already_done(
        session, note, "adjust", target.customer_id, target.kind, target.card_id, amount
    )
    if known is not None:
        return await session.get_one(Adjustment, known)
    account = await ensure_account(session, target.kind, target.customer_id, target.card_id)
    limit = limits.points if target.kind == "points" else limits.fen
    adjustment = Adjustment(
        customer_id=target.customer_id,
        account_id=account,
        amount=amount,
        reason=note.reason,
        needs_second=abs(amount) > limit,
        proposed_by=note.actor,
        proposed_at=note.at,
        state="proposed",
    )
    if not adjustment.needs_second:
        adjustment.transaction_id = (await _book(session, account, amount, note)).transaction_id
        adjustment.state = "booked"
    session.add(adjustment)
    await session.flush()
    await done(session, note, adjustment.id)
    return adjustment


async def decide_adjustment(
    session: WriteSession, adjustment_id: int, note: Note, *, approve: bool
) -> Adjustment:
    """A second person (`note.actor`) books or rejects a proposed correction."""
    adjustment = await session.get(Adjustment, adjustment_id, with_for_update=True, populate_existing=True)
    if adjustment is None:
        raise NotFound("There is no such correction.")
    if await already_done(session, note, "decide_adjustment", adjustment_id, approve) is not None:
        return adjustment
    if adjustment.proposed_by == note.actor:
        raise SamePerson
    if adjustment.state != "proposed":
        raise Conflict(f"This correction is already {adjustment.state}.")
    if approve:
        booking = Note(note.key, note.at, adjustment.proposed_by, adjustment.reason, approved_by=note.actor)
        posted = await _book(session, adjustment.account_id, adjustment.amount, booking)
        adjustment.transaction_id = posted.transaction_id
    adjustment.state = "booked" if approve else "rejected"
    adjustment.decided_by, adjustment.decided_at = note.actor, note.at
    await session.flush()
    await done(session, note, adjustment.id)
    return adjustment


async def open_adjustments(session: AsyncSession, limit: int = 50) -> list[Adjustment]:
    """Corrections that wait for a second person, oldest first."""
    statement = (
        select(Adjustment).where(Adjustment.state == "proposed").order_by(Adjustment.proposed_at).limit(limit)
    )
    return list((await session.execute(statement)).scalars())


async def _book(session: WriteSession, account: AccountId, amount: int, note: Note) -> Posted:
    unit = (await session.execute(select(Account.unit).where(Account.id == account))).scalar_one()
    company = Company.POINTS_ADJUSTED if unit == "points" else Company.MONEY_ADJUSTED
    if amount > 0:
        return await credit(session, "adjust", note, [(Grant(account, amount, None), company)])
    return await debit(session, "adjust", note, [account], -amount, company)
