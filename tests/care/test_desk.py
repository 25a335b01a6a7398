"""Care and the real desk: the agent's notice, and the operator's page behind its sign-in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select, update

from bot.care.routes import CareRoutes
from bot.conversations.hub import Hub
from bot.conversations.models import Conversation
from bot.desk.agents.models import Role
from bot.desk.agents.service import NewAgent, add_agent
from bot.desk.agents.sessions import Sessions
from bot.desk.audit.service import Doer
from bot.desk.http import PROXIES, Door
from bot.desk.notices.models import Notice
from bot.desk.office import Office
from bot.desk.rules.service import RuleBook
from bot.kit.ids import AgentId
from bot.kit.proxies import Proxies
from bot.server_care import AgentNotices
from bot.store.access.models import AccessLog
from tests.care.house import House
from tests.care.test_care import with_points
from tests.store.conftest import NOW

PASSWORD = "a long enough passphrase"


async def an_agent(house: House, login: str, role: Role) -> AgentId:
    async with house.database.write() as session:
        new = NewAgent(login, login, role=role, password=PASSWORD)
        agent, _ = await add_agent(session, new, Doer("test"), NOW)
        return agent


async def test_the_real_desk_shows_the_agent_what_care_would_have_said(house: House) -> None:
    """Who has the conversation finds a notice, once; the customer reads nothing."""
    who = await with_points(house)
    agent = await an_agent(house, "xiaoli", "agent")
    office = Office(house.database, RuleBook("每天 9:00-21:00"), Hub(house.database), house.clock)
    house.care.hands.agents = AgentNotices(office)
    async with house.database.write() as session:
        await session.execute(update(Conversation).values(owner="agent", agent_id=agent))
    await house.hour()
    await house.pass_hours(2)
    async with house.database.read() as session:
        (notice,) = list(await session.scalars(select(Notice)))
    assert (notice.agent_id, notice.kind) == (agent, "care")
    assert notice.text.startswith("积分快到期：王小明，您有 500 积分")
    assert await house.sent(who) == []
    await office.close()


@asynccontextmanager
async def the_page(house: House, role: Role) -> AsyncGenerator[Callable[..., Awaitable[tuple[int, Any]]]]:
    """The desk with care's page, and somebody signed in."""
    await an_agent(house, f"some-{role}", role)
    app = web.Application()
    app[PROXIES] = Proxies([])
    sessions = Sessions(house.database, house.clock, "s" * 32)
    CareRoutes(house.care).add_to(Door(app, sessions))
    async with TestClient(TestServer(app)) as client:
        who = await sessions.sign_in(f"some-{role}", PASSWORD, "")
        here = str(client.make_url("/")).rstrip("/")
        headers = {"X-CSRF-Token": who.csrf, "Origin": here, "Cookie": f"huitouke_desk={who.token}"}

        async def ask(method: str, path: str, body: Any = None) -> tuple[int, Any]:
            async with client.request(method, f"/api/desk/care{path}", json=body, headers=headers) as answer:
                return answer.status, await answer.json()

        yield ask


async def test_the_page_is_not_for_everybody(house: House) -> None:
    """An agent who leads nobody may neither see nor change what care does."""
    async with the_page(house, "agent") as ask:
        assert (await ask("GET", ""))[0] == 403
        assert (await ask("PUT", "/triggers/survey/on", {"on": False}))[0] == 403


async def test_a_supervisor_looks_before_switching_on(house: House) -> None:
    """Who, how many, which words; then the switch, the text, a test, the results and the audit."""
    who = await with_points(house)
    name = "points_expiring"
    async with the_page(house, "supervisor") as ask:
        status, page = await ask("PUT", f"/triggers/{name}/on", {"on": False})
        assert (status, page["on"]) == (200, False)
        _, preview = await ask("GET", f"/triggers/{name}/preview")
        assert (preview["count"], preview["samples"][0]["name"]) == (1, "王*明")
        assert (preview["samples"][0]["outcome"], preview["samples"][0]["text"][:3]) == ("off", "王*明")
        assert (await ask("PUT", f"/triggers/{name}/text", {"text": "{pts}"}))[0] == 400
        _, checked = await ask("POST", f"/triggers/{name}/check", {"text": "{pts}"})
        assert "{amount}" in checked["problem"]
        assert (await ask("PUT", f"/triggers/{name}/text", {"text": "还有 {amount} 分"}))[1]["own_text"]
        _, tested = await ask("POST", f"/triggers/{name}/test", {"customer": str(who)})
        assert tested == {"channel": "web", "text": "【测试】还有 500 分", "example": False}
        assert (await ask("PUT", "/paused", {"paused": True}))[0] == 400
        assert (await ask("PUT", "/paused", {"paused": True, "why": "演练"}))[1]["paused"]["why"] == "演练"
        assert (await ask("PUT", "/paused", {"paused": False}))[1]["paused"]["paused"] is False
        await ask("PUT", f"/triggers/{name}/on", {"on": True})
        await house.hour()
        _, explained = await ask("GET", f"/explain?customer={who}")
        assert [each["state"] for each in explained["past"]] == ["sent"]
        _, found = await ask("GET", "/results?to=2026-11-23T00:00:00Z")
        assert next(each["sent"] for each in found["triggers"] if each["trigger"] == name) == 1
        _, log = await ask("GET", "/audit")
        actions = [entry["action"] for entry in log["entries"]]
        assert actions == ["on", "resume", "pause", "test", "text", "off"]
        assert {entry["actor"] for entry in log["entries"]} == {"some-supervisor"}
    async with house.database.read() as session:
        reads = list(await session.scalars(select(AccessLog.why).where(AccessLog.reader == "agent")))
    assert reads == ["主动关怀：预览积分快到期", "测试消息", "主动关怀：看会发什么"]
