"""Ask the customer something whose answer is the desk's, and find what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select

from bot.conversations.models import Conversation
from bot.desk.prompts.models import Ask, DeskPrompt
from bot.desk.work import Work
from bot.kit.db import insert_into

LIFE: Final = timedelta(minutes=30)
"""Whoever answers later is talking about something else."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was asked, and what is already known."""

    ask: Ask
    data: Mapping[str, Any]


async def put(work: Work, row: Conversation, ask: Ask, data: Mapping[str, Any] | None = None) -> None:
    """The customer's next text answers this; what was asked before no longer counts."""
    values: dict[str, Any] = {
        "ask": ask,
        "data": dict(data or {}),
        "until": work.now + LIFE,
        "heard_at": None,
    }
    statement = insert_into(work.session, DeskPrompt).values(conversation_id=row.id, **values)
    await work.session.execute(
        statement.on_conflict_do_update(index_elements=[DeskPrompt.conversation_id], set_=values)
    )
    listen(row, work.now + LIFE)


async def current(work: Work, row: Conversation) -> Prompt | None:
    """What the customer was asked, if it still counts."""
    found = await work.session.scalar(
        select(DeskPrompt)
        .where(DeskPrompt.conversation_id == row.id, DeskPrompt.until > work.now)
        .execution_options(populate_existing=True)
    )
    if found is None:
        return None
    ask: Ask = found.ask  # pyright: ignore[reportAssignmentType] - a CHECK holds it
    return Prompt(ask, found.data)


async def heard(work: Work, row: Conversation) -> Prompt | None:
    """What the customer was asked, if a text came that may be the answer; that is taken now."""
    found = await work.session.get(DeskPrompt, row.id, populate_existing=True)
    if found is None or found.heard_at is None:
        return None
    found.heard_at = None
    ask: Ask = found.ask  # pyright: ignore[reportAssignmentType] - a CHECK holds it
    return Prompt(ask, found.data)


async def drop(work: Work, row: Conversation) -> None:
    """Nothing is asked any longer."""
    await work.session.execute(delete(DeskPrompt).where(DeskPrompt.conversation_id == row.id))


def listen(row: Conversation, until: Any) -> None:
    """Let the desk hear what the customer writes until then."""
    if row.desk_until is None or row.desk_until < until:
        row.desk_until = until
