"""Read the rules that hold, and change them."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.audit.service import Doer, record
from bot.desk.rules.models import DeskRules
from bot.desk.rules.rules import Rules, first_rules
from bot.kit.db import WriteSession
from bot.kit.errors import Conflict


@cache  # asked in every turn; building a statement costs more than running it
def _newest() -> Select[int]:
    return select(DeskRules.version).order_by(DeskRules.version.desc()).limit(1)


class RulesChanged(Conflict):
    """规则刚刚被别人改过，请刷新后再改。"""


class RuleBook:
    """Gives the rules that hold. Each read asks the database: a change counts at once, in every process."""

    def __init__(self, service_hours: str) -> None:
        self._first = first_rules(service_hours)
        self._known = self._first

    async def read(self, session: AsyncSession) -> Rules:
        """The rules that hold now."""
        version = await session.scalar(_newest())
        if version is None:
            return self._first
        if version != self._known.version:
            data = await session.scalar(select(DeskRules.data).where(DeskRules.version == version))
            self._known = Rules.model_validate({**(data or {}), "version": version})
        return self._known

    async def change(self, session: WriteSession, wanted: Rules, by: Doer, now: datetime) -> Rules:
        """Make `wanted` hold. RulesChanged when it was not made from the rules that hold now."""
        held = await self.read(session)
        if wanted.version != held.version:
            raise RulesChanged()
        fresh = wanted.model_copy(update={"version": held.version + 1})
        data = fresh.model_dump(mode="json", exclude={"version"})
        session.add(DeskRules(version=fresh.version, data=data, by=by.name, at=now))
        before = held.model_dump(mode="json", exclude={"version"})
        changed = {name: [before[name], data[name]] for name in data if before[name] != data[name]}
        record(session, by, "rules", f"version {fresh.version}", now, changed)
        await session.flush()
        return fresh
