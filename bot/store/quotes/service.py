"""Quote work, change a quote, take the customer's decision on every line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.counters.service import daily_number
from bot.store.quotes.models import LineDecision, Quote, QuoteLine, QuoteVersion
from bot.store.requests.service import Note, already_done, done


class StaleVersion(Conflict):
    """This quote has changed: look at the newest version and decide on that."""

    code = "stale_version"


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered: lines of (name, fen), what an insurer pays of it, and when it is ready."""

    lines: tuple[tuple[str, int], ...]
    insurance: int = 0
    ready_at: datetime | None = None


async def make_quote(
    session: WriteSession, customer_id: CustomerId, subject: str, offer: Offer, note: Note
) -> Quote:
    """Offer work to a customer; nothing of it is agreed yet."""
    _check(offer)
    known = await already_done(session, note, "quote", customer_id, subject, offer.lines, offer.insurance)
    if known is not None:
        return await session.get_one(Quote, known)
    quote = Quote(
        number=await daily_number(session, "BJ", note.at),
        customer_id=customer_id,
        subject=subject,
        version=1,
        state="open",
        created_at=note.at,
    )
    session.add(quote)
    await session.flush()
    await _add_version(session, quote, offer, note, {})
    await done(session, note, quote.id)
    return quote


async def requote(session: WriteSession, quote_id: int, offer: Offer, note: Note) -> Quote:
    """Change the price, the work or the time. Only lines that stay the same keep their decision.

    A later time takes every decision back: the customer agreed to the work by then.
    """
    _check(offer)
    quote = await locked_quote(session, quote_id)
    known = await already_done(session, note, "requote", quote_id, offer.lines, offer.insurance)
    if known is not None:
        return quote
    if quote.state != "open":
        raise Conflict(f"A quote that is {quote.state} cannot change.")
    before, lines = await current_version(session, quote)
    if any(line.charged_at for line in lines):
        raise Conflict("Part of this quote was charged: make a new quote for further work.")
    later = offer.ready_at is not None and (before.ready_at is None or offer.ready_at > before.ready_at)
    kept = {} if later else {(line.name, line.amount): line for line in lines if line.decision}
    quote.version += 1
    await _add_version(session, quote, offer, note, kept)
    await done(session, note, quote.id)
    return quote


async def decide_lines(
    session: WriteSession,
    quote_id: int,
    version: int,
    decisions: dict[int, LineDecision],
    evidence: str,
    note: Note,
) -> None:
    """Record what the customer says to lines (by number, from 1) of the newest version.

    StaleVersion when there is a newer one: nobody agrees to a price they have not seen.
    """
    quote = await locked_quote(session, quote_id)
    said = sorted(decisions.items())
    if await already_done(session, note, "decide_lines", quote_id, version, said) is not None:
        return
    if version != quote.version:
        raise StaleVersion
    if quote.state != "open" or not decisions or not evidence.strip():
        raise BadInput("A decision is about lines of an open quote, and says where it was made.")
    _, lines = await current_version(session, quote)
    by_number = {line.line: line for line in lines}
    for number, decision in said:
        line = by_number.get(number)
        if line is None:
            raise NotFound(f"This version has no line {number}.")
        if line.charged_at is not None:
            raise Conflict(f"Line {number} was already charged.")
        line.decision, line.decided_at, line.evidence = decision, note.at, evidence
    await session.flush()
    await done(session, note, quote_id)


async def cancel_quote(session: WriteSession, quote_id: int, note: Note) -> None:
    """Take an open quote back."""
    quote = await locked_quote(session, quote_id)
    if await already_done(session, note, "cancel_quote", quote_id) is not None:
        return
    if quote.state == "charged":
        raise Conflict("A quote that was charged cannot be cancelled.")
    quote.state = "cancelled"
    await session.flush()
    await done(session, note, quote_id)


async def locked_quote(session: WriteSession, quote_id: int) -> Quote:
    """The quote, its row held until the transaction ends."""
    quote = await session.get(Quote, quote_id, with_for_update=True, populate_existing=True)
    if quote is None:
        raise NotFound("There is no such quote.")
    return quote


async def current_version(session: WriteSession, quote: Quote) -> tuple[QuoteVersion, list[QuoteLine]]:
    """The newest version with its lines in order."""
    statement = (
        select(QuoteVersion, QuoteLine)
        .join(QuoteLine, QuoteLine.version_id == QuoteVersion.id)
        .where(QuoteVersion.quote_id == quote.id, QuoteVersion.version == quote.version)
        .order_by(QuoteLine.line)
        .execution_options(populate_existing=True)
    )
    rows = (await session.execute(statement)).all()
    return rows[0][0], [row[1] for row in rows]


def _check(offer: Offer) -> None:
    if not offer.lines or offer.insurance < 0 or any(not name or fen < 0 for name, fen in offer.lines):
        raise BadInput("A quote has lines with a name and a price of 0 fen or more.")


async def _add_version(
    session: WriteSession, quote: Quote, offer: Offer, note: Note, kept: dict[tuple[str, int], QuoteLine]
) -> None:
    version = QuoteVersion(
        quote_id=quote.id,
        version=quote.version,
        insurance=offer.insurance,
        ready_at=offer.ready_at,
        reason=note.reason,
        actor=note.actor,
        at=note.at,
    )
    session.add(version)
    await session.flush()
    for place, (name, amount) in enumerate(offer.lines, start=1):
        former = kept.get((name, amount))
        session.add(
            QuoteLine(
                version_id=version.id,
                line=place,
                name=name,
                amount=amount,
                decision=former.decision if former else None,
                decided_at=former.decided_at if former else None,
                evidence=former.evidence if former else None,
            )
        )
    await session.flush()
