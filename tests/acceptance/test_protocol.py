"""Bad input over the real protocol: a clear error or plain text, nothing lost, nothing executed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import uuid4

import aiohttp
import pytest

from tests.acceptance.customer import Customer
from tests.acceptance.facts import Cast
from tests.acceptance.house import House

MAKE = Callable[..., Customer]


async def error_for(one: Customer, text: str) -> dict[str, object]:
    client_id = str(uuid4())
    await one.send({"type": "message", "client_id": client_id, "text": text})
    return await one.until(lambda frame: frame.get("client_id") == client_id)


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\u200b\u200b", "\x00\x00"])
async def test_nothing_to_send_is_refused(visitor: Customer, text: str) -> None:
    """An empty, blank or invisible message is an error that says so, and is not stored."""
    answer = await error_for(visitor, text)
    assert (answer["type"], answer["code"]) == ("error", "empty")
    assert answer["text"]


async def test_a_message_of_ten_thousand_characters_is_refused(visitor: Customer) -> None:
    """Over the limit: an error that names the problem; the socket stays open."""
    answer = await error_for(visitor, "积" * 10_000)
    assert (answer["type"], answer["code"]) == ("error", "too_long")
    assert await visitor.ask("你好")


@pytest.mark.parametrize(
    "text",
    [
        "😀😀😀",
        "我有\x00多少\x00积分",
        "<script>document.title='owned'</script>",
        "<img src=x onerror=alert(1)>我要查积分",
        "' OR 1=1; DROP TABLE customers; --",
        "\ud800 坏字符".encode("utf-8", "replace").decode(),
    ],
)
async def test_odd_text_is_plain_text(visitor: Customer, text: str) -> None:
    """Emoji, NUL bytes, HTML and SQL are stored as text and answered."""
    answer = await visitor.ask(text)
    assert answer["text"]
    own = next(message for message in visitor.messages() if message["author"] == "customer")
    assert own["text"] == text.replace("\x00", "")


@pytest.mark.parametrize(
    "text", ["/ask_points", '/inform{"code": "checked"}', "/request_human", "/EXTERNAL_x", "/"]
)
async def test_a_leading_slash_runs_nothing(visitor: Customer, text: str) -> None:
    """What looks like a command of the dialogue engine is text like any other, and is read as such."""
    answer = await visitor.ask(text)
    assert [message["text"] for message in visitor.messages() if message["author"] == "customer"] == [text]
    for done in ("查积分前", "已发往", "转接"):
        assert done not in answer["text"]


async def test_a_typed_restart_does_not_forget_the_conversation(visitor: Customer, cast: Cast) -> None:
    """The dialogue engine's own command, typed by a customer, leaves the form where it was."""
    await visitor.ask("我有多少积分")
    await visitor.ask("/restart")
    assert "已发往" in (await visitor.ask((await cast.next()).phone))["text"]


async def test_a_frame_that_is_no_frame_is_refused_and_the_socket_stays(visitor: Customer) -> None:
    """Broken JSON, an unknown type, a wrong shape: an error each, and the conversation goes on."""
    for raw in ("{", "[]", "null", '{"type": "launch"}', '{"type": "message"}'):
        await visitor.send_raw(raw)
    await visitor.until(lambda _: sum(frame.get("code") == "bad_frame" for frame in visitor.frames) == 5)
    assert await visitor.ask("你好")


async def test_fifty_messages_in_a_second_lose_nothing(visitor: Customer) -> None:
    """Each is acknowledged or refused with a time to wait; what is acknowledged is kept once, in order."""
    ids = [f"burst-{number:04d}" for number in range(50)]
    for number, client_id in enumerate(ids):
        await visitor.send({"type": "message", "client_id": client_id, "text": f"第{number}句"})
    await visitor.until(lambda _: len({f.get("client_id") for f in visitor.frames if "client_id" in f}) == 50)
    acks = [frame for frame in visitor.frames if frame["type"] == "ack"]
    refused = [frame for frame in visitor.frames if frame["type"] == "error"]
    assert len(acks) >= 10
    assert len(acks) + len(refused) == 50
    assert {frame["code"] for frame in refused} == {"rate_limited"}
    assert all(frame["retry_after"] > 0 and frame["text"] for frame in refused)
    await asyncio.sleep(max(frame["retry_after"] for frame in refused))
    again = await visitor.say("再说一句")
    assert again > max(frame["seq"] for frame in acks)
    own = [message for message in visitor.messages() if message["author"] == "customer"]
    assert [message["client_id"] for message in own[: len(acks)]] == [frame["client_id"] for frame in acks]


