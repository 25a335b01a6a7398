"""Who pulls what: the cursor, what is due, and the lease that keeps two processes apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from bot.channels.wecom.models import WxKfCursor
from bot.kit.db import Database, WriteSession, insert_into

LEASE = timedelta(seconds=10)
"""How long a process that died keeps the others waiting; a living one renews every `RENEW_SECONDS`."""
RENEW_SECONDS = 3.0
TOKEN_LIVES = timedelta(minutes=9)
"""A callback's token is good for ten minutes."""


@dataclass(frozen=True, slots=True)
class Pull:
    """A customer-service account whose messages this process pulls; `n` is its last callback's number."""

    corp_id: str
    open_kfid: str
    cursor: str
    token: str
    n: int


async def want(session: WriteSession, corp_id: str, open_kfid: str, token: str, now: datetime) -> None:
    """A callback says that there is something to pull."""
    values = {"token": token[:256], "token_at": now if token else None, "due_at": now}
    await session.execute(
        insert_into(session, WxKfCursor)
        .values(corp_id=corp_id, open_kfid=open_kfid, cursor="", due_n=1, **values)
        .on_conflict_do_update(
            index_elements=["corp_id", "open_kfid"], set_={**values, "due_n": WxKfCursor.due_n + 1}
        )
    )


async def claim(database: Database, me: str, corps: list[str], now: datetime) -> list[Pull]:
    """Take what is due and nobody else's."""
    free = or_(WxKfCursor.lease.is_(None), WxKfCursor.lease_until <= now)
    due = (WxKfCursor.corp_id.in_(corps), WxKfCursor.due_at <= now, free)
    async with database.read() as session:
        if await session.scalar(select(WxKfCursor.open_kfid).where(*due).limit(1)) is None:
            return []
    async with database.write() as session:
        rows = await session.execute(
            update(WxKfCursor)
            .where(*due)
            .values(lease=me, lease_until=now + LEASE)
            .returning(
                WxKfCursor.corp_id,
                WxKfCursor.open_kfid,
                WxKfCursor.cursor,
                WxKfCursor.token,
                WxKfCursor.token_at,
                WxKfCursor.due_n,
            )
            .execution_options(synchronize_session=False)
        )
        return [
            Pull(
                row.corp_id,
                row.open_kfid,
                row.cursor,
                row.token if row.token_at and now - row.token_at < TOKEN_LIVES else "",
                row.due_n,
            )
            for row in rows
        ]


async def advance(database: Database, me: str, pull: Pull, cursor: str, now: datetime) -> bool:
    """Keep how far we are, and the lease; False when it is another's by now."""
    async with database.write() as session:
        moved = await session.execute(
            update(WxKfCursor)
            .where(*_mine(me, pull))
            .values(cursor=cursor, lease_until=now + LEASE, pulled_at=now)
        )
        return moved.rowcount == 1  # type: ignore[attr-defined]


async def renew(database: Database, me: str, pull: Pull, now: datetime) -> None:
    """Keep the lease a little longer, if it is still ours."""
    async with database.write() as session:
        await session.execute(update(WxKfCursor).where(*_mine(me, pull)).values(lease_until=now + LEASE))


async def finish(database: Database, me: str, pull: Pull, again: datetime | None) -> None:
    """Let go of the lease. `again`: try again then; None: there is nothing more but what came meanwhile."""
    mine = _mine(me, pull)
    async with database.write() as session:
        if again is None:
            await session.execute(
                update(WxKfCursor).where(*mine, WxKfCursor.due_n == pull.n).values(due_at=None)
            )
        else:
            await session.execute(update(WxKfCursor).where(*mine).values(due_at=again))
        await session.execute(update(WxKfCursor).where(*mine).values(lease=None, lease_until=None))


def _mine(me: str, pull: Pull) -> tuple[ColumnElement[bool], ...]:
    return (
        WxKfCursor.corp_id == pull.corp_id,
        WxKfCursor.open_kfid == pull.open_kfid,
        WxKfCursor.lease == me,
    )
