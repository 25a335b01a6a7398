"""The server's WeChat side: the channels of the accounts file, or of the demo's own platform."""

from __future__ import annotations

from pathlib import Path

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.channels.tencent.accounts import Accounts, parse_accounts, read_accounts
from bot.channels.tencent.api import Http
from bot.channels.tencent.counters import Counters
from bot.channels.wechat.channel import OfficialChannel
from bot.channels.wechat.menu import read_menu
from bot.channels.wecom.channel import WecomChannel
from bot.conversations.outbox import Outbox
from bot.conversations.service import ConversationService
from bot.files.service import FileStore
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.settings import Settings, kept_secret

log = structlog.get_logger(__name__)

DEMO_PLATFORM = "/demo/wechat"
DEMO_APP, DEMO_CORP, DEMO_KFID = "wxdemo0000000001", "wwdemo0000000001", "wkdemo0000000001"
MENU = Path(__file__).parent / "channels" / "wechat" / "menu.toml"


def accounts_of(settings: Settings) -> Accounts:
    """The accounts of the file; in demo mode without one, two of the played platform. Raises BadAccounts."""
    if settings.wechat_accounts:
        return read_accounts(Path(settings.wechat_accounts))
    return _demo_accounts(settings) if settings.demo else Accounts()


def _demo_accounts(settings: Settings) -> Accounts:
    api = f"http://127.0.0.1:{settings.port}{DEMO_PLATFORM}"
    secret = kept_secret(settings.data_dir / "secrets" / "demo_wechat")
    shared = {"name": "demo", "token": secret, "aes_key": _demo_key(secret), "api": api}
    return parse_accounts(
        {
            "official": [
                {**shared, "app_id": DEMO_APP, "app_secret": secret, "mode": "safe", "menu": str(MENU)}
            ],
            "wecom": [{**shared, "corp_id": DEMO_CORP, "secret": secret}],
        },
        MENU.parent,
    )


def _demo_key(secret: str) -> str:
    letters = "".join(char for char in secret if char.isalnum())
    return (letters * 43)[:43]


class WechatSide:
    """Both channels; `start` within a running loop."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        conversations: ConversationService,
        outbox: Outbox,
        files: FileStore,
        registry: CollectorRegistry,
    ) -> None:
        accounts = accounts_of(settings)
        self._settings = settings
        self._accounts = accounts
        self._http = Http()
        counters = Counters(registry)
        self._official = OfficialChannel(
            accounts.official, database, clock, conversations, outbox, files, self._http, counters,
            settings.public_url,
        )  # fmt: skip
        self._wecom = WecomChannel(
            accounts.wecom, database, clock, conversations, outbox, files, self._http, counters
        )
        self.notices = self._official.notices
        if accounts.official:
            outbox.add(self._official.outlet)
        if accounts.wecom:
            outbox.add(self._wecom.outlet)

    def add_to(self, app: web.Application) -> None:
        self._official.add_to(app)
        self._wecom.add_to(app)
        if self._settings.demo and not self._settings.wechat_accounts:
            self._play_the_platform(app)

    def start(self) -> None:
        self._http.start()
        self._official.start()
        self._wecom.start()

    async def close(self) -> None:
        await self._wecom.close()
        await self._official.close()
        await self._http.close()

    def _play_the_platform(self, app: web.Application) -> None:
        try:
            from bot.channels.wechat_platform.app import make_app
            from bot.channels.wechat_platform.state import Account, Platform
        except ImportError:
            log.warning("demo_wechat_missing", hint="the dependency group `demo` is not installed")
            return
        here = f"http://127.0.0.1:{self._settings.port}"
        official, wecom = self._accounts.official[0], self._accounts.wecom[0]
        platform = Platform()
        platform.accounts = {
            DEMO_APP: Account(
                DEMO_APP,
                official.app_secret.get_secret_value(),
                official.token.get_secret_value(),
                official.keys[0],
                f"{here}/api/wechat/demo",
                menu=read_menu(MENU),
            ),
            DEMO_CORP: Account(
                DEMO_CORP,
                wecom.secret.get_secret_value(),
                wecom.token.get_secret_value(),
                wecom.keys[0],
                f"{here}/api/wecom/demo",
                kfid=DEMO_KFID,
            ),
        }
        app.add_subapp(DEMO_PLATFORM, make_app(platform))
