"""Sending text messages: an interface, the demo company's phone, and a provider behind HTTP.

A message is sent after the transaction that made it has committed, and in the background: how long sending
takes must not tell a visitor whether a number is known.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import Clock, system_now
from bot.kit.db import Database
from bot.kit.errors import Unavailable
from bot.kit.ids import time_ordered
from bot.kit.settings import Settings
from bot.kit.tasks import TaskGroup
from bot.store.customers.numbers import Number, masked
from bot.store.identities.models import DemoSmsRow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sms:
    """A text message to one phone (E.164). `id` lets a provider drop a repeated request."""

    phone: str
    text: str = field(repr=False)
    id: str = field(default_factory=time_ordered)


class SmsSender(Protocol):
    """Whatever sends text messages."""

    async def send(self, sms: Sms) -> None:
        """Hand `sms` over; raises Unavailable when the other side does not take it."""
        ...

    async def close(self) -> None: ...


class DemoSms:
    """Keeps messages in a table for the shop page and logs them. For the demo company only."""

    def __init__(self, database: Database, clock: Clock = system_now) -> None:
        self._database = database
        self._clock = clock

    async def send(self, sms: Sms) -> None:
        async with self._database.write() as session:
            session.add(DemoSmsRow(phone=sms.phone, text=sms.text, sent_at=self._clock()))
        log.info("demo_sms", phone=sms.phone, text=sms.text)

    async def close(self) -> None:
        return None


class HttpSms:
    """Posts messages to the company's SMS service, signed.

    `POST url` with JSON `{"id", "phone", "text"}`; header `X-Huitouke-Timestamp` (Unix seconds) and
    `X-Huitouke-Signature: sha256=<hex HMAC-SHA256 of "timestamp.body">`. Any 2xx is success.
    """

    def __init__(self, url: str, secret: str, *, timeout: float = 5.0) -> None:
        self._url = url
        self._secret = secret.encode()
        self._timeout = ClientTimeout(total=timeout)
        self._session: ClientSession | None = None

    async def send(self, sms: Sms) -> None:
        body = json.dumps({"id": sms.id, "phone": sms.phone, "text": sms.text}, ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        signature = hmac.new(self._secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Huitouke-Timestamp": stamp,
            "X-Huitouke-Signature": f"sha256={signature}",
        }
        if self._session is None:
            self._session = ClientSession(timeout=self._timeout)
        try:
            async with self._session.post(self._url, data=body, headers=headers) as response:
                if response.status // 100 != 2:
                    raise Unavailable(f"The SMS service answered {response.status}.")
        except (ClientError, TimeoutError) as error:
            raise Unavailable("The SMS service does not answer.") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class SmsCourier:
    """Sends in the background, so that the caller takes equally long whether there is a message or not."""

    def __init__(self, sender: SmsSender) -> None:
        self._sender = sender
        self._tasks = TaskGroup("sms")

    def post(self, sms: Sms | None) -> None:
        """Send `sms` soon; None is nothing to send. A failure is logged: the customer asks for a new code."""
        if sms is not None:
            self._tasks.spawn(self._sender.send(sms), sms.id)

    async def drain(self) -> None:
        """Wait until everything posted so far has been sent or has failed."""
        await self._tasks.join()

    async def close(self) -> None:
        await self._tasks.join()
        await self._sender.close()


def sms_sender(settings: Settings, database: Database) -> SmsSender:
    """The sender the settings ask for: the company's service, or the demo phone."""
    if settings.sms_url:
        return HttpSms(settings.sms_url, settings.sms_secret.get_secret_value())
    if settings.demo:
        return DemoSms(database)
    raise Unavailable("Set HUITOUKE_SMS_URL: without an SMS service nobody can prove who they are.")


@dataclass(frozen=True, slots=True)
class DemoMessage:
    """A message on the demo phone; the number as its owner would recognise it."""

    masked_to: str
    text: str
    at: datetime


async def recent_demo_sms(session: AsyncSession, limit: int = 20) -> list[DemoMessage]:
    """The demo phone's last messages, newest first."""
    statement = select(DemoSmsRow).order_by(DemoSmsRow.id.desc()).limit(limit)
    rows = (await session.execute(statement)).scalars()
    return [DemoMessage(masked(Number("phone", row.phone)), row.text, row.sent_at) for row in rows]
