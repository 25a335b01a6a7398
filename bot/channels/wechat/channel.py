"""The official-account channel put together: what the server builds, starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog
from aiohttp import web

from bot.channels.tencent import guard
from bot.channels.tencent.accounts import OfficialAccount
from bot.channels.tencent.api import Api, Download, Http
from bot.channels.tencent.counters import Counters
from bot.channels.tencent.errors import OFFICIAL
from bot.channels.tencent.intake import Intake
from bot.channels.tencent.media import MediaFetcher
from bot.channels.tencent.meter import Meter
from bot.channels.tencent.offers import Offers
from bot.channels.tencent.sending import Sender
from bot.channels.tencent.token import Fetched, TokenKeeper
from bot.channels.wechat.door import Door
from bot.channels.wechat.inbound import CHANNEL, Inbound
from bot.channels.wechat.notices import Notices
from bot.channels.wechat.outlet import OfficialOutlet
from bot.channels.wechat.passive import PassiveReplies
from bot.channels.wechat.routes import Callbacks
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.errors import NotFound, Unavailable
from bot.kit.tasks import TaskGroup
from bot.messages import Conversations, Deliveries, Files

log = structlog.get_logger(__name__)

TOKEN = "/cgi-bin/stable_token"  # noqa: S105 - an address
MEDIA = "/cgi-bin/media/get"
TIDY = timedelta(minutes=2)


class UnknownAccount(NotFound):
    """这个公众号已不在配置里，消息无法送达。"""

    code = "unknown_account"


def official_api(
    http: Http, database: Database, clock: Clock, account: OfficialAccount, counters: Counters
) -> Api:
    """The calls of one official account, with the token that all processes share."""
    api = Api(http, account.api, account.name, OFFICIAL, counters)
    secret = account.app_secret.get_secret_value()

    async def fetch(force: bool) -> Fetched:
        body = {
            "grant_type": "client_credential",
            "appid": account.app_id,
            "secret": secret,
            "force_refresh": force,
        }
        answer = await api.bare("POST", TOKEN, None, body)
        return Fetched(str(answer["access_token"]), int(answer["expires_in"]))

    api.use(TokenKeeper(database, clock, account.app_id, secret, fetch))
    return api


class OfficialChannel:
    """All official accounts."""

    def __init__(
        self,
        accounts: Sequence[OfficialAccount],
        database: Database,
        clock: Clock,
        conversations: Conversations,
        deliveries: Deliveries,
        files: Files,
        http: Http,
        counters: Counters,
        site: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._tasks = TaskGroup("wechat")
        self._by_id = {account.app_id: account for account in accounts}
        self._apis = {
            account.app_id: official_api(http, database, clock, account, counters) for account in accounts
        }
        meter = Meter(database, clock, CHANNEL, lambda account: self.account(account).quotas)
        offers = Offers(database, clock, CHANNEL)
        self.notices = Notices(database, clock, self.account, self.api)
        self._media = MediaFetcher(database, clock, files, CHANNEL, self._download)
        self.outlet = OfficialOutlet(database, clock, self.account, self.api, files, meter, offers, site)
        intake = Intake(CHANNEL, conversations, files, offers)
        inbound = Inbound(
            database, clock, conversations, deliveries, intake, meter, self._media, self.notices
        )
        sender = Sender(database, clock, meter, repeatable=False)
        self._callbacks = Callbacks(
            {account.name: account for account in accounts},
            {account.name: Door(account, clock) for account in accounts},
            inbound,
            PassiveReplies(database, clock, deliveries, sender),
            counters,
            clock,
        )

    def account(self, app_id: str) -> OfficialAccount:
        """Raises UnknownAccount."""
        try:
            return self._by_id[app_id]
        except KeyError:
            raise UnknownAccount() from None

    def api(self, app_id: str) -> Api:
        """Raises UnknownAccount."""
        self.account(app_id)
        return self._apis[app_id]

    def add_to(self, app: web.Application) -> None:
        self._callbacks.add_to(app)

    def start(self) -> None:
        if self._by_id:
            self._media.start()
            self._tasks.spawn(self._tidy(), "tidy")

    async def close(self) -> None:
        await self._media.close()
        await self._tasks.close()

    async def _download(self, account: str, media_id: str) -> Download:
        return await self.api(account).download(MEDIA, {"media_id": media_id})

    async def _tidy(self) -> None:
        """Forget nonces that are stale anyway."""
        while True:
            await asyncio.sleep(TIDY.total_seconds())
            try:
                async with self._database.write() as session:
                    await guard.forget_old(session, self._clock())
            except Unavailable as error:
                log.warning("tidy_failed", error=error.message)
