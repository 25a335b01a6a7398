"""HTTP of canned replies."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.conversations.models import Conversation
from bot.desk.canned.filling import known_of
from bot.desk.canned.models import CannedReply
from bot.desk.canned.service import Wish, canned, fill, remove, save, to_json
from bot.desk.http import Asking, Door
from bot.desk.ids import CannedId
from bot.desk.office import Office
from bot.desk.topics import Topic
from bot.kit.errors import NotFound


class CannedBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shortcut: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")]
    title: Annotated[str, Field(min_length=1, max_length=60)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    topic: Topic | None = None
    intents: Annotated[list[str], Field(max_length=20)] = []
    shared: bool = False

    def wish(self) -> Wish:
        return Wish(self.shortcut, self.title, self.text, self.topic, self.intents, self.shared)


class CannedRoutes:
    """Handlers about canned replies."""

    def __init__(self, office: Office, company: str) -> None:
        self._office = office
        self._company = company

    def add_to(self, door: Door) -> None:
        door.get("/canned", self.list)
        door.post("/canned", self.add)
        door.add("PUT", "/canned/{id}", self.change)
        door.add("DELETE", "/canned/{id}", self.remove)
        door.get("/canned/{id}/filled", self.filled)

    async def list(self, asking: Asking) -> Any:
        """GET /api/desk/canned"""
        async with self._office.database.read() as session:
            return {"canned": await canned(session, asking.who.agent)}

    async def add(self, asking: Asking) -> web.Response:
        """POST /api/desk/canned"""
        return web.json_response({"canned": await self._save(asking, None)}, status=201)

    async def change(self, asking: Asking) -> Any:
        """PUT /api/desk/canned/{id}"""
        return {"canned": await self._save(asking, CannedId(asking.number("id")))}

    async def remove(self, asking: Asking) -> None:
        """DELETE /api/desk/canned/{id}"""
        async with self._office.work() as work:
            await remove(work, CannedId(asking.number("id")), asking.person)

    async def filled(self, asking: Asking) -> Any:
        """GET /api/desk/canned/{id}/filled"""
        now = self._office.clock()
        async with self._office.database.read() as session:
            row = await session.get(CannedReply, asking.number("id"))
            if row is None or row.agent_id not in (None, asking.who.agent):
                raise NotFound("没有这条常用语。")
            rules = await self._office.book.read(session)
            conversation = await session.get(Conversation, asking.request.query.get("conversation", ""))
            known = await known_of(session, rules, now, conversation, asking.who.name, self._company)
        text, missing = fill(row.text, known)
        return {"text": text, "missing": missing}

    async def _save(self, asking: Asking, id_: CannedId | None) -> dict[str, Any]:
        wish = (await asking.body(CannedBody)).wish()
        async with self._office.work() as work:
            row = await save(work, id_, wish, asking.person)
        return to_json(row, asking.who.agent)
