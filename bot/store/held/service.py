"""Keep money for a customer, and pay it out."""

from __future__ import annotations

from bot.kit.db import WriteSession
from bot.kit.ids import CustomerId
from bot.store.ledger.accounts import ensure_account
from bot.store.ledger.book import Grant, Posted
from bot.store.ledger.models import Company
from bot.store.ledger.service import credit, debit
from bot.store.requests.service import Note


async def hold_money(session: WriteSession, customer_id: CustomerId, amount: int, note: Note) -> Posted:
    """Keep `amount` fen that belong to the customer; `note.reason` is what they read about it."""
    account = await ensure_account(session, "held", customer_id)
    return await credit(session, "hold", note, [(Grant(account, amount, None), Company.MONEY_HELD)])


async def release_money(session: WriteSession, customer_id: CustomerId, amount: int, note: Note) -> Posted:
    """Pay held money out to the customer; TooLittle when less is held."""
    account = await ensure_account(session, "held", customer_id)
    return await debit(session, "release", note, [account], amount, Company.MONEY_HELD)
