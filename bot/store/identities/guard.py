"""Limits of one-time codes: how many are sent, how many wrong ones are taken, counted under a lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select

from bot.kit.db import WriteSession, insert_into
from bot.kit.ids import CustomerId, IdentityId
from bot.store.identities.models import CodeChallenge, CodeGuard, IdentityBinding

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a code may be asked for and guessed.

    `sends` within `send_window` and `sends_day` within a day hold for a device and for a customer,
    `sends_address` for an address, `sends_all` for the house, both within a day. `tries` wrong codes lock a
    device; of a customer's codes `guesses_day` wrong ones are taken within a day, and then one for each.
    """

    tries: int = 5
    lock: timedelta = timedelta(minutes=15)
    sends: int = 3
    send_window: timedelta = timedelta(minutes=10)
    sends_day: int = 10
    sends_address: int = 60
    sends_all: int = 5_000
    guesses_day: int = 20


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a code: the device, where it is (None: unknown), and whose code (the customer, if any)."""

    identity: IdentityId
    address: str | None
    target: str
    customer: CustomerId | None


async def hold(session: WriteSession, subject: str) -> CodeGuard:
    """The guard of `subject`, made if new, its row locked until the transaction ends.

    Always hold the identity's guard, then the address's, then the customer's: two transactions then cannot
    wait for each other.
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


def locked_until(guard: CodeGuard, now: datetime) -> datetime | None:
    """Until when the guard refuses; None when it lets pass."""
    return guard.locked_until if guard.locked_until and guard.locked_until > now else None


def count_failure(guard: CodeGuard, now: datetime, limits: Limits) -> int:
    """Count one wrong code against a device; returns the tries left (0: it is locked now)."""
    if guard.failed_at is not None and now - guard.failed_at >= limits.lock:
        guard.failures = 0
    guard.failures += 1
    guard.failed_at = now
    left = limits.tries - guard.failures
    if left <= 0:
        guard.locked_until, guard.failures = now + limits.lock, 0
    return max(left, 0)


def count_for_the_day(guard: CodeGuard, now: datetime, limits: Limits) -> bool:
    """Count one wrong code against a customer; False when that is more than a day may have."""
    if guard.failed_at is None or now - guard.failed_at >= DAY:
        guard.failures, guard.failed_at = 0, now
    guard.failures += 1
    return guard.failures <= limits.guesses_day


async def next_code_at(session: WriteSession, asker: Asker, now: datetime, limits: Limits) -> datetime | None:
    """When the next code may be made; None: now.

    A device that has been this customer's waits for its own codes only: strangers who keep asking for the
    customer's codes cannot keep the customer out.
    """
    device = CodeChallenge.identity_id == asker.identity
    windows = [(device, limits.sends, limits.send_window), (device, limits.sends_day, DAY)]
    if not await _was_theirs(session, asker):
        whose = CodeChallenge.target == asker.target
        windows += [(whose, limits.sends, limits.send_window), (whose, limits.sends_day, DAY)]
    if asker.address is not None:
        windows.append((CodeChallenge.address == asker.address, limits.sends_address, DAY))
    windows.append((CodeChallenge.customer_id.is_not(None), limits.sends_all, DAY))
    waits = [await _free_at(session, *window, now) for window in windows]
    return max((wait for wait in waits if wait), default=None)


async def _free_at(
    session: WriteSession, subject: ColumnElement[bool], most: int, window: timedelta, now: datetime
) -> datetime | None:
    statement = (
        select(CodeChallenge.created_at)
        .where(subject, CodeChallenge.created_at > now - window)
        .order_by(CodeChallenge.created_at.desc())
        .offset(most - 1)
        .limit(1)
    )
    earliest = await session.scalar(statement)
    return earliest + window if earliest is not None else None


async def _was_theirs(session: WriteSession, asker: Asker) -> bool:
    if asker.customer is None:
        return False
    proved = exists().where(
        IdentityBinding.identity_id == asker.identity, IdentityBinding.customer_id == asker.customer
    )
    return bool(await session.scalar(select(proved)))
