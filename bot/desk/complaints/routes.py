"""HTTP of the complaint board."""

from __future__ import annotations

from typing import Annotated, Any, cast, get_args

from pydantic import BaseModel, ConfigDict, Field

from bot.desk.complaints.reads import BoardView, board, counts, one
from bot.desk.complaints.service import take
from bot.desk.http import Asking, Door
from bot.desk.office import Office
from bot.kit.errors import BadInput


class StepBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    step: str
    text: Annotated[str, Field(max_length=4000)] = ""
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,40}$")]


class ComplaintRoutes:
    """Handlers about complaints."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def add_to(self, door: Door) -> None:
        door.get("/complaints", self.board)
        door.get("/complaints/{number}", self.one)
        door.post("/complaints/{number}/steps", self.step)

    async def board(self, asking: Asking) -> Any:
        """GET /api/desk/complaints"""
        view = asking.request.query.get("view", "due")
        if view not in get_args(BoardView):
            raise BadInput(f"view 要是其中之一：{'、'.join(get_args(BoardView))}。")
        now = self._office.clock()
        async with self._office.database.read() as session:
            found, after = await board(
                session, cast("BoardView", view), asking.who.name, now, asking.query_text("cursor")
            )
            told = await counts(session, now)
        return {"complaints": found, "next": after, "counts": told}

    async def one(self, asking: Asking) -> Any:
        """GET /api/desk/complaints/{number}"""
        async with self._office.database.read() as session:
            return {"complaint": await one(session, asking.text("number"), self._office.clock())}

    async def step(self, asking: Asking) -> Any:
        """POST /api/desk/complaints/{number}/steps"""
        wish = await asking.body(StepBody)
        async with self._office.work() as work:
            await take(work, asking.text("number"), wish.step, wish.text, wish.client_id, asking.person)
        return await self.one(asking)
