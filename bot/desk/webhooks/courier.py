"""Delivers: each event is sent until the other side has it, with growing pauses, and then parked."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import structlog
from sqlalchemy import delete, select, update
from yarl import URL

from bot.desk.office import Office
from bot.desk.webhooks.bodies import body_of
from bot.desk.webhooks.guard import Guard, GuardedResolver
from bot.desk.webhooks.models import Webhook, WebhookDelivery
from bot.desk.webhooks.signing import headers, secret_of
from bot.kit.errors import BadInput, HuitoukeError
from bot.kit.tasks import TaskGroup, set_within

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 1.0
REST_SECONDS: Final = 0.05
IDLE_SECONDS: Final = 0.25
"""Where nothing was due, as where nobody listens, news is not worth a look each."""
AT_ONCE: Final = 32
AT_ONCE_EACH: Final = 4
"""A slow receiver must not hold up the others."""
TIMEOUT_SECONDS: Final = 10.0
LEASE: Final = timedelta(seconds=60)
PAUSES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 18_000, 36_000, 50_400)
)
"""After each attempt; behind the last one the delivery is parked, about a day and a half after the event."""
JITTER: Final = 0.2
KEPT: Final = timedelta(days=30)
KEPT_PARKED: Final = timedelta(days=90)
CLEAN_EVERY: Final = 3600
GONE: Final = 410
"""The receiver says that it will never want this again."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process sends now."""

    id: int
    webhook: int
    url: str
    secret: str
    event_id: str
    attempts: int
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went; `status` None: nothing was answered."""

    status: int | None
    error: str | None

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Courier:
    """Every process may run one: a delivery is claimed before it is sent."""

    def __init__(self, office: Office, guard: Guard, house_secret: str) -> None:
        self._office = office
        self._guard = guard
        self._secret = house_secret
        self._news = asyncio.Event()
        self._busy: Counter[int] = Counter()
        self._http: aiohttp.ClientSession | None = None
        self._tasks = TaskGroup("courier")
        office.on_touch(self._news.set)

    def start(self) -> None:
        connector = aiohttp.TCPConnector(resolver=GuardedResolver(self._guard), ttl_dns_cache=30)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        self._http = aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False)
        self._tasks.spawn(self._run(), "run")

    async def close(self) -> None:
        await self._tasks.close()
        if self._http is not None:
            await self._http.close()

    async def _run(self) -> None:
        looks = 0
        while True:
            await set_within(self._news, LOOK_SECONDS)
            self._news.clear()
            due: list[Claimed] = []
            try:
                due = await self._claim()
                for claimed in due:
                    self._busy[claimed.webhook] += 1
                    self._tasks.spawn(self._deliver(claimed), claimed.event_id)
                looks += 1
                if looks % CLEAN_EVERY == 1:
                    await self._forget_old()
            except HuitoukeError as error:
                log.warning("courier_waits", error=error.message)
            except Exception:
                log.exception("courier_failed")
            await asyncio.sleep(REST_SECONDS if due else IDLE_SECONDS)

    async def _claim(self) -> list[Claimed]:
        """What is due, as much as may be sent at once; nothing due costs one read."""
        now = self._office.clock()
        room = AT_ONCE - sum(self._busy.values())
        full = [webhook for webhook, count in self._busy.items() if count >= AT_ONCE_EACH]
        due = (
            select(WebhookDelivery.id)
            .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
            .where(WebhookDelivery.state == "pending", WebhookDelivery.next_at <= now, Webhook.active)
            .where(WebhookDelivery.webhook_id.not_in(full))
            .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
            .limit(max(0, room))
        )
        async with self._office.database.read() as session:
            ids = list(await session.scalars(due))
        if not ids:
            return []
        taken: list[Claimed] = []
        each = Counter(self._busy)
        async with self._office.database.write() as session:
            rows = await session.execute(
                select(WebhookDelivery, Webhook)
                .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
                .where(WebhookDelivery.id.in_(ids), WebhookDelivery.next_at <= now)
                .where(WebhookDelivery.state == "pending")
                .order_by(WebhookDelivery.id)
                .with_for_update(of=WebhookDelivery, skip_locked=True)
            )
            for row, webhook in rows.all():
                if each[webhook.id] >= AT_ONCE_EACH:
                    continue
                each[webhook.id] += 1
                row.attempts += 1
                row.next_at = now + LEASE
                body = await body_of(self._office, session, row)
                secret = secret_of(self._secret, webhook.id, webhook.salt)
                taken.append(
                    Claimed(row.id, webhook.id, webhook.url, secret, row.event_id, row.attempts, body)
                )
        return taken

    async def _deliver(self, claimed: Claimed) -> None:
        try:
            outcome = await self._send(claimed)
            await self._settle(claimed, outcome)
        except HuitoukeError as error:
            # Not written down: the lease runs out, and it is sent again under the same id.
            log.warning("delivery_not_settled", event=claimed.event_id, error=error.message)
        finally:
            self._busy[claimed.webhook] -= 1
            self._news.set()

    async def _send(self, claimed: Claimed) -> Outcome:
        if claimed.body is None:
            return Outcome(GONE, "这条内容已经删除")
        assert self._http is not None
        url = URL(claimed.url)
        signed = headers(claimed.secret, claimed.event_id, self._office.clock(), claimed.body)
        told = {"Content-Type": "application/json", "User-Agent": "Huitouke-Webhooks/1", **signed}
        try:
            self._guard.check_host(url.host or "")
            async with self._http.post(
                url, data=claimed.body, headers=told, allow_redirects=False
            ) as response:
                words = (await response.content.read(300)).decode("utf-8", "replace")
                status = response.status
                return Outcome(status, None if 200 <= status < 300 else f"HTTP {status} {words}"[:200])
        except (aiohttp.ClientError, OSError, TimeoutError, BadInput) as error:
            return Outcome(None, (f"{type(error).__name__}: {error}" if str(error) else "超时")[:200])

    async def _settle(self, claimed: Claimed, outcome: Outcome) -> None:
        now = self._office.clock()
        over = outcome.status == GONE or claimed.attempts > len(PAUSES)
        values: dict[str, object] = {"status": outcome.status, "error": outcome.error}
        if outcome.arrived:
            values |= {"state": "delivered", "delivered_at": now}
        elif over:
            values |= {"state": "parked"}
        else:
            values |= {"next_at": now + pause(claimed.attempts)}
        async with self._office.database.write() as session:
            mine = update(WebhookDelivery).where(
                WebhookDelivery.id == claimed.id, WebhookDelivery.attempts == claimed.attempts
            )
            await session.execute(mine.values(**values))
            webhook = update(Webhook).where(Webhook.id == claimed.webhook)
            if outcome.arrived:
                await session.execute(
                    webhook.where(Webhook.failing_since.is_not(None)).values(failing_since=None)
                )
            else:
                await session.execute(
                    webhook.where(Webhook.failing_since.is_(None)).values(failing_since=now)
                )

    async def _forget_old(self) -> None:
        now: datetime = self._office.clock()
        async with self._office.database.write() as session:
            for state, kept in (("delivered", KEPT), ("parked", KEPT_PARKED)):
                old = (WebhookDelivery.state == state) & (WebhookDelivery.at < now - kept)
                await session.execute(delete(WebhookDelivery).where(old))


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts; scattered, so that nobody is hit by all at once."""
    wait = PAUSES[min(attempts, len(PAUSES)) - 1]
    return wait * random.uniform(1 - JITTER, 1 + JITTER)
