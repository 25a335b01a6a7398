"""Write and read the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.audit.models import AuditEntry
from bot.kit.db import WriteSession
from bot.kit.ids import AgentId


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does something at the desk, and from which address. `agent` is None for command line and API."""

    name: str
    agent: AgentId | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to list; `before` is the id of the last one seen."""

    kind: str | None = None
    agent: AgentId | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def record(
    session: WriteSession,
    doer: Doer,
    kind: str,
    subject: str,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Note a deed in the transaction that does it."""
    session.add(
        AuditEntry(
            at=now,
            agent_id=doer.agent,
            actor=doer.name,
            kind=kind,
            subject=subject[:120],
            data=dict(data or {}),
            address=doer.address[:64],
        )
    )


async def entries(session: AsyncSession, wanted: AuditFilter, limit: int = 100) -> list[AuditEntry]:
    """Entries that fit, newest first."""
    statement = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    conditions = (
        (wanted.kind, AuditEntry.kind == wanted.kind),
        (wanted.agent, AuditEntry.agent_id == wanted.agent),
        (wanted.since, AuditEntry.at >= wanted.since if wanted.since else None),
        (wanted.until, AuditEntry.at < wanted.until if wanted.until else None),
        (wanted.before, AuditEntry.id < wanted.before if wanted.before else None),
    )
    for given, condition in conditions:
        if given is not None and condition is not None:
            statement = statement.where(condition)
    return list(await session.scalars(statement))
