"""Requests from strangers: no server error, no leak, and nothing stored that was not signed."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry
from sqlalchemy import update

from bot.channels.wechat_platform.callbacks import request
from bot.channels.wechat_platform.state import Account
from bot.conversations.models import Conversation
from tests.channels.conftest import APP, CORP, Town

MUTATIONS = 10_000
SECRETS = ("QDG6eK", "app-secret", "kf-secret", "jWmYm7qr5nMo", "Traceback", "site-packages", "sqlite")


def fields(number: int) -> dict[str, Any]:
    return {
        "ToUserName": "gh_1", "FromUserName": "o-evil", "CreateTime": 1, "MsgType": "text",
        "Content": f"forged {number}", "MsgId": number,
    }  # fmt: skip


def mutated(query: dict[str, str], body: bytes, dice: random.Random) -> tuple[dict[str, str], bytes]:
    """The request with something changed that its signature covers, or its form."""
    query, data = dict(query), bytearray(body)
    kind = dice.randrange(8)
    if kind == 0:
        query.pop(dice.choice(sorted(query)))
    elif kind == 1:
        name = dice.choice(sorted(query))
        query[name] = dice.choice(
            ["", "0", "é", "\ud800".encode("utf-8", "replace").decode(), "9" * 400, query[name][::-1]]
        )
    elif kind == 2 and data:
        for _ in range(dice.randrange(1, 8)):
            data[dice.randrange(len(data))] = dice.randrange(256)
    elif kind == 3:
        data = data[: dice.randrange(len(data))]
    elif kind == 4:
        data = bytearray(
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Encrypt>&e;</Encrypt></xml>'
        )
    elif kind == 5:
        data = bytearray(dice.randbytes(dice.randrange(300)))
    elif kind == 6:
        query["timestamp"] = str(dice.choice([0, -1, 1409659589, 10**12, 10**30]))
    else:
        start = dice.randrange(len(data))
        data[start:start] = dice.randbytes(4) * dice.randrange(1, 50)
    return query, bytes(data)


Request = tuple[dict[str, str], bytes]
SIGNED = ("msg_signature", "timestamp", "nonce")


def attempts(account: Account, now: float, count: int) -> Iterator[tuple[Request, Request]]:
    """Each mutated request, and what it was before."""
    dice = random.Random(7)
    signed = [request(account, fields(number), now) for number in range(count // 20)]
    for number in range(count):
        query, body = signed[number % len(signed)]
        changed = mutated(query, body, dice)
        while changed == (query, body):
            changed = mutated(query, body, dice)
        yield changed, (query, body)


@pytest.fixture
def silence() -> Iterator[None]:
    """Ten thousand refusals need not stand in the log."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(wrapper_class=before)


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("silence")
async def test_ten_thousand_mutated_requests(town: Town) -> None:
    """Each is refused or means nothing; none costs a server error, tells a secret or is stored."""
    town.platform.grant(town.official("o-evil").phone, "message")
    await town.official("o-evil").say("forged 0")
    await town.states()
    async with town.parts.database.write() as session:  # a person has it: no turns are in the way
        await session.execute(update(Conversation).values(owner="agent", agent_id=1))
    seen: dict[int, int] = {}
    async with ClientSession() as http:
        for app, share in ((APP, 0.7), (CORP, 0.3)):
            account = town.platform.accounts[app]
            tries = attempts(account, town.platform.clock(), int(MUTATIONS * share))
            for (query, body), (before, _) in tries:
                async with http.post(account.callback, params=query, data=body) as answer:
                    text = await answer.text()
                seen[answer.status] = seen.get(answer.status, 0) + 1
                assert answer.status < 500, (query, body, text)
                assert not any(secret in text for secret in SECRETS), text
                # Taken is only what was changed where no signature looks (the other one, outer tags).
                assert answer.status != 200 or all(query.get(name) == before[name] for name in SIGNED)
    assert sum(seen.values()) == MUTATIONS
    allowed = {f"forged {number}" for number in range(MUTATIONS)}
    assert set(await town.texts("customer")) <= allowed


async def test_stale_and_replayed_requests(town: Town) -> None:
    """Five minutes old is too old; the same again changes nothing; a nonce with another body is refused."""
    account = town.platform.accounts[APP]
    async with ClientSession() as http:

        async def status(query: dict[str, str], body: bytes) -> int:
            async with http.post(account.callback, params=query, data=body) as answer:
                return answer.status

        now = town.platform.clock()
        assert await status(*request(account, fields(1), now - 301)) == 403
        assert await status(*request(account, fields(1), now + 301)) == 403
        query, body = request(account, fields(2) | {"CreateTime": int(now)}, now)
        assert await status(query, body) == 200
        assert await status(query, body) == 200
        assert await status(query, body + b" ") == 403
    assert await town.texts("customer") == ["forged 2"]


async def test_safe_mode_takes_nothing_unencrypted(town: Town) -> None:
    """A signature that was overheard does not help to send a plain message."""
    account = town.platform.accounts[APP]
    plain = Account(APP, "", account.token, account.aes_key, account.callback, mode="plain")
    query, body = request(plain, fields(1), town.platform.clock())
    async with ClientSession() as http, http.post(account.callback, params=query, data=body) as answer:
        assert answer.status == 403
    assert await town.log() == []


async def test_the_previous_key_opens_while_it_is_changed(town: Town) -> None:
    """Messages under the previous EncodingAESKey are taken too."""
    from tests.channels.conftest import OLD_KEY

    town.platform.accounts[APP].aes_key = OLD_KEY
    who = town.official()
    assert await who.say("换钥匙") == 1
    assert await town.shown(who, 1) == ["echo: 换钥匙"]


async def test_metrics_count_outcomes(town: Town) -> None:
    """Refusals and calls are counted by their codes."""
    who = town.official()
    await who.say("你好")
    await town.shown(who, 1)
    registry: CollectorRegistry = town.parts.metrics.registry
    labels = {"account": "main", "outcome": "taken"}
    assert registry.get_sample_value("huitouke_wechat_callbacks_total", labels) == 1
    labels = {"account": "main", "call": "/cgi-bin/message/custom/send", "code": "0"}
    assert registry.get_sample_value("huitouke_wechat_calls_total", labels) == 1


async def test_the_played_platform_serves_its_phone(town: Town) -> None:
    """The page loads under a strict policy and reaches the bot."""
    from bot.channels.wechat_platform.app import make_app

    async with TestClient[web.Request, web.Application](TestServer(make_app(town.platform))) as client:
        page = await client.get("/phone/")
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert (await client.get("/phone/..%2fapp.py")).status == 404
        said = {"account": APP, "user": "o-phone", "do": "say", "text": "你好"}
        assert (await client.post("/phone/api/do", json=said)).status == 200
        chat = await (
            await client.get(
                "/phone/api/lines", params={"account": APP, "user": "o-phone", "since": "1", "wait": "1"}
            )
        ).json()
        assert chat["lines"][0]["text"] == "echo: 你好"
