"""What a customer may ask about a quote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.ids import CustomerId
from bot.store.quotes.models import LineDecision, Quote, QuoteLine, QuoteState, QuoteVersion


@dataclass(frozen=True, slots=True)
class QuoteItem:
    """One line of a quote; `amount` in fen, `decision` None: still open."""

    line: int
    name: str
    amount: int
    decision: LineDecision | None


@dataclass(frozen=True, slots=True)
class QuoteView:
    """The newest version of a quote; money in fen. `former_total` is that of the version before."""

    quote_id: int
    number: str
    subject: str
    state: QuoteState
    version: int
    items: tuple[QuoteItem, ...]
    total: int
    insurance: int
    ready_at: datetime | None
    reason: str
    former_total: int | None


async def quote_view(
    session: AsyncSession, customer_id: CustomerId, number: str | None = None
) -> QuoteView | None:
    """The customer's quote with this number, or the newest; None when there is none."""
    which = select(Quote).where(Quote.customer_id == customer_id)
    if number is not None:
        which = which.where(Quote.number == number.strip().upper())
    which = which.order_by(Quote.created_at.desc(), Quote.id.desc()).limit(1)
    quote = (await session.execute(which)).scalar_one_or_none()
    if quote is None:
        return None
    statement = (
        select(QuoteVersion, QuoteLine)
        .join(QuoteLine, QuoteLine.version_id == QuoteVersion.id)
        .where(QuoteVersion.quote_id == quote.id, QuoteVersion.version >= quote.version - 1)
        .order_by(QuoteVersion.version, QuoteLine.line)
    )
    rows = (await session.execute(statement)).all()
    newest = rows[-1][0]
    lines = [row[1] for row in rows if row[0].id == newest.id]
    former = [row[1].amount for row in rows if row[0].id != newest.id]
    return QuoteView(
        quote_id=quote.id,
        number=quote.number,
        subject=quote.subject,
        state=quote.state,  # pyright: ignore[reportArgumentType] - a CHECK holds it
        version=quote.version,
        items=tuple(
            QuoteItem(line.line, line.name, line.amount, line.decision)  # pyright: ignore[reportArgumentType]
            for line in lines
        ),
        total=sum(line.amount for line in lines),
        insurance=newest.insurance,
        ready_at=newest.ready_at,
        reason=newest.reason,
        former_total=sum(former) if former else None,
    )
