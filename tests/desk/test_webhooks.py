"""Webhooks: signed, told in the transaction that made the news, sent until they arrive or are parked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select, update
from standardwebhooks import Webhook as Verifier

from bot.desk.webhooks.courier import JITTER, PAUSES, pause
from bot.desk.webhooks.guard import Guard
from bot.desk.webhooks.models import WebhookDelivery
from bot.kit.clock import system_now
from bot.kit.errors import BadInput
from tests.desk.conftest import Agent, House


@dataclass
class Receiver:
    """The other side: verifies with the specification's own library. `status` is what it answers."""

    url: str = ""
    secret: str = ""
    status: int = 200
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    attempts: int = 0

    async def take(self, request: web.Request) -> web.Response:
        self.attempts += 1
        body = await request.read()
        told = Verifier(self.secret).verify(body, dict(request.headers))
        if self.status == 200:
            self.got.append((request.headers["Webhook-Id"], told))
        return web.Response(status=self.status, headers={"Location": "http://127.0.0.1:1/"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    server = TestServer(app)
    await server.start_server()
    made.url = str(server.make_url("/hook"))
    yield made
    await server.close()


async def until(found: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while True:
            answer = found()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.02)


async def hooked(house: House, receiver: Receiver, *events: str) -> tuple[Agent, int]:
    admin = await (await house.agent("theboss", "admin")).start()
    made = await admin.ok("/webhooks", url=receiver.url, events=events)
    receiver.secret = made["secret"]
    return admin, made["webhook"]["id"]


async def test_what_happens_is_told_once_signed_and_in_full(house: House, receiver: Receiver) -> None:
    """Messages and a ticket's entries arrive with the shapes of the API; what nobody wants is not written."""
    admin, _ = await hooked(house, receiver, "message.customer", "ticket.*")
    customer = await house.customer()
    await customer.say("你好")
    await customer.until("echo")
    ticket = (await admin.ok(f"/conversations/{customer.conversation}/takeover"))["ticket"]
    await admin.ok(f"/tickets/{ticket['id']}/close", reason="forwarded")
    await until(lambda: len(receiver.got) >= 4)
    told = {body["type"]: body for _, body in receiver.got}
    assert set(told) == {"message.customer", "ticket.opened", "ticket.assigned", "ticket.closed"}
    assert told["message.customer"]["data"]["message"]["text"] == "你好"
    assert told["ticket.closed"]["data"]["ticket"]["close_reason"] == "forwarded"
    assert all(id_ == body["id"] for id_, body in receiver.got)
    assert len({id_ for id_, _ in receiver.got}) == len(receiver.got)


async def test_news_that_was_rolled_back_is_never_told(house: House, receiver: Receiver) -> None:
    """The outbox row stands or falls with the transaction; a webhook that is switched off gets nothing."""
    admin, id_ = await hooked(house, receiver, "*")
    customer = await house.customer()
    await customer.say("你好")
    await customer.until("echo")
    await until(lambda: len(receiver.got) == 2)
    taken = admin.post(f"/conversations/{customer.conversation}/takeover")
    ticket = (await taken)[1]["ticket"]["id"]
    before = await count(house)
    assert (await admin.post(f"/tickets/{ticket}/close", reason="no such reason"))[0] == 400
    assert await count(house) == before
    assert (await admin.request("PATCH", f"/webhooks/{id_}", active=False))[0] == 200
    await admin.ok(f"/tickets/{ticket}/close", reason="forwarded")
    assert await count(house) == before


async def test_a_receiver_that_fails_is_tried_again_and_then_parked(house: House, receiver: Receiver) -> None:
    """Redirects count as failures; the same id comes again; parked ones are seen and sent anew by hand."""
    admin, id_ = await hooked(house, receiver, "ticket.*")
    receiver.status = 307
    await admin.ok(f"/webhooks/{id_}/test")
    path = f"/webhooks/{id_}/deliveries"
    await until(lambda: receiver.attempts == 1)

    async def settled() -> bool:
        (row,) = (await admin.get(path))["deliveries"]
        return row["error"] is not None

    await until(settled)
    (row,) = (await admin.get(path))["deliveries"]
    assert (row["state"], row["status"], row["attempts"]) == ("pending", 307, 1)
    assert (await admin.get("/webhooks"))["webhooks"][0]["failing_since"] is not None
    async with house.parts.database.write() as session:
        last = {"attempts": len(PAUSES), "next_at": system_now() - timedelta(seconds=1)}
        await session.execute(update(WebhookDelivery).values(**last))

    async def parked() -> bool:
        return (await admin.get(path))["deliveries"][0]["state"] == "parked"

    await until(parked)
    receiver.status = 200
    await admin.ok(f"/deliveries/{row['id']}/retry")
    await until(lambda: len(receiver.got) == 1)
    assert receiver.got[0][0] == row["event_id"]
    assert (await admin.get("/webhooks"))["webhooks"][0]["failing_since"] is None
    old = receiver.secret
    receiver.secret = (await admin.ok(f"/webhooks/{id_}/secret"))["secret"]
    assert receiver.secret != old
    await admin.ok(f"/webhooks/{id_}/test")
    await until(lambda: len(receiver.got) == 2)
    assert (await admin.request("DELETE", f"/webhooks/{id_}"))[0] == 204
    assert await count(house) == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://127.0.0.1/x",
        "https://10.0.0.5/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.5]/",
        "https://169.254.169.254/latest",
        "https://user:secret@example.com/",
        "ftp://example.com/",
        "nonsense",
    ],
)
def test_addresses_of_our_own_network_are_refused(url: str) -> None:
    """Also written as IPv6, as a cloud's own service, without encryption, or with a password in it."""
    with pytest.raises(BadInput):
        Guard([]).check_url(url)
    assert Guard([]).check_url("https://crm.example.com/hooks")


def test_a_name_that_points_inside_is_refused_when_it_is_connected_to() -> None:
    """Only what is public or allowed by name of its network."""
    guard = Guard(["10.1.0.0/16"])
    inside = ["10.1.2.3"]
    outside = [
        "10.2.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::",
        "fe80::1",
        "64:ff9b::a02:1",
    ]
    assert all(guard.permits(ip_address(each)) for each in [*inside, "93.184.216.34", "2606:4700::1"])
    assert not any(guard.permits(ip_address(each)) for each in outside)


def test_pauses_grow_and_scatter() -> None:
    """From seconds to hours, never all at the same moment."""
    assert pause(1) < pause(3) < pause(6) < pause(99)
    assert len({pause(5) for _ in range(20)}) > 1
    assert all(abs(pause(5) / PAUSES[4] - 1) <= JITTER for _ in range(50))


async def count(house: House) -> int:
    async with house.parts.database.read() as session:
        return (await session.execute(select(func.count()).select_from(WebhookDelivery))).scalar_one()
