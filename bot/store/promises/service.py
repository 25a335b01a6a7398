"""Publish commitments, promise something to a customer, keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.promises.models import Commitment, Promise
from bot.store.requests.service import Note, already_done, done


@dataclass(frozen=True, slots=True)
class DuePromise:
    """A promise that is not kept yet; `text` is what the customer was told."""

    promise_id: int
    customer_id: CustomerId
    about: str
    text: str
    made_at: datetime
    due_at: datetime
    overdue: bool


async def promise(
    session: WriteSession, customer_id: CustomerId, about: str, text: str, due_at: datetime, note: Note
) -> int:
    """Promise something by `due_at`; `about` names what it is about (a complaint's number, a booking's)."""
    if due_at <= note.at or not text.strip():
        raise BadInput("A promise has a text and is due later than now.")
    known = await already_done(session, note, "promise", customer_id, about, text)
    if known is not None:
        return known
    return await _add(session, customer_id, about, text, due_at, None, note)


async def promise_commitment(
    session: WriteSession, customer_id: CustomerId, about: str, code: str, note: Note
) -> int:
    """Promise what was published under `code`, due after its hours."""
    known = await already_done(session, note, "promise_commitment", customer_id, about, code)
    if known is not None:
        return known
    found = await session.get(Commitment, code)
    if found is None or (found.withdrawn_on is not None and found.withdrawn_on <= local_date(note.at)):
        raise NotFound(f"No commitment is published under {code}.")
    if found.hours is None:
        raise BadInput("This commitment has no time limit: promise it with a time of its own.")
    due_at = note.at + timedelta(hours=found.hours)
    return await _add(session, customer_id, about, found.text, due_at, code, note)


async def keep_promise(session: WriteSession, promise_id: int, now: datetime) -> None:
    """The promise was kept. Saying so twice changes nothing; late stays visible as late."""
    row = await _promise(session, promise_id)
    if row.released_at is not None:
        raise Conflict("The customer has released us from this promise.")
    row.kept_at = row.kept_at or now
    await session.flush()


async def release_promise(session: WriteSession, promise_id: int, now: datetime) -> None:
    """The customer no longer wants it. Saying so twice changes nothing."""
    row = await _promise(session, promise_id)
    if row.kept_at is not None:
        raise Conflict("This promise was already kept.")
    row.released_at = row.released_at or now
    await session.flush()


async def due_promises(session: AsyncSession, customer_id: CustomerId, now: datetime) -> list[DuePromise]:
    """What the customer is still owed, soonest due first."""
    return _due((await session.execute(_OWED, {"customer": customer_id})).all(), now)


async def promises_due_before(session: AsyncSession, moment: datetime, now: datetime) -> list[DuePromise]:
    """Open promises to anybody that are due before `moment`: what somebody has to look after."""
    return _due((await session.execute(_SOON, {"moment": moment})).all(), now)


def _due(rows: Sequence[Row[*tuple[Any, ...]]], now: datetime) -> list[DuePromise]:
    return [
        DuePromise(row.id, row.customer_id, row.about, row.text, row.made_at, row.due_at, row.due_at <= now)
        for row in rows
    ]


_OPEN = (
    select(Promise.id, Promise.customer_id, Promise.about, Promise.text, Promise.made_at, Promise.due_at)
    .where(Promise.kept_at.is_(None), Promise.released_at.is_(None))
    .order_by(Promise.due_at, Promise.id)
    .limit(200)
)
_OWED = _OPEN.where(Promise.customer_id == bindparam("customer"))
_SOON = _OPEN.where(Promise.due_at < bindparam("moment"))
"""Made once: building a statement costs as much as running it."""


async def _add(
    session: WriteSession,
    customer_id: CustomerId,
    about: str,
    text: str,
    due_at: datetime,
    code: str | None,
    note: Note,
) -> int:
    row = Promise(
        customer_id=customer_id,
        commitment_code=code,
        about=about,
        text=text,
        made_by=note.actor,
        made_at=note.at,
        due_at=due_at,
    )
    session.add(row)
    await session.flush()
    await done(session, note, row.id)
    return row.id


async def _promise(session: WriteSession, promise_id: int) -> Promise:
    row = await session.get(Promise, promise_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("There is no such promise.")
    return row
