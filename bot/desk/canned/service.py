"""Keep canned replies, and fill their placeholders with what is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.canned.models import CannedReply
from bot.desk.ids import CannedId
from bot.desk.tickets.holding import Person
from bot.desk.work import Work
from bot.kit.errors import BadInput, Forbidden, NotFound
from bot.kit.ids import AgentId

PLACEHOLDERS: Final = ("customer", "agent", "company", "tier", "complaint", "hours")
_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")


class BadPlaceholder(BadInput):
    """没有这个占位符。"""

    code = "bad_placeholder"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a canned reply is to be."""

    shortcut: str
    title: str
    text: str
    topic: str | None
    intents: list[str]
    shared: bool


async def canned(session: AsyncSession, me: AgentId) -> list[dict[str, Any]]:
    """Everybody's and my own, by title."""
    rows = await session.scalars(
        select(CannedReply)
        .where(or_(CannedReply.agent_id.is_(None), CannedReply.agent_id == me))
        .order_by(CannedReply.title)
    )
    return [to_json(row, me) for row in rows]


async def save(work: Work, id_: CannedId | None, wish: Wish, person: Person) -> CannedReply:
    """Add or change one. Shared ones are a supervisor's. Raises BadPlaceholder."""
    unknown = [name for name in _PLACEHOLDER.findall(wish.text) if name not in PLACEHOLDERS]
    if unknown:
        raise BadPlaceholder(f"没有占位符 {{{unknown[0]}}}，可以用：{'、'.join(PLACEHOLDERS)}。")
    row = await _mine(work, id_, person) if id_ is not None else CannedReply()
    if wish.shared and not person.leads:
        raise Forbidden("共用的常用语由主管维护。")
    row.agent_id = None if wish.shared else person.id
    row.shortcut, row.title, row.text = wish.shortcut, wish.title, wish.text
    row.topic, row.intents, row.changed_at = wish.topic, wish.intents, work.now
    work.session.add(row)
    await work.session.flush()
    return row


async def remove(work: Work, id_: CannedId, person: Person) -> None:
    """Remove one of mine, or (as a supervisor) a shared one."""
    await work.session.delete(await _mine(work, id_, person))


def fill(text: str, known: Mapping[str, str | None]) -> tuple[str, list[str]]:
    """`text` with what is known put in, and the names of what is missing (left as they stand)."""
    missing: list[str] = []

    def put(match: re.Match[str]) -> str:
        value = known.get(match[1])
        if value is None:
            missing.append(match[1])
            return match[0]
        return value

    return _PLACEHOLDER.sub(put, text), missing


def to_json(row: CannedReply, me: AgentId) -> dict[str, Any]:
    return {
        "id": row.id,
        "shortcut": row.shortcut,
        "title": row.title,
        "text": row.text,
        "topic": row.topic,
        "intents": row.intents,
        "shared": row.agent_id is None,
        "mine": row.agent_id == me,
    }


async def _mine(work: Work, id_: CannedId, person: Person) -> CannedReply:
    row = await work.session.get(CannedReply, id_)
    if row is None or row.agent_id not in (None, person.id):
        raise NotFound("没有这条常用语。")
    if row.agent_id is None and not person.leads:
        raise Forbidden("共用的常用语由主管维护。")
    return row
