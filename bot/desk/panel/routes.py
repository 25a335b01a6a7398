"""HTTP of the customer panel."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.conversations.models import Conversation
from bot.desk.audit.service import record
from bot.desk.http import Asking, Door
from bot.desk.office import Office
from bot.desk.panel.reads import panel, unmask
from bot.desk.work import Work
from bot.kit.errors import NotFound


class UnmaskBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    field: str


class PanelRoutes:
    """Handlers about the customer beside a conversation."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def add_to(self, door: Door) -> None:
        door.get("/conversations/{c}/customer", self.panel)
        door.post("/conversations/{c}/customer/unmask", self.unmask)

    async def panel(self, asking: Asking) -> Any:
        """GET /api/desk/conversations/{c}/customer"""
        async with self._office.work() as work:
            return await panel(work, await _row(work, asking), asking.person)

    async def unmask(self, asking: Asking) -> Any:
        """POST /api/desk/conversations/{c}/customer/unmask"""
        wish = await asking.body(UnmaskBody)
        async with self._office.work() as work:
            row = await _row(work, asking)
            value = await unmask(work, row, wish.field, asking.person)
            record(work.session, asking.person.doer, "unmask", row.id, work.now, {"field": wish.field})
        return {"value": value}


async def _row(work: Work, asking: Asking) -> Conversation:
    row = await work.session.get(Conversation, asking.text("c"), populate_existing=True)
    if row is None:
        raise NotFound("没有这个会话。")
    return row
