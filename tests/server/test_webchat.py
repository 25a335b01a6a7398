"""Web chat over a real socket: what the protocol promises, and what bad input gets."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from aiohttp import WSMsgType
from aiohttp.test_utils import TestServer
from sqlalchemy import text

from bot.channels.web.gate import Gate
from bot.kit.settings import Settings
from bot.server import PARTS
from bot.store.customers.service import NewCustomer, add_customer
from tests.server.conftest import Client, EchoBrain, frame


def message(text: str, client_id: str = "client-01", **more: Any) -> dict[str, Any]:
    return {"type": "message", "client_id": client_id, "text": text, **more}


async def test_a_message_is_acknowledged_stored_and_answered(client: Client) -> None:
    """The ack names the number under which the message stands; the answer follows it."""
    await client.session()
    ws = await client.connect()
    assert (await frame(ws))["type"] == "welcome"
    await ws.send_json(message("你好"))
    ack = await frame(ws, "ack")
    assert ack == {"type": "ack", "client_id": "client-01", "seq": 1}
    answer = (await frame(ws, "message"))["message"]
    while answer["author"] == "customer":
        answer = (await frame(ws, "message"))["message"]
    assert (answer["seq"], answer["author"], answer["text"]) == (2, "bot", "echo: 你好")
    assert answer["quick_replies"] == [{"title": "查积分"}]


async def test_reconnecting_resumes_without_gap_or_double(client: Client) -> None:
    """`hello` with since N gives exactly what came after N."""
    await client.session()
    ws = await client.connect()
    for n in range(3):
        await ws.send_json(message(f"第{n}条", f"client-{n:02d}"))
    seen = 0
    while seen < 6:
        seen = (await frame(ws, "message"))["message"]["seq"]
    await ws.close()
    again = await client.connect(since=2)
    seqs = [(await frame(again, "message"))["message"]["seq"] for _ in range(4)]
    assert seqs == [3, 4, 5, 6]


async def test_two_tabs_of_one_visitor_see_the_same(client: Client) -> None:
    """What one tab sends and receives, the other receives too."""
    await client.session()
    one, two = await client.connect(), await client.connect()
    await frame(two, "welcome")
    await one.send_json(message("第一个标签页"))
    shown = [(await frame(two, "message"))["message"] for _ in range(2)]
    assert [m["seq"] for m in shown] == [1, 2]
    assert shown[0]["client_id"] == "client-01"


async def test_sending_again_gives_the_same_ack(client: Client, brain: EchoBrain) -> None:
    """A client that did not hear the ack may send again; the brain hears it once."""
    await client.session()
    ws = await client.connect()
    await ws.send_json(message("你好"))
    first = await frame(ws, "ack")
    await ws.send_json(message("你好"))
    assert await frame(ws, "ack") == first
    await asyncio.sleep(0.2)
    assert len(brain.asked) == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (message(""), "empty"),
        (message("   \u200b"), "empty"),
        (message("\u0000\u0000"), "empty"),
        (message("长" * 10_000), "too_long"),
        (message("hi", "short"), "bad_frame"),
        (message("hi", "semi;colon;drop"), "bad_frame"),
        ({"type": "message", "client_id": "client-01"}, "bad_frame"),
        ({"type": "message", "client_id": "client-01", "choice": {"seq": 99, "index": 0}}, "bad_choice"),
        ({"type": "restart"}, "bad_frame"),
        ({"type": "message", "client_id": "client-01", "text": 5}, "bad_frame"),
        ([], "bad_frame"),
    ],
)
async def test_bad_input_gets_a_clear_error_and_the_socket_stays(
    client: Client, sent: object, code: str
) -> None:
    """Nothing is stored, the reason is named, and the next good message works."""
    await client.session()
    ws = await client.connect()
    await ws.send_json(sent)
    problem = await frame(ws, "error")
    assert problem["code"] == code
    assert problem["text"]
    await ws.send_json(message("还在", "client-99"))
    assert (await frame(ws, "ack"))["seq"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "😀😀😀",
        "<script>alert(1)</script>",
        "/restart",
        "/ask_points{}",
        "a\u0000b",
        "\ud800x",
        "'; DROP TABLE message;--",
    ],
)
async def test_odd_text_is_only_text(client: Client, brain: EchoBrain, text: str) -> None:
    """Emoji, markup, commands and broken characters are stored as what they are, and executed never."""
    await client.session()
    ws = await client.connect()
    await ws.send_str(json.dumps(message(text)))
    stored = (await frame(ws, "message"))["message"]
    assert stored["author"] == "customer"
    clean = text.replace("\x00", "").replace("\ud800", "")
    assert stored["text"] == clean
    while not brain.asked:
        await asyncio.sleep(0.01)
    assert brain.asked[0]["text"] == clean
    assert "intent" not in brain.asked[0]


async def test_fifty_messages_in_a_second_lose_none(client: Client) -> None:
    """Past the limit a message is refused kindly and with a time; sent again then, it is stored."""
    await client.session()
    ws = await client.connect()
    for n in range(50):
        await ws.send_json(message(f"{n}", f"flood-{n:03d}"))
    acked, refused = set[str](), list[dict[str, Any]]()
    while len(acked) + len(refused) < 50:
        answer = await frame(ws, "ack", "error")
        if answer["type"] == "ack":
            acked.add(answer["client_id"])
        else:
            assert answer["code"] == "rate_limited"
            assert answer["retry_after"] > 0
            assert "稍等" in answer["text"]
            refused.append(answer)
    assert len(acked) >= 12
    answer = refused[0]
    async with asyncio.timeout(30):
        while answer["type"] == "error":
            # What became free may have gone to a later message of the flood: wait as told, as often as told.
            await asyncio.sleep(answer["retry_after"])
            await ws.send_json(message("again", refused[0]["client_id"]))
            answer = await frame(ws, "ack", "error")
    assert answer["client_id"] == refused[0]["client_id"]


async def test_a_forged_token_is_turned_away(client: Client) -> None:
    """The socket closes with 4401, and asking for a session with it gives a fresh one."""
    body = await client.session()
    head, payload, signature = body["token"].split(".")
    forged = f"{head}.{payload}.{signature[:-2]}AA"
    ws = await client.connect(token=forged)
    closing = await ws.receive(timeout=5)
    assert closing.type == WSMsgType.CLOSE
    assert ws.close_code == 4401
    fresh = await client.session(token=forged)
    assert fresh["renewed"]
    assert fresh["conversation"] != body["conversation"]


async def test_a_kept_token_brings_the_conversation_back(client: Client) -> None:
    """After a reload the same token leads to the same conversation and its history."""
    first = await client.session()
    ws = await client.connect()
    await ws.send_json(message("记住我"))
    await frame(ws, "ack")
    again = await client.session(token=first["token"])
    assert (again["conversation"], again["renewed"]) == (first["conversation"], False)
    assert again["last_seq"] >= 1


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://evil.example", 403), ("null", 403), ("https://shop.example", 200), (None, 200)],
)
async def test_only_our_own_pages_may_open_a_session(client: Client, origin: str | None, status: int) -> None:
    """A foreign page's browser is refused; our own pages and programs are not."""
    headers = {"Origin": origin} if origin else {}
    async with client.http.post(f"{client.base}/api/web/session", json={}, headers=headers) as response:
        assert response.status == status


