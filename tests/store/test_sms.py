"""Text messages leave signed, in the background, and a failure is no secret."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.kit.clock import FakeClock
from bot.kit.db import Database
from bot.kit.errors import Unavailable
from bot.kit.settings import Settings
from bot.store.identities.sms import DemoSms, HttpSms, Sms, SmsCourier, recent_demo_sms, sms_sender

SMS = Sms("+8613800138000", "您的验证码是 123456")


class Provider:
    """An SMS provider that answers what it is told to."""

    def __init__(self) -> None:
        self.status, self.delay = 200, 0.0
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.server = TestServer(web.Application())
        self.server.app.router.add_post("/sms", self._take)

    async def _take(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        await asyncio.sleep(self.delay)
        return web.Response(status=self.status)


@pytest.fixture
async def provider():
    made = Provider()
    await made.server.start_server()
    yield made
    await made.server.close()


async def test_a_provider_that_refuses_or_sleeps_is_unavailable(provider: Provider):
    """Errors, silence and a closed port all mean: not sent."""
    sender = HttpSms(str(provider.server.make_url("/sms")), "secret", timeout=0.2)
    provider.status = 500
    with pytest.raises(Unavailable, match="500"):
        await sender.send(SMS)
    provider.delay = 1
    with pytest.raises(Unavailable):
        await sender.send(SMS)
    await sender.close()
    gone = HttpSms("http://127.0.0.1:9/sms", "secret", timeout=0.5)
    with pytest.raises(Unavailable):
        await gone.send(SMS)
    await gone.close()


async def test_a_message_is_signed(provider: Provider):
    """The provider can check who sent it and that nothing was changed."""
    sender = HttpSms(str(provider.server.make_url("/sms")), "secret")
    await sender.send(SMS)
    await sender.close()
    headers, body = provider.requests[0]
    assert json.loads(body) == {"id": SMS.id, "phone": "+8613800138000", "text": "您的验证码是 123456"}
    signed = headers["X-Huitouke-Timestamp"].encode() + b"." + body
    expected = hmac.new(b"secret", signed, hashlib.sha256).hexdigest()
    assert headers["X-Huitouke-Signature"] == f"sha256={expected}"


async def test_the_courier_returns_at_once_and_survives_a_failure(provider: Provider):
    """Posting takes no time, with or without a message; a refusal is logged and the next one goes out."""
    courier = SmsCourier(HttpSms(str(provider.server.make_url("/sms")), "secret"))
    provider.status, provider.delay = 500, 0.1
    before = asyncio.get_running_loop().time()
    courier.post(SMS)
    courier.post(None)
    assert asyncio.get_running_loop().time() - before < 0.05
    await courier.drain()
    provider.status = 200
    courier.post(SMS)
    await courier.close()
    assert len(provider.requests) == 2


async def test_the_demo_phone_shows_the_newest_message_first(database: Database, clock: FakeClock):
    """Messages are kept with the number masked."""
    sender = DemoSms(database, clock)
    for text in ("第一条", "第二条"):
        await sender.send(Sms("+8613800138000", text))
    async with database.read() as session:
        messages = await recent_demo_sms(session, 1)
    assert [(each.masked_to, each.text, each.at) for each in messages] == [("138****8000", "第二条", clock())]


async def test_without_demo_and_service_nobody_can_be_proved(database: Database):
    """A real company without an SMS service gets a sentence, not a silent demo."""
    with pytest.raises(Unavailable, match="HUITOUKE_SMS_URL"):
        sms_sender(Settings(demo=False, sms_url=""), database)
    assert isinstance(sms_sender(Settings(demo=True, sms_url=""), database), DemoSms)
    assert isinstance(sms_sender(Settings(sms_url="https://sms.example/send"), database), HttpSms)


def test_a_message_hides_its_text_from_logs():
    """A code never shows when a message is printed."""
    assert "123456" not in repr(SMS)
