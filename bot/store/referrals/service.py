"""Give out referral codes, note who came with one, thank the one who sent them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession, insert_into
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.orders.models import Order
from bot.store.points.service import earn
from bot.store.referrals.models import Referral, ReferralCode
from bot.store.requests.service import Note, already_done, done

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else


@dataclass(frozen=True, slots=True)
class ReferralSummary:
    """A customer's code and how many came with it, bought, and were rewarded."""

    code: str | None
    joined: int
    qualified: int
    rewarded: int


async def referral_code(session: WriteSession, customer_id: CustomerId, now: datetime) -> str:
    """The customer's code; made on first use."""
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    statement = insert_into(session, ReferralCode).values(customer_id=customer_id, code=code, made_at=now)
    await session.execute(statement.on_conflict_do_nothing())
    found = select(ReferralCode.code).where(ReferralCode.customer_id == customer_id)
    return (await session.execute(found)).scalar_one()


async def join_with_code(session: WriteSession, customer_id: CustomerId, code: str, note: Note) -> int:
    """A new customer came with `code`; each comes once, and nobody with their own."""
    known = await already_done(session, note, "join_with_code", customer_id, code)
    if known is not None:
        return known
    owner = select(ReferralCode.customer_id).where(ReferralCode.code == code.strip().upper())
    referrer = (await session.execute(owner)).scalar_one_or_none()
    if referrer is None:
        raise NotFound("There is no such referral code.")
    if referrer == customer_id:
        raise BadInput("Nobody comes with their own code.")
    before = select(Referral.id).where(Referral.customer_id == customer_id)
    if (await session.execute(before)).scalar_one_or_none() is not None:
        raise Conflict("This customer already came with a code.")
    row = Referral(referrer_id=referrer, customer_id=customer_id, state="joined", joined_at=note.at)
    session.add(row)
    await session.flush()
    await done(session, note, row.id)
    return row.id


async def qualify_referral(session: WriteSession, referral_id: int) -> bool:
    """Whether who came has bought something by now; noted when so."""
    row = await _locked(session, referral_id)
    if row.state == "joined":
        bought = select(Order.id).where(Order.customer_id == row.customer_id, Order.state == "completed")
        if (await session.execute(bought.limit(1))).scalar_one_or_none() is None:
            return False
        row.state = "qualified"
        await session.flush()
    return True


async def reward_referral(
    session: WriteSession, referral_id: int, points: int, note: Note, expires_at: datetime | None
) -> None:
    """Give the one who sent a customer their points, once."""
    row = await _locked(session, referral_id)
    if await already_done(session, note, "reward_referral", referral_id, points) is not None:
        return
    if row.state != "qualified":
        raise Conflict(f"A referral that is {row.state} is not rewarded.")
    posted = await earn(session, row.referrer_id, points, note, expires_at)
    row.state, row.transaction_id = "rewarded", posted.transaction_id
    await session.flush()
    await done(session, note, referral_id)


async def referral_summary(session: AsyncSession, customer_id: CustomerId) -> ReferralSummary:
    """What became of a customer's code; nothing about who came."""
    code = select(ReferralCode.code).where(ReferralCode.customer_id == customer_id)
    counts = (
        select(Referral.state, func.count())
        .where(Referral.referrer_id == customer_id)
        .group_by(Referral.state)
    )
    by_state: dict[str, int] = {row[0]: row[1] for row in (await session.execute(counts)).all()}
    rewarded = by_state.get("rewarded", 0)
    qualified = by_state.get("qualified", 0) + rewarded
    return ReferralSummary(
        code=(await session.execute(code)).scalar_one_or_none(),
        joined=by_state.get("joined", 0) + qualified,
        qualified=qualified,
        rewarded=rewarded,
    )


async def _locked(session: WriteSession, referral_id: int) -> Referral:
    row = await session.get(Referral, referral_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("There is no such referral.")
    return row
