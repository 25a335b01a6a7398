"""One visitor or one address cannot use up the server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from bot.channels.web import socket as socket_module
from tests.server.conftest import Client, frame


async def flooded(ws: ClientWebSocketResponse, send: Callable[[], Awaitable[None]]) -> None:
    """Send more than a person does, and read until the server has had enough."""
    await frame(ws, "welcome")
    for _ in range(socket_module.FRAMES_AT_ONCE + 80):
        try:
            await send()
        except ConnectionError:
            break
    async with asyncio.timeout(10):
        while (await ws.receive()).type == WSMsgType.TEXT:
            pass


async def test_who_sends_faster_than_a_person_is_sent_away(client: Client) -> None:
    """Two hundred frames of one byte: the socket is closed, and the server answers the next one."""
    await client.session()
    ws = await client.connect()
    await flooded(ws, lambda: ws.send_str("x"))
    assert ws.close_code == 4429
    again = await client.connect()
    assert (await frame(again))["type"] == "welcome"


async def test_pings_count_too(client: Client) -> None:
    """A ping is a frame like any other, and is answered until there are too many."""
    await client.session()
    ws = await client.connect()
    await flooded(ws, ws.ping)
    assert ws.close_code == 4429


async def test_a_visitor_has_so_many_chats_open_and_no_more(client: Client) -> None:
    """The eleventh is told why; once one is closed there is room again."""
    await client.session()
    opened = [await client.connect() for _ in range(10)]
    for ws in opened:
        await frame(ws, "welcome")
    refused = await client.connect()
    assert (await frame(refused, "error"))["code"] == "too_many_open"
    assert (await refused.receive()).type == WSMsgType.CLOSE
    assert refused.close_code == 4429
    await opened[0].close()
    await asyncio.sleep(0.05)
    assert (await frame(await client.connect()))["type"] == "welcome"


async def test_a_socket_that_never_says_hello_is_not_listened_to_for_ever(client: Client) -> None:
    """A few wrong frames are answered; then it is over."""
    ws = await client.http.ws_connect(f"{client.base}/api/web/socket")
    for _ in range(socket_module.HELLO_FRAMES):
        await ws.send_str("x")
    async with asyncio.timeout(10):
        while (await ws.receive()).type == WSMsgType.TEXT:
            pass
    assert ws.close_code == 4408


async def test_an_address_has_so_many_sockets_and_no_more(client: Client) -> None:
    """Whoever they say they are."""
    url = f"{client.base}/api/web/socket"
    opened = [await client.http.ws_connect(url) for _ in range(30)]
    with pytest.raises(WSServerHandshakeError) as refused:
        await client.http.ws_connect(url)
    assert refused.value.status == 429
    await asyncio.gather(*(ws.close() for ws in opened))


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"seen","seq":99999999999999999999}',
        '{"type":"message","client_id":"huge-0001","choice":{"seq":9999999999999,"index":0}}',
        '"\\ud800' + "[" * 50_000,
    ],
)
async def test_what_is_too_big_or_too_deep_is_a_bad_frame(client: Client, text: str) -> None:
    """It is answered, and the socket stays."""
    await client.session()
    ws = await client.connect()
    await frame(ws, "welcome")
    await ws.send_str(text)
    assert (await frame(ws, "error"))["code"] == "bad_frame"
    await ws.send_json({"type": "ping"})
    assert (await frame(ws, "pong"))["type"] == "pong"
