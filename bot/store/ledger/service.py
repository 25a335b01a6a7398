"""The movements every kind of account knows: credit, debit, move, reverse."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from bot.kit.db import WriteSession
from bot.kit.errors import NotFound
from bot.kit.ids import AccountId, TransactionId
from bot.store.ledger.accounts import lock_accounts
from bot.store.ledger.book import (
    Draft,
    Grant,
    Posted,
    Take,
    find_posted,
    plan_takes,
    require_positive,
    write,
)
from bot.store.ledger.errors import AlreadyReversed, NotReversible
from bot.store.ledger.models import Company, Consumption, Entry, Lot, Transaction, TransactionKind
from bot.store.requests.service import Note, fingerprint


async def credit(
    session: WriteSession,
    kind: TransactionKind,
    note: Note,
    grants: list[tuple[Grant, Company]],
    *subject: object,
) -> Posted:
    """Grant new lots, each against a company account. `subject`: what else makes the request what it is."""
    for grant, _ in grants:
        require_positive(grant.amount)
    print_ = fingerprint(kind, [[grant.account_id, grant.amount] for grant, _ in grants], *subject)
    accounts = await lock_accounts(session, [grant.account_id for grant, _ in grants])
    if posted := await find_posted(session, note.key, print_):
        return posted
    draft = Draft(kind, note, print_, grants=[grant for grant, _ in grants])
    draft.company = [(company, -grant.amount) for grant, company in grants]
    return await write(session, draft, accounts)


async def debit(
    session: WriteSession,
    kind: TransactionKind,
    note: Note,
    accounts: list[AccountId],
    amount: int,
    company: Company,
    *subject: object,
) -> Posted:
    """Take `amount` from the lots of `accounts`, soonest to expire first; TooLittle when they hold less."""
    require_positive(amount)
    print_ = fingerprint(kind, accounts, amount, *subject)
    locked = await lock_accounts(session, accounts)
    if posted := await find_posted(session, note.key, print_):
        return posted
    takes = await plan_takes(session, accounts, amount, note.at)
    draft = Draft(kind, note, print_, takes=takes, company=[(company, amount)])
    return await write(session, draft, locked)


async def move(
    session: WriteSession,
    kind: TransactionKind,
    note: Note,
    pairs: list[tuple[AccountId, AccountId]],
    amount: int,
    *subject: object,
) -> Posted:
    """Move `amount` from the first to the second account of `pairs`, lot by lot, each keeping its expiry.

    What comes from one account only goes to its partner: bonus stays bonus.
    """
    require_positive(amount)
    print_ = fingerprint(kind, pairs, amount, *subject)
    locked = await lock_accounts(session, [account for pair in pairs for account in pair])
    if posted := await find_posted(session, note.key, print_):
        return posted
    takes = await plan_takes(session, [source for source, _ in pairs], amount, note.at)
    partner = dict(pairs)
    grants = [Grant(partner[take.account_id], take.amount, take.expires_at) for take in takes]
    return await write(session, Draft(kind, note, print_, takes, grants), locked)


async def reverse(session: WriteSession, transaction_id: TransactionId, note: Note) -> Posted:
    """Undo a transaction: what it took goes back into the original lots, what it gave is taken back whole.

    NotReversible when something it gave was used since; AlreadyReversed when it was undone under another key.
    """
    print_ = fingerprint("reverse", transaction_id)
    rows = (
        await session.execute(
            select(Entry.account_id, Entry.amount).where(Entry.transaction_id == transaction_id)
        )
    ).all()
    if not rows:
        raise NotFound("There is no such transaction.")
    locked = await lock_accounts(session, [row.account_id for row in rows])
    if posted := await find_posted(session, note.key, print_):
        return posted
    await _require_not_reversed(session, transaction_id)
    draft = Draft("reverse", note, print_, reverses_id=transaction_id)
    draft.takes = await _given(session, transaction_id) + await _taken(session, transaction_id)
    draft.company = [(Company(row.account_id), -row.amount) for row in rows if row.account_id not in locked]
    return await write(session, draft, locked)


async def _require_not_reversed(session: WriteSession, transaction_id: TransactionId) -> None:
    reversal = aliased(Transaction)
    undone = select(reversal.id).where(reversal.reverses_id == transaction_id).exists().label("undone")
    statement = select(Transaction.kind, undone).where(Transaction.id == transaction_id)
    row = (await session.execute(statement)).one()
    if row.undone:
        raise AlreadyReversed
    if row.kind == "reverse":
        raise NotReversible("A reversal is final: book the movement anew instead.")


async def _given(session: WriteSession, transaction_id: TransactionId) -> list[Take]:
    """The lots a transaction granted, to be taken back whole."""
    statement = select(Lot.id, Lot.account_id, Lot.granted, Lot.remaining, Lot.expires_at).where(
        Lot.transaction_id == transaction_id
    )
    rows = (await session.execute(statement)).all()
    if any(row.remaining != row.granted for row in rows):
        raise NotReversible
    return [Take(row.id, row.account_id, row.granted, row.expires_at) for row in rows]


async def _taken(session: WriteSession, transaction_id: TransactionId) -> list[Take]:
    """What a transaction consumed, with the sign turned: to be given back to the same lots."""
    statement = (
        select(Lot.id, Lot.account_id, Consumption.amount, Lot.expires_at)
        .join(Consumption, Consumption.lot_id == Lot.id)
        .where(Consumption.transaction_id == transaction_id)
    )
    rows = (await session.execute(statement)).all()
    return [Take(row.id, row.account_id, -row.amount, row.expires_at) for row in rows]
