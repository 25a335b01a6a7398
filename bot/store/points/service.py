"""Earn and redeem points."""

from __future__ import annotations

from datetime import datetime

from bot.kit.db import WriteSession
from bot.kit.ids import CustomerId
from bot.store.ledger.accounts import ensure_account
from bot.store.ledger.book import Grant, Posted
from bot.store.ledger.models import Company
from bot.store.ledger.service import credit, debit
from bot.store.requests.service import Note


async def earn(
    session: WriteSession, customer_id: CustomerId, points: int, note: Note, expires_at: datetime | None
) -> Posted:
    """Give points that can be spent until `expires_at` (None: for ever)."""
    account = await ensure_account(session, "points", customer_id)
    return await credit(session, "earn", note, [(Grant(account, points, expires_at), Company.POINTS_ISSUED)])


async def redeem_points(session: WriteSession, customer_id: CustomerId, points: int, note: Note) -> Posted:
    """Spend points, soonest-expiring first; TooLittle when there are fewer."""
    account = await ensure_account(session, "points", customer_id)
    return await debit(session, "redeem", note, [account], points, Company.POINTS_REDEEMED)
