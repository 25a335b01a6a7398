"""HTTP of agents: sign in and out, duty, and (for admins) the people themselves."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.desk.agents.models import Duty, Role
from bot.desk.agents.reads import agent_view, agent_views
from bot.desk.agents.service import Changes, NewAgent, add_agent, change_agent, reset_password, set_duty
from bot.desk.agents.sessions import LIFE, Sessions, SignedIn
from bot.desk.http import COOKIE, PATH, Asking, Door, address_of, is_https, read_body
from bot.desk.ids import TeamId
from bot.desk.office import Office
from bot.desk.rules.hours import hours_text, is_open
from bot.desk.rules.rules import Rules
from bot.desk.tickets.ending import CLOSE_REASONS
from bot.desk.tickets.speaking import LONGEST
from bot.desk.topics import TOPIC_NAMES
from bot.kit.ids import AgentId

REASONS = {
    "requested": "客户要求",
    "not_understood": "没听懂",
    "anger": "情绪激动",
    "green_channel": "绿色通道",
    "person_only": "只能人工",
    "agent": "客服接管",
    "reopened": "再次打开",
    "api": "其他系统",
}


DEVICE_COOKIE = "huitouke_desk_device"
DEVICE_SECONDS = 365 * 24 * 3600


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LoginBody(Body):
    login: Annotated[str, Field(max_length=80)]
    password: Annotated[str, Field(max_length=200)]


class PasswordBody(Body):
    old: Annotated[str, Field(max_length=200)]
    new: Annotated[str, Field(max_length=200)]


class DutyBody(Body):
    duty: Duty


class AgentBody(Body):
    login: Annotated[str, Field(max_length=40)]
    name: Annotated[str, Field(max_length=40)]
    role: Role = "agent"
    skills: list[str] = []
    languages: list[str] = ["zh"]
    capacity: Annotated[int, Field(ge=0, le=50)] = 4
    teams: list[int] = []


class ChangeBody(Body):
    name: Annotated[str | None, Field(max_length=40)] = None
    role: Role | None = None
    skills: list[str] | None = None
    languages: list[str] | None = None
    capacity: Annotated[int | None, Field(ge=0, le=50)] = None
    teams: list[int] | None = None
    disabled: bool | None = None


class AgentRoutes:
    """Handlers about agents."""

    def __init__(self, office: Office, sessions: Sessions, company: str, file_types: list[str]) -> None:
        self._file_types = file_types
        self._office = office
        self._sessions = sessions
        self._company = company

    def add_to(self, door: Door) -> None:
        door.open("POST", "/login", self.login)
        door.get("/me", self.me)
        door.post("/logout", self.logout)
        door.post("/password", self.password)
        door.post("/duty", self.duty)
        door.get("/agents", self.agents)
        door.post("/agents", self.add, "admin")
        door.add("PATCH", "/agents/{id}", self.change, "admin")
        door.post("/agents/{id}/password", self.reset, "admin")
        door.post("/agents/{id}/duty", self.others_duty, "supervisor")

    async def login(self, request: web.Request) -> web.Response:
        """POST /api/desk/login"""
        wish = read_body(LoginBody, await request.read())
        device = request.cookies.get(DEVICE_COOKIE, "")
        who = await self._sessions.sign_in(wish.login, wish.password, address_of(request), device)
        response = web.json_response({"agent": await self._me(who), "csrf": who.csrf})
        if self._sessions.devices.read(device, who.login) is None:
            response.set_cookie(
                DEVICE_COOKIE,
                self._sessions.devices.issue(who.login),
                path=PATH,
                httponly=True,
                samesite="Strict",
                secure=is_https(request),
                max_age=DEVICE_SECONDS,
            )
        response.set_cookie(
            COOKIE,
            who.token,
            path=PATH,
            httponly=True,
            samesite="Strict",
            secure=is_https(request),
            max_age=int(LIFE.total_seconds()),
        )
        return response

    async def me(self, asking: Asking) -> Any:
        """GET /api/desk/me"""
        rules = await self._office.rules()
        return {
            "agent": await self._me(asking.who),
            "csrf": asking.who.csrf,
            "settings": self._settings(rules),
        }

    async def logout(self, asking: Asking) -> web.Response:
        """POST /api/desk/logout"""
        await self._sessions.sign_out(asking.who, asking.person.address)
        response = web.Response(status=204)
        response.del_cookie(COOKIE, path=PATH)
        return response

    async def password(self, asking: Asking) -> None:
        """POST /api/desk/password"""
        wish = await asking.body(PasswordBody)
        await self._sessions.change_password(asking.who, wish.old, wish.new, asking.person.address)

    async def duty(self, asking: Asking) -> Any:
        """POST /api/desk/duty"""
        wish = await asking.body(DutyBody)
        await self._set_duty(asking, asking.who.agent, wish.duty)
        return {"agent": await self._me(asking.who)}

    async def others_duty(self, asking: Asking) -> Any:
        """POST /api/desk/agents/{id}/duty"""
        wish = await asking.body(DutyBody)
        agent = AgentId(asking.number("id"))
        await self._set_duty(asking, agent, wish.duty)
        return {"agent": await self._agent(agent)}

    async def agents(self, _asking: Asking) -> Any:
        """GET /api/desk/agents"""
        async with self._office.database.read() as session:
            views = await agent_views(session, self._office.clock())
        return {"agents": [view.to_json() for view in views]}

    async def add(self, asking: Asking) -> web.Response:
        """POST /api/desk/agents"""
        wish = await asking.body(AgentBody)
        teams = [TeamId(team) for team in wish.teams]
        new = NewAgent(wish.login, wish.name, wish.role, wish.skills, wish.languages, wish.capacity, teams)
        async with self._office.work() as work:
            agent, password = await add_agent(work.session, new, asking.person.doer, work.now)
        return web.json_response({"agent": await self._agent(agent), "password": password}, status=201)

    async def change(self, asking: Asking) -> Any:
        """PATCH /api/desk/agents/{id}"""
        wish = await asking.body(ChangeBody)
        agent = AgentId(asking.number("id"))
        teams = [TeamId(team) for team in wish.teams] if wish.teams is not None else None
        changes = Changes(
            wish.name, wish.role, wish.skills, wish.languages, wish.capacity, teams, wish.disabled
        )
        async with self._office.work() as work:
            await change_agent(work.session, agent, changes, asking.person.doer, work.now)
        return {"agent": await self._agent(agent)}

    async def reset(self, asking: Asking) -> Any:
        """POST /api/desk/agents/{id}/password"""
        agent = AgentId(asking.number("id"))
        async with self._office.work() as work:
            password = await reset_password(work.session, agent, asking.person.doer, work.now)
        return {"password": password}

    async def _set_duty(self, asking: Asking, agent: AgentId, duty: Duty) -> None:
        async with self._office.work() as work:
            await set_duty(work.session, agent, duty, work.now, asking.person.doer)

    async def _agent(self, agent: AgentId) -> dict[str, Any]:
        async with self._office.database.read() as session:
            return (await agent_view(session, agent, self._office.clock())).to_json()

    async def _me(self, who: SignedIn) -> dict[str, Any]:
        return {**await self._agent(who.agent), "must_change_password": who.must_change_password}

    def _settings(self, rules: Rules) -> dict[str, Any]:
        return {
            "company": self._company,
            "topics": [{"code": code, "name": name} for code, name in TOPIC_NAMES.items()],
            "languages": ["zh", "en"],
            "reasons": [{"code": code, "name": name} for code, name in REASONS.items()],
            "close_reasons": [
                {"code": code, "name": name, "settled": settled}
                for code, (name, settled) in CLOSE_REASONS.items()
            ],
            "first_reply_seconds": rules.first_reply_seconds,
            "limits": {"text": LONGEST, "file_bytes": 10 * 1024 * 1024, "file_types": self._file_types},
            "strategy": rules.strategy,
            "hours_text": hours_text(rules),
            "open": is_open(rules, self._office.clock()),
        }