async def test_a_foreign_page_cannot_open_a_socket(client: Client) -> None:
    """The WebSocket handshake from a wrong origin is refused."""
    async with client.http.get(
        f"{client.base}/api/web/socket",
        headers={"Origin": "https://evil.example", "Connection": "Upgrade", "Upgrade": "websocket"},
    ) as response:
        assert response.status == 403


async def test_long_polling_has_the_same_meaning(client: Client) -> None:
    """Where sockets are blocked, posting and polling give the same acks and messages."""
    await client.session()
    bearer = {"Authorization": f"Bearer {client.token}"}
    url = f"{client.base}/api/web/messages"
    async with client.http.post(url, json=message("你好"), headers=bearer) as response:
        assert (response.status, await response.json()) == (
            200,
            {"type": "ack", "client_id": "client-01", "seq": 1},
        )
    async with client.http.post(url, json=message(""), headers=bearer) as response:
        assert (response.status, (await response.json())["code"]) == (400, "empty")
    seen: list[int] = []
    while len(seen) < 2:
        async with client.http.get(url, params={"since": len(seen), "wait": 5}, headers=bearer) as response:
            seen += [f["message"]["seq"] for f in (await response.json())["frames"]]
    assert seen == [1, 2]
    async with client.http.get(url, params={"since": 2, "wait": 0.2}, headers=bearer) as response:
        assert (await response.json())["frames"] == []
    async with client.http.get(url) as response:
        assert response.status == 401


