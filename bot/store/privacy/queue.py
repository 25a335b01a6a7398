"""The queue of erasures: an erased customer stands in it until nothing of theirs is left anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.kit.db import ReadSession, WriteSession, insert_into
from bot.kit.ids import CustomerId
from bot.store.privacy.models import Erasure

LEASE = timedelta(minutes=5)
"""So long nobody else takes up what one has taken."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)


async def ask(session: WriteSession, customer_id: CustomerId, now: datetime, start: datetime) -> None:
    """Have what other parts hold of a customer erased from `start` on; asked again, it stays as it is."""
    row = insert_into(session, Erasure).values(
        customer_id=customer_id, state="asked", asked_at=now, next_at=start, attempts=0, left={}, removed={}
    )
    await session.execute(row.on_conflict_do_nothing(index_elements=[Erasure.customer_id]))


async def due(session: ReadSession, now: datetime, limit: int = 20) -> list[CustomerId]:
    """Whose turn it is."""
    statement = select(Erasure.customer_id).where(Erasure.state != "done", Erasure.next_at <= now)
    return list(await session.scalars(statement.order_by(Erasure.next_at).limit(limit)))


async def take(
    session: WriteSession, customer_id: CustomerId, now: datetime, *, early: bool = False
) -> Erasure | None:
    """The open erasure of a customer, for a while nobody else's; `early`: even before its time."""
    statement = (
        select(Erasure)
        .where(Erasure.customer_id == customer_id, Erasure.state != "done")
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    row = await session.scalar(statement)
    if row is None or (row.next_at > now and not early):
        return None
    row.next_at = now + LEASE
    row.attempts += 1
    await session.flush()
    return row


def clear(row: Erasure, left: Mapping[str, list[str]], removed: Mapping[str, int]) -> None:
    """The database holds nothing more; `left` outside of it."""
    row.state, row.left, row.removed = "cleared", dict(left), dict(removed)


async def finish(session: WriteSession, customer_id: CustomerId, now: datetime) -> None:
    """Nothing is left anywhere."""
    row = await _row(session, customer_id)
    row.state, row.done_at, row.problem, row.left = "done", now, None, {}


async def put_off(session: WriteSession, customer_id: CustomerId, now: datetime, problem: str) -> None:
    """It did not work this time: again later, and later still."""
    row = await _row(session, customer_id)
    row.problem = problem[:200]
    row.next_at = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.attempts, 10))


async def removed(session: ReadSession, customer_id: CustomerId) -> dict[str, int]:
    """What was deleted outside the store, by kind; empty before that."""
    statement = select(Erasure.removed).where(Erasure.customer_id == customer_id)
    return {name: count for name, count in (await session.scalar(statement) or {}).items() if count}


async def _row(session: WriteSession, customer_id: CustomerId) -> Erasure:
    statement = select(Erasure).where(Erasure.customer_id == customer_id).with_for_update()
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one()
