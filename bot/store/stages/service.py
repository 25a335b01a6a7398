"""Note the stage a customer has reached, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput
from bot.kit.ids import CustomerId
from bot.store.stages.models import Stage, StageChange


@dataclass(frozen=True, slots=True)
class StageReached:
    """A stage, since when, and the facts it rests on."""

    stage: Stage
    at: datetime
    reasons: dict[str, Any]


async def reach_stage(
    session: WriteSession, customer_id: CustomerId, stage: Stage, reasons: dict[str, Any], now: datetime
) -> bool:
    """Note a stage; True when it is new. Reaching the present stage again changes nothing."""
    if not reasons:
        raise BadInput("A stage without reasons cannot be explained.")
    present = await stage_of(session, customer_id)
    if present is not None and present.stage == stage:
        return False
    session.add(StageChange(customer_id=customer_id, stage=stage, reasons=reasons, at=now))
    await session.flush()
    return True


async def stage_of(session: AsyncSession, customer_id: CustomerId) -> StageReached | None:
    """The customer's present stage; None: never looked at."""
    history = await stage_history(session, customer_id, limit=1)
    return history[0] if history else None


async def stage_history(
    session: AsyncSession, customer_id: CustomerId, limit: int = 20
) -> list[StageReached]:
    """The customer's stages, newest first."""
    statement = (
        select(StageChange)
        .where(StageChange.customer_id == customer_id)
        .order_by(StageChange.id.desc())
        .limit(limit)
    )
    rows = (await session.execute(statement)).scalars()
    return [StageReached(row.stage, row.at, row.reasons) for row in rows]  # pyright: ignore[reportArgumentType]
