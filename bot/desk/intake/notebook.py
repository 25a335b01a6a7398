"""Writes down what was understood where nothing follows from it: no row but the message's own is touched."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Integer, String, bindparam, update

from bot.conversations.statements import MESSAGES
from bot.kit.db import Database
from bot.kit.errors import Unavailable
from bot.kit.ids import ConversationId


@dataclass(eq=False, slots=True)
class _Note:
    rows: list[dict[str, Any]]
    written: bool = False


class Notebook:
    """What comes while one transaction runs is written by the next, all of it together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Note] = []
        self._turn = asyncio.Lock()

    async def write_down(
        self, conversation: ConversationId, parses: Mapping[int, Mapping[str, Any] | None]
    ) -> None:
        """Keep the parses of a conversation's messages, by seq; committed when this returns.

        One that is known already stays as it is. Raises Unavailable.
        """
        note = _Note(
            [
                {"p_conversation": conversation, "p_seq": seq, "p_parse": dict(parse)}
                for seq, parse in parses.items()
                if parse is not None
            ]
        )
        if not note.rows:
            return
        self._waiting.append(note)
        async with self._turn:
            if note in self._waiting:
                batch, self._waiting = self._waiting, []
                async with self._database.write() as session:
                    await session.execute(_understood(), [row for each in batch for row in each.rows])
                for each in batch:
                    each.written = True
        if not note.written:
            raise Unavailable("What was understood could not be written down.")


@cache  # run for every message; building a statement costs more than running it
def _understood() -> Any:
    message = MESSAGES.c
    return (
        update(MESSAGES)
        .where(
            message.conversation_id == bindparam("p_conversation", type_=String()),
            message.seq == bindparam("p_seq", type_=Integer()),
            message.parse.is_(None),
        )
        .values(parse=bindparam("p_parse", type_=message.parse.type))
    )