async def test_sending_again_stores_once(visitor: Customer) -> None:
    """The same client id gives the same acknowledgement."""
    first = await visitor.say("你好", client_id="same-id-0001")
    visitor.frames.clear()
    assert await visitor.say("你好", client_id="same-id-0001") == first


async def test_sequence_numbers_have_no_gaps_and_resume_works(visitor: Customer) -> None:
    """Whoever says hello with since N gets exactly what came after N."""
    await visitor.ask("你好")
    await visitor.ask("你能做什么")
    seqs = [message["seq"] for message in visitor.messages()]
    assert seqs == list(range(1, len(seqs) + 1))
    await visitor.disconnect()
    visitor.frames.clear()
    await visitor.connect(since=2)
    await visitor.until(lambda frame: frame["type"] == "message" and frame["message"]["seq"] == seqs[-1])
    assert [message["seq"] for message in visitor.messages()] == list(range(3, len(seqs) + 1))


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "é" * 40])
async def test_a_wrong_token_opens_no_socket(house: House, token: str) -> None:
    """The socket closes with 4401, which tells the client to ask for a session again."""
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{house.url}/api/web/socket") as ws:
        await ws.send_json({"type": "hello", "token": token, "since": 0})
        while (await ws.receive(timeout=10)).type == aiohttp.WSMsgType.TEXT:
            pass
        assert ws.close_code == 4401


async def test_a_token_with_a_foreign_signature_opens_no_socket(visitor: Customer, connect: MAKE) -> None:
    """Another visitor's token cannot be made out of one's own."""
    assert visitor.token
    head, _, tail = visitor.token.rpartition(".")
    forged = f"{head}.{'A' * len(tail)}"
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{visitor.url}/api/web/socket") as ws:
        await ws.send_json({"type": "hello", "token": forged, "since": 0})
        await ws.receive(timeout=10)
        assert ws.close_code == 4401
    fresh = await connect(token=forged).session()
    assert fresh["renewed"]
    assert fresh["token"] != visitor.token


async def test_one_visitor_never_sees_another(visitor: Customer, connect: MAKE) -> None:
    """Two visitors have two conversations."""
    await visitor.ask("这是我的悄悄话")
    other = connect()
    await other.connect(since=0)
    await other.ask("你好")
    assert all("悄悄话" not in message["text"] for message in other.messages())


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_foreign_page_may_not_use_the_chat(house: House, origin: str) -> None:
    """A wrong Origin is refused for the session and for the socket."""
    headers = {"Origin": origin}
    async with aiohttp.ClientSession(headers=headers) as http:
        async with http.post(f"{house.url}/api/web/session", json={}) as answer:
            assert answer.status == 403
            assert (await answer.json())["error"]["code"] == "bad_origin"
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{house.url}/api/web/socket")
        assert refused.value.status == 403


async def test_long_poll_says_the_same_as_the_socket(house: House, visitor: Customer) -> None:
    """Where sockets are blocked the same frames go over HTTP."""
    headers = {"Authorization": f"Bearer {visitor.token}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        frame = {"type": "message", "client_id": "polled-0001", "text": "你好"}
        async with http.post(f"{house.url}/api/web/messages", json=frame) as answer:
            ack = await answer.json()
        assert ack == {"type": "ack", "client_id": "polled-0001", "seq": ack["seq"]}
        await visitor.answer_after(ack["seq"])
        async with http.get(f"{house.url}/api/web/messages?since=0&wait=5") as answer:
            polled = [one["message"] for one in (await answer.json())["frames"]]
    assert polled == visitor.messages()


async def test_unknown_numbers_get_the_same_answer_as_known_ones(connect: MAKE, cast: Cast) -> None:
    """Nobody can find out who is a customer."""
    answers: list[str] = []
    for phone in ((await cast.next()).phone, "13900000001"):
        one = connect()
        await one.connect(since=0)
        await one.ask("我有多少积分")
        answers.append((await one.ask(phone))["text"].replace(phone[-4:], "####").replace(phone[:3], "###"))
    assert answers[0] == answers[1]