async def member(server: TestServer) -> str:
    parts = server.app[PARTS]
    now = datetime.now(UTC)
    async with parts.database.write() as session:
        await add_customer(
            session, NewCustomer("王小明", phone="13800138000", member_number="HM10000017"), now
        )
    return "HM10000017"


def user_token(settings: Settings, sub: str, hours: float = 1, key: str | None = None, **more: object) -> str:
    now = datetime.now(UTC)
    claims = {"sub": sub, "aud": "huitouke", "iat": now, "exp": now + timedelta(hours=hours), **more}
    return jwt.encode(claims, key or settings.merchant_key.get_secret_value(), algorithm="HS256")


async def test_the_merchants_signed_token_verifies_at_once(
    server: TestServer, client: Client, settings: Settings
) -> None:
    """A signed-in user of the merchant's site needs no code, on any device."""
    number = await member(server)
    body = await client.session(user_token=user_token(settings, number))
    assert body["verified"]
    elsewhere = await client.session(user_token=user_token(settings, number))
    assert elsewhere["conversation"] == body["conversation"]


async def test_the_token_may_name_the_company_s_own_id(
    server: TestServer, client: Client, settings: Settings
) -> None:
    """Who has no member numbers signs the id that was imported."""
    await member(server)
    async with server.app[PARTS].database.write() as session:
        await session.execute(text("UPDATE customer SET external_id = 'crm-88213'"))
    body = await client.session(user_token=user_token(settings, "crm-88213", by="external_id"))
    assert body["verified"]
    again = await client.session(user_token=user_token(settings, "crm-88213", by="external_id"))
    assert again["conversation"] == body["conversation"]


@pytest.mark.parametrize(
    "trouble",
    ["wrong key", "expired", "too long", "unknown", "unknown id", "by phone", "nobody", "not a token"],
)
async def test_a_bad_merchant_token_is_refused(
    server: TestServer, client: Client, settings: Settings, trouble: str
) -> None:
    """Whatever is wrong with it, nobody is verified."""
    number = await member(server)
    token = {
        "wrong key": user_token(settings, number, key="x" * 32),
        "expired": user_token(settings, number, hours=-1),
        "too long": user_token(settings, number, hours=48),
        "unknown": user_token(settings, "HM99999999"),
        "unknown id": user_token(settings, number, by="external_id"),
        "by phone": user_token(settings, number, by="phone"),
        "nobody": user_token(settings, " "),
        "not a token": "abc",
    }[trouble]
    async with client.http.post(f"{client.base}/api/web/session", json={"user_token": token}) as response:
        assert response.status == 401
        assert (await response.json())["error"]["code"] == "bad_user_token"


async def test_a_locked_database_refuses_and_the_client_may_send_again(
    server: TestServer, client: Client
) -> None:
    """While another process holds the database, nothing is acknowledged; afterwards the same message is."""
    await client.session()
    ws = await client.connect()
    path = server.app[PARTS].database.url.database
    other = sqlite3.connect(path or "", isolation_level=None, check_same_thread=False)
    # In a thread: the server, whose loop this is, may be writing just now and must be able to end that.
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
    await ws.send_json(message("锁着"))
    async with asyncio.timeout(25):
        problem = await ws.receive_json()
        while problem["type"] not in ("error", "ack"):
            problem = await ws.receive_json()
    assert problem["code"] == "unavailable"
    other.execute("ROLLBACK")
    other.close()
    await ws.send_json(message("锁着"))
    assert (await frame(ws, "ack"))["seq"] == 1


def test_an_address_is_kept_as_a_mark_only(settings: Settings) -> None:
    """The same for the same place, another for another; all of an IPv6 network is one place."""
    gate = Gate(settings)
    assert gate.mark("203.0.113.1") == Gate(settings).mark("203.0.113.1") != gate.mark("203.0.113.2")
    assert gate.mark("2001:db8:1:2::3") == gate.mark("2001:db8:1:2:ffff::9") != gate.mark("2001:db8:1:3::3")
    assert gate.mark("2001:db8:1:2::3") == gate.mark("2001:DB8:1:2::4")


async def test_the_brain_learns_from_where_a_message_came(client: Client, brain: EchoBrain) -> None:
    """As a mark, for the limits of one-time codes."""
    await client.session()
    ws = await client.connect()
    await frame(ws, "welcome")
    await ws.send_json({"type": "message", "client_id": "client-0001", "text": "您好"})
    await frame(ws, "message")
    await frame(ws, "message")
    assert len(brain.asked[0]["metadata"]["origin"]["address"]) == 32
    await ws.close()
