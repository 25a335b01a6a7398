"""Whoever opens the chat is offered what they most likely came for, and nothing personal without proof."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from aiohttp.test_utils import TestServer
from sqlalchemy import update

from bot.conversations.models import Conversation
from bot.kit.ids import CustomerId
from bot.kit.settings import Settings
from bot.server import PARTS
from bot.store.access.service import access_records
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.identities.models import ChannelIdentity
from bot.store.points.service import earn
from bot.store.requests.service import Note
from tests.server.conftest import Client, EchoBrain, frame
from tests.server.test_webchat import message, user_token

NUMBER = "HM10000017"
EVERYBODY = ["我有多少积分", "查一下余额", "我的投诉到哪一步了"]


async def offered(client: Client) -> list[dict[str, str]]:
    headers = {"Authorization": f"Bearer {client.token}"}
    async with client.http.get(f"{client.base}/api/web/prompts", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["prompts"]


async def titles(client: Client) -> list[str]:
    return [each["title"] for each in await offered(client)]


async def member(server: TestServer) -> CustomerId:
    """A customer whose points end in a week."""
    now = datetime.now(UTC)
    async with server.app[PARTS].database.write() as session:
        who = await add_customer(session, NewCustomer("王小明", member_number=NUMBER), now)
        await earn(session, who, 800, Note("points", now, "test"), now + timedelta(days=7))
    return who


async def test_who_did_not_prove_who_they_are_gets_what_everybody_gets(
    server: TestServer, client: Client, settings: Settings
) -> None:
    """A stranger, and a customer whose proof has ended: the same buttons, and nothing of theirs is read."""
    who = await member(server)
    await client.session()
    assert await titles(client) == EVERYBODY
    await client.session(user_token=user_token(settings, NUMBER))
    async with server.app[PARTS].database.write() as session:
        await session.execute(update(ChannelIdentity).values(verified_until=datetime.now(UTC)))
    assert await titles(client) == EVERYBODY
    async with server.app[PARTS].database.read() as session:
        assert await access_records(session, who) == []


async def test_after_the_proof_the_buttons_are_the_customers_own(
    server: TestServer, client: Client, settings: Settings
) -> None:
    """First what is pressing, without figures; the read is logged."""
    who = await member(server)
    await client.session(user_token=user_token(settings, NUMBER))
    assert await titles(client) == ["快到期的积分", "我有多少积分", "查一下余额"]
    async with server.app[PARTS].database.read() as session:
        assert [each.what for each in await access_records(session, who)] == ["likely_needs"]


async def test_a_pressed_button_carries_its_parse_and_then_there_are_none(
    server: TestServer, client: Client, brain: EchoBrain, settings: Settings
) -> None:
    """It is said as its title and asked as its intent; while talk goes on nothing is offered, later again."""
    await member(server)
    await client.session(user_token=user_token(settings, NUMBER))
    ws = await client.connect()
    await frame(ws, "welcome")
    await ws.send_json({"type": "message", "client_id": "client-01", "prompt": "no-such"})
    assert (await frame(ws, "error"))["code"] == "bad_choice"
    await ws.send_json(message("x", prompt="points"))
    assert (await frame(ws, "error"))["code"] == "bad_frame"
    await ws.send_json({"type": "message", "client_id": "client-01", "prompt": "points"})
    said = (await frame(ws, "message"))["message"]
    assert (said["seq"], said["text"]) == (1, "快到期的积分")
    assert (await frame(ws, "message"))["message"]["text"] == "echo: /ask_points_expiry"
    assert [(each.get("text"), each["intent"]) for each in brain.asked] == [(None, "ask_points_expiry")]
    assert await offered(client) == []
    ago = datetime.now(UTC) - timedelta(minutes=31)
    async with server.app[PARTS].database.write() as session:
        await session.execute(update(Conversation).values(last_message_at=ago))
    assert await titles(client) == ["快到期的积分", "我有多少积分", "查一下余额"]


async def test_it_takes_no_time(server: TestServer, client: Client, settings: Settings) -> None:
    """An answer comes within 20 ms, the request over HTTP and the log of the read included."""
    await member(server)
    await client.session(user_token=user_token(settings, NUMBER))
    taken: list[float] = []
    for _ in range(30):
        began = time.perf_counter()
        await offered(client)
        taken.append((time.perf_counter() - began) * 1000)
    assert min(taken) <= 20, taken  # what else runs on this machine is not measured
