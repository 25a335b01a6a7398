"""WeCom's customer-service channel put together: what the server builds, starts and stops."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.channels.tencent.accounts import WecomAccount
from bot.channels.tencent.api import Api, Download, Http
from bot.channels.tencent.counters import Counters
from bot.channels.tencent.errors import WECOM
from bot.channels.tencent.intake import Intake
from bot.channels.tencent.media import MediaFetcher
from bot.channels.tencent.meter import Meter
from bot.channels.tencent.offers import Offers
from bot.channels.tencent.sending import Sender
from bot.channels.tencent.token import Fetched, TokenKeeper
from bot.channels.wecom.inbound import CHANNEL, Inbound
from bot.channels.wecom.outlet import WecomOutlet
from bot.channels.wecom.routes import Callbacks
from bot.channels.wecom.sync import Puller
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.errors import NotFound
from bot.messages import Conversations, Deliveries, Files

TOKEN = "/cgi-bin/gettoken"  # noqa: S105 - an address
MEDIA = "/cgi-bin/media/get"


class UnknownAccount(NotFound):
    """这个企业微信账号已不在配置里，消息无法送达。"""

    code = "unknown_account"


def wecom_api(http: Http, database: Database, clock: Clock, account: WecomAccount, counters: Counters) -> Api:
    """The calls of one company, with the token that all processes share."""
    api = Api(http, account.api, account.name, WECOM, counters)
    secret = account.secret.get_secret_value()

    async def fetch(_force: bool) -> Fetched:
        answer = await api.bare("GET", TOKEN, {"corpid": account.corp_id, "corpsecret": secret}, None)
        return Fetched(str(answer["access_token"]), int(answer["expires_in"]))

    api.use(TokenKeeper(database, clock, f"{account.corp_id}/kf", secret, fetch))
    return api


class WecomChannel:
    """All companies."""

    def __init__(
        self,
        accounts: Sequence[WecomAccount],
        database: Database,
        clock: Clock,
        conversations: Conversations,
        deliveries: Deliveries,
        files: Files,
        http: Http,
        counters: Counters,
    ) -> None:
        self._accounts = {account.corp_id: account for account in accounts}
        self._apis = {
            account.corp_id: wecom_api(http, database, clock, account, counters) for account in accounts
        }
        meter = Meter(database, clock, CHANNEL, lambda account: self._account(account).quotas)
        offers = Offers(database, clock, CHANNEL)
        sender = Sender(database, clock, meter, repeatable=True)
        self._media = MediaFetcher(database, clock, files, CHANNEL, self._download)
        self.outlet = WecomOutlet(database, clock, self._api, files, meter, offers, sender)
        intake = Intake(CHANNEL, conversations, files, offers)
        inbound = Inbound(database, clock, deliveries, intake, meter, self._media, sender)
        self.puller = Puller(database, clock, self._apis, inbound.take)
        by_name = {account.name: account for account in accounts}
        self._callbacks = Callbacks(by_name, database, clock, self.puller, counters)

    def add_to(self, app: web.Application) -> None:
        self._callbacks.add_to(app)

    def start(self) -> None:
        if self._accounts:
            self._media.start()
            self.puller.start()

    async def close(self) -> None:
        await self.puller.close()
        await self._media.close()

    def _account(self, account: str) -> WecomAccount:
        """The company of a message's `account`. Raises UnknownAccount."""
        try:
            return self._accounts[account.partition("/")[0]]
        except KeyError:
            raise UnknownAccount() from None

    def _api(self, account: str) -> Api:
        return self._apis[self._account(account).corp_id]

    async def _download(self, account: str, media_id: str) -> Download:
        return await self._api(account).download(MEDIA, {"media_id": media_id})
