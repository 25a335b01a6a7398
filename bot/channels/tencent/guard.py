"""Stale and repeated callbacks. A nonce that comes back with another body is a forgery.

The platforms deliver again what was not acknowledged, so the same request twice is no attack: it is
handled again and changes nothing. In plain mode a signature does not cover the body; there the nonce is
what keeps a signature that was overheard from being used for another one.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select

from bot.channels.tencent import statements
from bot.channels.tencent.models import WxNonce
from bot.kit.clock import Clock
from bot.kit.db import WriteSession
from bot.kit.errors import Forbidden

FRESH = timedelta(minutes=5)
KEPT = FRESH * 2


class Stale(Forbidden):
    """The callback's timestamp is more than five minutes off: the clocks differ, or it is an old one."""

    code = "stale"


class Replayed(Forbidden):
    """The callback's nonce was used before, with another body."""

    code = "replayed"


def check_time(timestamp: str, now: datetime) -> None:
    """Raises Stale."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise Stale()
    if abs(now - datetime.fromtimestamp(int(timestamp), UTC)) > FRESH:
        raise Stale()


async def check_nonce(
    session: WriteSession, account: str, timestamp: str, nonce: str, body: bytes, clock: Clock
) -> None:
    """Remember what came with this nonce. Raises Replayed when it came with something else before."""
    now = clock()
    id_ = hashlib.sha256(f"{account}\0{timestamp}\0{nonce}".encode("utf-8", "replace")).hexdigest()
    digest = hashlib.sha256(body).hexdigest()
    added = await session.execute(
        statements.remember_nonce(statements.dialect_of(session)),
        {"id": id_, "digest": digest, "seen_at": now},
    )
    if added.rowcount == 1:  # pyright: ignore[reportAttributeAccessIssue]
        return
    known = await session.scalar(select(WxNonce.digest).where(WxNonce.id == id_))
    if known != digest:
        raise Replayed()


async def forget_old(session: WriteSession, now: datetime) -> None:
    """Nonces whose timestamps are stale by now need not be known any more."""
    await session.execute(delete(WxNonce).where(WxNonce.seen_at < now - KEPT))
