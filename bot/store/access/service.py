"""Log reads of personal data, in the transaction that reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

from sqlalchemy import Insert, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.kit.errors import Forbidden
from bot.kit.ids import CustomerId, IdentityId
from bot.store.access.models import AccessLog, Reader
from bot.store.identities.service import Access


class NotVerified(Forbidden):
    """This needs a proof of identity first."""

    code = "not_verified"


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """One logged read."""

    at: datetime
    reader: Reader
    name: str
    what: str
    why: str


async def open_own_data(
    session: WriteSession, who: Access, what: str, now: datetime, *, why: str = "本人查询"
) -> CustomerId:
    """The gate before a customer's own data: NotVerified without proof, else the read is logged.

    Call it in the transaction that reads; what it returns is the customer to read about.
    """
    if not who.verified or who.customer_id is None:
        raise NotVerified
    await log_access(
        session,
        who.customer_id,
        what,
        now,
        why=why,
        reader="customer",
        name=f"identity:{who.identity_id}",
        identity_id=who.identity_id,
    )
    return who.customer_id


async def log_access(
    session: WriteSession,
    customer_id: CustomerId,
    what: str,
    now: datetime,
    *,
    why: str,
    reader: Reader,
    name: str,
    identity_id: IdentityId | None = None,
) -> None:
    """Note that `name` read `what` about a customer, and why."""
    await session.execute(
        _log(),
        {
            "at": now,
            "reader": reader,
            "name": name,
            "identity_id": identity_id,
            "customer_id": customer_id,
            "what": what,
            "why": why,
        },
    )


@cache  # written in every turn that reads; building a statement costs as much as running it
def _log() -> Insert:
    # The table, not the class: nothing of the row is wanted back.
    return insert(cast(Table, AccessLog.__table__))


async def access_records(
    session: AsyncSession, customer_id: CustomerId, limit: int = 100
) -> list[AccessRecord]:
    """Who read this customer's data, newest first."""
    statement = (
        select(AccessLog.at, AccessLog.reader, AccessLog.name, AccessLog.what, AccessLog.why)
        .where(AccessLog.customer_id == customer_id)
        .order_by(AccessLog.at.desc(), AccessLog.id.desc())
        .limit(limit)
    )
    return [AccessRecord(*row) for row in (await session.execute(statement)).all()]
