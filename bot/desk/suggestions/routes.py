"""HTTP of suggested replies."""

from __future__ import annotations

from typing import Any

from bot.conversations import log as message_log
from bot.desk.http import Asking, Door
from bot.desk.intake.reader import Reader
from bot.desk.office import Office
from bot.desk.suggestions.service import last_words, suggest
from bot.kit.ids import ConversationId


class SuggestionRoutes:
    """Handlers about suggestions."""

    def __init__(self, office: Office, reader: Reader, company: str) -> None:
        self._office = office
        self._reader = reader
        self._company = company

    def add_to(self, door: Door) -> None:
        door.get("/conversations/{c}/suggestions", self.list)

    async def list(self, asking: Asking) -> Any:
        """GET /api/desk/conversations/{c}/suggestions"""
        conversation = ConversationId(asking.text("c"))
        await self._reader.read(conversation)  # usually done already
        async with self._office.work() as work:
            row = await message_log.locked(work.session, conversation)
            message = await last_words(work, row)
            if message is None:
                return {"suggestions": [], "seq": None}
            found = await suggest(work, row, message, asking.person, self._company)
            return {"suggestions": [each.to_json() for each in found], "seq": message.seq}
