"""Sums of money, as expressions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, select

from bot.care.sql import joining
from bot.store.cards.models import Card
from bot.store.ledger.models import Account
from bot.store.quotes.models import Quote, QuoteLine, QuoteVersion


def card_money() -> ColumnElement[Any]:
    """Principal and bonus of the statement's card, in fen."""
    return (
        select(func.coalesce(func.sum(Account.balance), 0))
        .where(
            Account.card_id == Card.id,
            Account.card_id.is_not(None),
            Account.kind.in_(("principal", "bonus")),
        )
        .correlate(Card)
        .scalar_subquery()
    )


def to_pay(version: Any) -> ColumnElement[Any]:
    """What the customer pays by a version of a quote: its lines less what the insurer takes over, in fen."""
    lines = (
        select(func.coalesce(func.sum(QuoteLine.amount), 0))
        .where(QuoteLine.version_id == version.id)
        .correlate(version)
        .scalar_subquery()
    )
    return lines - version.insurance


def with_earlier(before: Any) -> FromClause:
    """Versions of quotes with the version before each."""
    return joining(QuoteVersion, Quote, Quote.id == QuoteVersion.quote_id).join(
        before, and_(before.quote_id == Quote.id, before.version == QuoteVersion.version - 1)
    )
