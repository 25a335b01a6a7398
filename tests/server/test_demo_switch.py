"""Demo mode never starts where real customers could be, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
import structlog
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from sqlalchemy import select
from typer.testing import CliRunner

from bot.cli import app
from bot.demo.routes import demo_merchant_key
from bot.demo.switch import DemoRefused, refuse_demo_in_production
from bot.desk.agents.models import Agent, AgentSession
from bot.desk.agents.service import NewAgent, add_agent
from bot.desk.audit.service import Doer
from bot.desk.demo import add_people
from bot.kit.clock import system_now
from bot.kit.db import Database
from bot.kit.settings import Settings, demo_desk_password, kept_secret
from bot.migrations import upgrade
from bot.server import make_app
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.demo import seed

PRODUCTION = {
    "HUITOUKE_ALLOWED_ORIGINS": "https://shop.example",
    "HUITOUKE_MERCHANT_KEY": "k" * 32,
    "HUITOUKE_PUBLIC_URL": "https://service.example",
    "HUITOUKE_SMS_URL": "https://sms.example/send",
    "HUITOUKE_COMPANY_SERVICE_URL": "https://erp.example",
    "HUITOUKE_WECHAT_ACCOUNTS": "/etc/huitouke/wechat.toml",
}


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("HUITOUKE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "400")
    for name in (*PRODUCTION, "HUITOUKE_DEMO", "HUITOUKE_HOST", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    yield monkeypatch
    structlog.reset_defaults()  # the commands log to an output that is closed by now


def started(command: str) -> str:
    """What a command that must not start says; it ends by itself, without a traceback."""
    result = CliRunner().invoke(app, command.split())
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.output


@pytest.mark.parametrize("command", ["run", "serve", "actions", "worker", "demo seed"])
@pytest.mark.parametrize("name", PRODUCTION)
def test_with_a_setting_of_a_real_company_nothing_starts_in_demo_mode(
    environment: pytest.MonkeyPatch, name: str, command: str
):
    """Whether demo mode is the default or was chosen: the sentence names the setting, and what to set."""
    environment.setenv(name, PRODUCTION[name])
    for chosen in (None, "true"):
        if chosen:
            environment.setenv("HUITOUKE_DEMO", chosen)
        said = started(command)
        assert name in said
        assert "HUITOUKE_DEMO=false" in said


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "chat.example"])
def test_an_address_that_others_reach_needs_the_demo_written_out(environment: pytest.MonkeyPatch, host: str):
    """Forgetting a setting shows nobody's codes to the network; writing it out is a choice."""
    environment.setenv("HUITOUKE_HOST", host)
    assert "HUITOUKE_DEMO=true to show the demo" in started("serve")
    environment.setenv("HUITOUKE_DEMO", "true")
    refuse_demo_in_production(Settings())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_a_fresh_clone_shows_everything_on_loopback(environment: pytest.MonkeyPatch, host: str):
    """Also by default, which listens on loopback."""
    assert Settings(_env_file=None).demo  # pyright: ignore[reportCallIssue]
    refuse_demo_in_production(Settings(_env_file=None))  # pyright: ignore[reportCallIssue]
    environment.setenv("HUITOUKE_HOST", host)
    refuse_demo_in_production(Settings(_env_file=None))  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize(("command", "external_id"), [("serve", "C1"), ("demo seed", None)])
def test_beside_real_customers_nothing_starts_in_demo_mode(
    environment: pytest.MonkeyPatch, command: str, external_id: str | None
):
    """One customer whom the demo did not make is enough, among two hundred of its own."""
    settings = Settings()
    upgrade(settings.database)

    async def fill() -> None:
        database = Database(settings.database)
        await seed(database, system_now())
        async with database.write() as session:
            await add_customer(session, NewCustomer("真顾客", None, external_id=external_id), system_now())
        await database.close()

    asyncio.run(fill())
    assert "HUITOUKE_DEMO=false" in started(command)


async def test_the_demo_shop_signs_with_its_own_key_only(tmp_path: Path):
    """The company's key neither signs for whoever asks nor, beside the demo, opens anything."""
    settings = Settings(data_dir=tmp_path, demo=True, merchant_key="k" * 32)  # pyright: ignore[reportArgumentType]
    with pytest.raises(DemoRefused):
        refuse_demo_in_production(settings)
    upgrade(settings.database)
    database = Database(settings.database)
    await seed(database, system_now())
    await database.close()
    running = TestServer(make_app(settings))
    await running.start_server()
    async with ClientSession() as http:
        async with http.get(running.make_url("/api/demo/customers")) as response:
            number = (await response.json())[0]["member_number"]
        wish = {"member_number": number}
        async with http.post(running.make_url("/api/demo/user-token"), json=wish) as response:
            token = (await response.json())["token"]
        claims = jwt.decode(token, demo_merchant_key(settings), algorithms=["HS256"], audience="huitouke")
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(token, "k" * 32, algorithms=["HS256"], audience="huitouke")
        forged = jwt.encode(claims, "k" * 32, algorithm="HS256")
        for said, status in ((token, 200), (forged, 401)):
            async with http.post(running.make_url("/api/web/session"), json={"user_token": said}) as response:
                assert response.status == status
    await running.close()


async def test_the_demos_people_do_not_survive_its_end(tmp_path: Path):
    """They cannot sign in, whoever was signed in no longer is, whatever they were renamed or promoted to."""
    demo = Settings(data_dir=tmp_path, demo=True)
    upgrade(demo.database)
    database = Database(demo.database)
    password = kept_secret(demo_desk_password(demo))
    async with database.write() as session:
        logins = await add_people(session, password, system_now())
        own, own_password = await add_agent(session, NewAgent("xiaoli", "小李"), Doer("c"), system_now())
    async with database.write() as session:
        promoted = (await session.scalars(select(Agent).where(Agent.login == "chenchen"))).one()
        promoted.role, promoted.name = "admin", "小王"

    async def sign_in(settings: Settings, login: str, secret: str) -> int:
        running = TestServer(make_app(settings))
        await running.start_server()
        url, wish = running.make_url("/api/desk/login"), {"login": login, "password": secret}
        own_page = {"Origin": str(running.make_url("")).rstrip("/")}
        async with ClientSession() as http, http.post(url, json=wish, headers=own_page) as response:
            status = response.status
        await running.close()
        return status

    assert [await sign_in(demo, login, password) for login in logins] == [200] * 3
    real = demo.model_copy(update={"demo": False})
    assert [await sign_in(real, login, password) for login in logins] == [401] * 3
    assert await sign_in(real, "xiaoli", own_password) == 200
    assert not demo_desk_password(demo).exists()
    async with database.read() as session:
        left = {row.agent_id for row in await session.scalars(select(AgentSession))}
        assert left == {own}
    await database.close()


async def test_who_goes_back_to_the_demo_gets_its_people_back(tmp_path: Path):
    """With the new password, not the one that was shown before."""
    settings = Settings(data_dir=tmp_path, demo=True)
    upgrade(settings.database)
    database = Database(settings.database)
    old = kept_secret(demo_desk_password(settings))
    async with database.write() as session:
        logins = await add_people(session, old, system_now())
    running = TestServer(make_app(settings.model_copy(update={"demo": False})))
    await running.start_server()
    await running.close()
    new = kept_secret(demo_desk_password(settings))
    async with database.write() as session:
        assert await add_people(session, new, system_now()) == logins
        assert await add_people(session, new, system_now()) == []
    await database.close()
    assert new != old
