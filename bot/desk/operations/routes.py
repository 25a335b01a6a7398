"""HTTP of operations."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.conversations import log as message_log
from bot.desk.http import Asking, Door
from bot.desk.office import Office
from bot.desk.operations.service import listed, offer, possible
from bot.desk.operations.settling import withdraw
from bot.desk.tickets.routes import ClientId
from bot.kit.ids import ConversationId


class OfferBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: str
    params: dict[str, Any] = {}
    client_id: ClientId


class OperationRoutes:
    """Handlers about operations."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def add_to(self, door: Door) -> None:
        door.get("/conversations/{c}/operations", self.list)
        door.post("/conversations/{c}/operations", self.offer)
        door.post("/operations/{id}/withdraw", self.withdraw)

    async def list(self, asking: Asking) -> Any:
        """GET /api/desk/conversations/{c}/operations"""
        conversation = ConversationId(asking.text("c"))
        async with self._office.work() as work:
            row = await message_log.locked(work.session, conversation)
            mine = row.agent_id == asking.person.id
            may = await possible(work, row, asking.person) if mine else []
            return {"operations": await listed(work.session, conversation), "may": may}

    async def offer(self, asking: Asking) -> Any:
        """POST /api/desk/conversations/{c}/operations"""
        wish = await asking.body(OfferBody)
        conversation = ConversationId(asking.text("c"))
        async with self._office.work() as work:
            row = await message_log.locked(work.session, conversation)
            made = await offer(work, row, wish.kind, wish.params, wish.client_id, asking.person)
        return await self._one(conversation, made.id)

    async def withdraw(self, asking: Asking) -> Any:
        """POST /api/desk/operations/{id}/withdraw"""
        id_ = asking.number("id")
        async with self._office.work() as work:
            row = await withdraw(work, id_, asking.person)
        return await self._one(ConversationId(row.id), id_)

    async def _one(self, conversation: ConversationId, id_: int) -> dict[str, Any]:
        async with self._office.database.read() as session:
            found = await listed(session, conversation)
        return {"operation": next(each for each in found if each["id"] == id_)}
