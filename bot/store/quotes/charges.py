"""Charge what the customer agreed to, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.db import WriteSession
from bot.kit.errors import Conflict
from bot.kit.ids import CardId, TransactionId
from bot.store.cards.models import Card
from bot.store.cards.service import spend
from bot.store.held.service import hold_money
from bot.store.quotes.service import current_version, locked_quote
from bot.store.requests.service import Note, already_done, done


class NothingApproved(Conflict):
    """The customer has not agreed to any line that is still to be charged."""

    code = "nothing_approved"


class Undecided(Conflict):
    """The customer has not decided on every line yet: ask about the others first."""

    code = "undecided"


@dataclass(frozen=True, slots=True)
class Charged:
    """In fen: the approved lines, what the insurer pays of them, what the customer pays, what is left over.

    `held` is insurance money above the approved work: it is the customer's and kept for them, visibly.
    """

    approved: int
    insured: int
    payable: int
    held: int


async def charge_quote(
    session: WriteSession, quote_id: int, note: Note, card_id: CardId | None = None
) -> Charged:
    """Charge the approved lines of the newest version, all at once; refused lines are left undone.

    With `card_id` the customer's part is paid from that card of theirs, else it is paid outside. Undecided or
    NothingApproved when the consent is not complete; TooLittle when the card does not hold enough.
    """
    quote = await locked_quote(session, quote_id)
    version, lines = await current_version(session, quote)
    approved = [line for line in lines if line.decision == "approved"]
    total = sum(line.amount for line in approved)
    insured = min(total, version.insurance)
    result = Charged(total, insured, total - insured, version.insurance - insured)
    if await already_done(session, note, "charge_quote", quote_id, quote.version, card_id) is not None:
        return result
    if quote.state != "open":
        raise Conflict(f"This quote is already {quote.state}.")
    if not approved:
        raise NothingApproved
    if any(line.decision is None for line in lines):
        raise Undecided
    paid = await _pay(session, quote.customer_id, result.payable, card_id, note)
    if result.held:
        key = Note(f"{note.key}:held", note.at, note.actor, f"{quote.subject}：保险款余额")
        await hold_money(session, quote.customer_id, result.held, key)
    for line in approved:
        line.charged_at, line.transaction_id = note.at, paid
    quote.state = "charged"
    await session.flush()
    await done(session, note, quote_id)
    return result


async def _pay(
    session: WriteSession, customer_id: int, amount: int, card_id: CardId | None, note: Note
) -> TransactionId | None:
    if card_id is None or not amount:
        return None
    card = await session.get(Card, card_id)
    if card is None or card.customer_id != customer_id:
        raise Conflict("This card does not belong to the customer.")
    return (await spend(session, card_id, amount, note)).transaction_id
