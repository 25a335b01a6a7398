"""Signing in, roles, forged requests, lockout, presence and rules, over HTTP."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.desk.agents.passwords import WeakPassword, check_password_is_strong
from bot.desk.audit.models import AuditEntry
from bot.kit.proxies import Proxies
from tests.desk.conftest import PASSWORD, House


async def test_wrong_passwords_lock_a_name_whether_or_not_it_exists(house: House) -> None:
    """Five wrong ones lock the login; somebody who does not exist is treated the same."""
    agent = await house.agent("xiaoli")
    nobody = await house.agent("xiaowang")
    nobody.login = "nobody-here"
    for someone in (agent, nobody):
        for _ in range(5):
            status, body = await someone.post("/login", login=someone.login, password="wrong password")
            assert (status, body["error"]["code"]) == (401, "bad_login")
        status, body = await someone.post("/login", login=someone.login, password=PASSWORD)
        assert (status, body["error"]["code"]) == (429, "locked")


async def test_tries_at_the_same_moment_are_no_more_tries(house: House) -> None:
    """Of twelve guesses sent together five are looked at, as one after the other; then the name is locked."""
    agent = await house.agent("xiaoli")
    guesses = (agent.post("/login", login=agent.login, password=f"guess number {n}") for n in range(12))
    statuses = [status for status, _ in await asyncio.gather(*guesses)]
    assert sorted(statuses) == [401] * 5 + [429] * 7


async def test_a_request_from_another_page_is_refused(house: House) -> None:
    """Without the token, or from another origin, nothing is done."""
    agent = await (await house.agent("xiaoli")).sign_in()
    csrf, agent.csrf = agent.csrf, "guess"
    status, body = await agent.post("/duty", duty="on")
    assert (status, body["error"]["code"]) == (403, "csrf")
    headers = {"Origin": "https://evil.example", "X-CSRF-Token": csrf}
    url = f"{house.base}/api/desk/duty"
    async with agent.http.post(url, json={"duty": "on"}, headers=headers) as response:
        assert response.status == 403
    async with agent.http.get(f"{house.base}/api/desk/me") as response:
        assert (await response.json())["agent"]["duty"] == "off"


async def test_only_our_own_proxies_are_believed(house: House) -> None:
    """Who connects directly cannot say to come from elsewhere, nor that another host is ours."""
    agent = await house.agent("xiaoli")
    wish = {"login": "xiaoli", "password": "wrong password"}
    forged = {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}
    async with agent.http.post(f"{house.base}/api/desk/login", json=wish, headers=forged) as response:
        assert response.status == 403
    said = {"Origin": house.base, "X-Forwarded-For": "203.0.113.9"}
    async with agent.http.post(f"{house.base}/api/desk/login", json=wish, headers=said) as response:
        assert response.status == 401
    async with house.parts.database.read() as session:
        assert await session.scalar(select(AuditEntry.address).order_by(AuditEntry.id.desc())) == "127.0.0.1"
    proxies = Proxies(["127.0.0.1", "10.0.0.0/8"])
    assert proxies.address("127.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.1.1") == "203.0.113.9"
    assert Proxies([]).address("127.0.0.1", "6.6.6.6") == "127.0.0.1"


async def test_roles_hold_on_the_server(house: House) -> None:
    """An agent may neither see reports nor change rules nor add people; an admin may."""
    agent = await (await house.agent("xiaoli")).sign_in()
    for method, path in (("GET", "/wall"), ("GET", "/rules"), ("POST", "/agents"), ("GET", "/audit")):
        status, body = await agent.request(method, path)
        assert (status, body["error"]["code"]) == (403, "forbidden"), path
    admin = await (await house.agent("boss", "admin")).sign_in()
    assert (await admin.get("/wall"))["agents"]["on"] == 0


async def test_a_one_time_password_opens_nothing_but_its_change(house: House) -> None:
    """Whoever was given a password must make one of their own first; old sessions end."""
    admin = await (await house.agent("boss", "admin")).sign_in()
    made = await admin.ok("/agents", login="xinren", name="新人", skills=["points"])
    agent = await house.agent("other")
    agent.login = "xinren"
    await agent.sign_in(made["password"])
    status, body = await agent.request("GET", "/tickets")
    assert (status, body["error"]["code"]) == (403, "must_change_password")
    status, body = await agent.post("/password", old=made["password"], new="short")
    assert (status, body["error"]["code"]) == (400, "weak_password")
    assert (await agent.post("/password", old=made["password"], new="我的新密码现在够长了吧"))[0] == 204
    assert (await agent.get("/tickets"))["tickets"] == []


async def test_disabling_somebody_signs_them_out_but_never_the_last_admin(house: House) -> None:
    """A disabled agent is out at once; the only admin cannot be lost."""
    admin = await (await house.agent("boss", "admin")).sign_in()
    agent = await (await house.agent("xiaoli")).sign_in()
    assert (await admin.request("PATCH", f"/agents/{agent.id}", disabled=True))[0] == 200
    assert (await agent.request("GET", "/me"))[0] == 401
    status, body = await admin.request("PATCH", f"/agents/{admin.id}", role="agent")
    assert (status, body["error"]["code"]) == (409, "last_admin")


async def test_rules_change_at_once_and_only_from_what_was_read(house: House) -> None:
    """An admin changes the rules; a second change from the old ones is refused; both are audited."""
    admin = await (await house.agent("boss", "admin")).sign_in()
    rules = (await admin.get("/rules"))["rules"]
    status, body = await admin.request("PUT", "/rules", **{**rules, "strategy": "manual"})
    assert (status, body["rules"]["version"]) == (200, rules["version"] + 1)
    status, body = await admin.request("PUT", "/rules", **{**rules, "strategy": "longest_idle"})
    assert (status, body["error"]["code"]) == (409, "conflict")
    status, body = await admin.request("PUT", "/rules", **{**rules, "strategy": "dice"})
    assert (status, body["error"]["problems"][0]["at"]) == (400, "strategy")
    audit = (await admin.get("/audit?kind=rules"))["entries"]
    assert audit[0]["data"]["strategy"] == ["least_busy", "manual"]


async def test_the_log_of_deeds_cannot_be_changed(house: House) -> None:
    """The database itself refuses to alter an audit entry."""
    await (await house.agent("boss", "admin")).sign_in()
    with pytest.raises(Exception, match="append-only"):
        async with house.parts.database.write() as session:
            entry = (await session.scalars(select(AuditEntry).limit(1))).one()
            entry.actor = "nobody"


async def test_sessions_end(house: House) -> None:
    """A session that was not used for two hours no longer opens anything."""
    agent = await (await house.agent("xiaoli")).sign_in()
    sessions = house.parts.desk.sessions
    before = sessions._clock  # pyright: ignore[reportPrivateUsage] - time must pass for it alone
    sessions._clock = lambda: before() + timedelta(hours=2, seconds=1)  # pyright: ignore[reportPrivateUsage]
    assert (await agent.request("GET", "/me"))[0] == 401


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "abcdefghijkl", "xiaoli-xiaoli", "0123456789"])
def test_weak_passwords_are_refused(password: str) -> None:
    """Short, repetitive, in a row, or the login itself."""
    with pytest.raises(WeakPassword):
        check_password_is_strong(password, "xiaoli")
