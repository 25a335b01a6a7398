"""Counting wrong codes: per identity and per number, under a lock, so that no guess goes uncounted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.kit.db import WriteSession, insert_into
from bot.store.identities.models import CodeGuard


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a code may be asked for and guessed."""

    tries: int = 5
    lock: timedelta = timedelta(minutes=15)
    sends: int = 3
    send_window: timedelta = timedelta(minutes=10)


async def hold(session: WriteSession, subject: str) -> CodeGuard:
    """The guard of `subject`, made if new, its row locked until the transaction ends.

    Always hold the identity's guard before the number's: two transactions then cannot wait for each other.
    """
    await session.execute(
        insert_into(session, CodeGuard)
        .values(subject=subject, failures=0)
        .on_conflict_do_nothing(index_elements=[CodeGuard.subject])
    )
    statement = (
        select(CodeGuard)
        .where(CodeGuard.subject == subject)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one()


def locked_until(guards: list[CodeGuard], now: datetime) -> datetime | None:
    """Until when one of the guards refuses; None when all let pass."""
    locks = [guard.locked_until for guard in guards if guard.locked_until and guard.locked_until > now]
    return max(locks, default=None)


def count_failure(guards: list[CodeGuard], now: datetime, limits: Limits) -> int:
    """Count one wrong code against every guard; returns the tries left (0: they are locked now)."""
    for guard in guards:
        if guard.failed_at is not None and now - guard.failed_at >= limits.lock:
            guard.failures = 0
        guard.failures += 1
        guard.failed_at = now
    left = min(limits.tries - guard.failures for guard in guards)
    if left <= 0:
        for guard in guards:
            guard.locked_until = now + limits.lock
            guard.failures = 0
    return max(left, 0)
