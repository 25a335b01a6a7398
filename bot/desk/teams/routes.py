"""HTTP of teams."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.desk.http import Asking, Door
from bot.desk.ids import TeamId
from bot.desk.office import Office
from bot.desk.teams.service import TeamWish, change_team, remove_team, teams
from bot.desk.topics import Topic
from bot.kit.ids import AgentId


class TeamBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=40)]
    topics: list[Topic] = []
    members: list[int] = []

    def wish(self) -> TeamWish:
        return TeamWish(self.name, list(self.topics), [AgentId(agent) for agent in self.members])


class TeamRoutes:
    """Handlers about teams."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def add_to(self, door: Door) -> None:
        door.get("/teams", self.list)
        door.post("/teams", self.add, "admin")
        door.add("PATCH", "/teams/{id}", self.change, "admin")
        door.add("DELETE", "/teams/{id}", self.remove, "admin")

    async def list(self, _asking: Asking) -> Any:
        """GET /api/desk/teams"""
        async with self._office.database.read() as session:
            return {"teams": await teams(session)}

    async def add(self, asking: Asking) -> web.Response:
        """POST /api/desk/teams"""
        wish = (await asking.body(TeamBody)).wish()
        async with self._office.work() as work:
            made = await change_team(work.session, None, wish, asking.person.doer, work.now)
        return web.json_response({"team": await self._team(made)}, status=201)

    async def change(self, asking: Asking) -> Any:
        """PATCH /api/desk/teams/{id}"""
        wish = (await asking.body(TeamBody)).wish()
        id_ = TeamId(asking.number("id"))
        async with self._office.work() as work:
            await change_team(work.session, id_, wish, asking.person.doer, work.now)
        return {"team": await self._team(id_)}

    async def remove(self, asking: Asking) -> None:
        """DELETE /api/desk/teams/{id}"""
        async with self._office.work() as work:
            await remove_team(work.session, TeamId(asking.number("id")), asking.person.doer, work.now)

    async def _team(self, id_: TeamId) -> dict[str, Any]:
        async with self._office.database.read() as session:
            return next(team for team in await teams(session) if team["id"] == id_)
