"""What operators set: triggers on and off, texts, hold-out shares, everything paused; with an audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.care.models import CareAudit, CareMark, CareSwitch, TriggerSetting
from bot.care.texts import check_text
from bot.care.trigger import Trigger
from bot.care.triggers import all_triggers, trigger_named
from bot.kit.db import WriteSession
from bot.kit.errors import BadInput

MOST_HELD_OUT = 50
THE_SWITCH = 1


@dataclass(frozen=True, slots=True)
class Setting:
    """How a trigger stands now. `text` is the operator's, or the trigger's own."""

    trigger: Trigger
    enabled: bool
    hold_out: int
    text: str
    own_text: bool
    changed_by: str | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Paused:
    """Whether everything is stopped, and who stopped it and why."""

    paused: bool
    why: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing that an operator did."""

    id: int
    at: datetime
    actor: str
    action: str
    trigger: str
    before: str
    after: str


class TriggerBook:
    """Reads and changes settings. `demo`: every trigger is on until somebody switches it off."""

    def __init__(self, *, demo: bool = False) -> None:
        self._demo = demo

    async def all(self, session: AsyncSession) -> list[Setting]:
        """Every trigger with its setting, the most urgent first."""
        rows = {row.name: row for row in await session.scalars(select(TriggerSetting))}
        return [self._setting(trigger, rows.get(trigger.name)) for trigger in all_triggers()]

    async def one(self, session: AsyncSession, name: str) -> Setting:
        """A trigger's setting. Raises NotFound."""
        trigger = trigger_named(name)
        return self._setting(trigger, await session.get(TriggerSetting, name))

    def _setting(self, trigger: Trigger, row: TriggerSetting | None) -> Setting:
        if row is None:
            on = trigger.on or self._demo
            return Setting(trigger, on, trigger.hold_out, trigger.text, False, None, None)
        return Setting(
            trigger,
            row.enabled,
            row.hold_out,
            row.text or trigger.text,
            row.text is not None,
            row.changed_by,
            row.changed_at,
        )

    async def switch(self, session: WriteSession, name: str, *, on: bool, by: str, now: datetime) -> None:
        """Switch a trigger on or off; when it comes on, everybody is looked at anew."""
        row = await self._row(session, name, by, now)
        if row.enabled == on:
            return
        note(session, now, by, "on" if on else "off", name)
        row.enabled = on
        if on:
            await session.execute(delete(CareMark).where(CareMark.name == f"trigger:{name}"))

    async def write_text(
        self, session: WriteSession, name: str, text: str | None, by: str, now: datetime
    ) -> None:
        """Set a trigger's text; None takes its own again. Raises BadInput naming what is wrong with it."""
        row = await self._row(session, name, by, now)
        trigger = trigger_named(name)
        if text is not None:
            check_text(trigger, text)
        note(session, now, by, "text", name, row.text or trigger.text, text or trigger.text)
        row.text = text

    async def hold_out(self, session: WriteSession, name: str, percent: int, by: str, now: datetime) -> None:
        """Set how many percent are not told. Raises BadInput: whoever has a right to a notice gets it."""
        trigger = trigger_named(name)
        if trigger.audience == "service" and percent:
            raise BadInput("服务通知要发给每一位客户，不能留对照组。")
        if not 0 <= percent <= MOST_HELD_OUT:
            raise BadInput(f"对照组比例是 0 到 {MOST_HELD_OUT} 之间的整数。")
        row = await self._row(session, name, by, now)
        note(session, now, by, "hold_out", name, str(row.hold_out), str(percent))
        row.hold_out = percent

    async def _row(self, session: WriteSession, name: str, by: str, now: datetime) -> TriggerSetting:
        trigger = trigger_named(name)
        row = await session.get(TriggerSetting, name, with_for_update=True, populate_existing=True)
        if row is None:
            row = TriggerSetting(name=name, enabled=trigger.on or self._demo, hold_out=trigger.hold_out)
            session.add(row)
        row.changed_by, row.changed_at = by, now
        return row


async def pause(session: WriteSession, *, paused: bool, why: str, by: str, now: datetime) -> None:
    """Stop everything that care sends, or let it run again."""
    if paused and not why.strip():
        raise BadInput("请写明暂停的原因，同事会看到。")
    row = await session.get(CareSwitch, THE_SWITCH, with_for_update=True, populate_existing=True)
    if row is None:
        row = CareSwitch(id=THE_SWITCH, paused=not paused)
        session.add(row)
    if row.paused != paused:
        note(session, now, by, "pause" if paused else "resume", "", after=why)
    row.paused, row.why, row.by, row.at = paused, why.strip()[:200], by, now


async def is_paused(session: AsyncSession) -> Paused:
    """Whether everything is stopped."""
    row = await session.get(CareSwitch, THE_SWITCH)
    return Paused(row.paused, row.why, row.by, row.at) if row is not None else Paused(paused=False)


def note(
    session: WriteSession,
    now: datetime,
    by: str,
    action: str,
    trigger: str,
    before: str = "",
    after: str = "",
) -> None:
    """Add to the audit."""
    session.add(CareAudit(at=now, actor=by, action=action, trigger=trigger, before=before, after=after))


async def audit(session: AsyncSession, limit: int = 100, before: int | None = None) -> Sequence[AuditLine]:
    """What operators did, newest first."""
    statement = select(CareAudit).order_by(CareAudit.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(CareAudit.id < before)
    return [
        AuditLine(row.id, row.at, row.actor, row.action, row.trigger, row.before, row.after)
        for row in await session.scalars(statement)
    ]
