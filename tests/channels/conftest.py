"""The real server between a brain that echoes and a platform that plays WeChat and WeCom."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.channels.wechat_platform.app import make_app as make_platform
from bot.channels.wechat_platform.callbacks import Caller
from bot.channels.wechat_platform.customer import OfficialCustomer
from bot.channels.wechat_platform.state import Account, Platform
from bot.channels.wechat_platform.wecom import WecomCustomer
from bot.conversations import log as message_log
from bot.conversations.log import Draft
from bot.conversations.models import Message
from bot.kit.clock import Clock, system_now
from bot.kit.ids import ConversationId
from bot.kit.settings import Settings
from bot.messages import Author, Content
from bot.migrations import upgrade
from bot.server import PARTS, Parts, make_app
from tests.server.conftest import SECRET, EchoBrain

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
OLD_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
APP, CORP, KFID = "wx5823bf96d3bd56c7", "ww1234567890abcd", "wk1234567890abcd"
TEMPLATE, SUBSCRIPTION, POINTS, SOMETHING = "tmpl-1", "subs-1", "tmpl-2", "tmpl-3"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)

OFFICIAL = f"""
[[official]]
name = "main"
app_id = "{APP}"
app_secret = "app-secret"
token = "QDG6eK"
aes_key = "{KEY}"
previous_aes_key = "{OLD_KEY}"
mode = "MODE"
reply = "REPLY"
api = "PLATFORM"

[[official.templates]]
name = "complaint-reply"
id = "{TEMPLATE}"
fields = {{ thing1 = "subject" }}

[[official.templates]]
name = "offer"
id = "{SUBSCRIPTION}"
kind = "subscription"
purpose = "marketing"
fields = {{ thing1 = "subject" }}

[[official.templates]]
name = "points_expiring"
id = "{POINTS}"
fields = {{ name1 = "customer", number2 = "amount", date3 = "expires", thing4 = "buys" }}

[[official.templates]]
name = "points_expiring"
id = "{SOMETHING}"
fields = {{ thing1 = "title", time2 = "time" }}

[[wecom]]
name = "main"
corp_id = "{CORP}"
secret = "kf-secret"
token = "123456"
aes_key = "{KEY}"
api = "PLATFORM"
"""


@dataclass
class Town:
    """Everything that runs, and short ways to look at it."""

    platform: Platform
    caller: Caller
    brain: EchoBrain
    api: TestServer
    thinking: TestServer
    server: TestServer
    settings: Settings

    @property
    def parts(self) -> Parts:
        return self.server.app[PARTS]

    def official(self, user: str = "o-wang") -> OfficialCustomer:
        return OfficialCustomer(self.platform, self.caller, self.platform.accounts[APP], user)

    def wecom(self, user: str = "wm-wang") -> WecomCustomer:
        return WecomCustomer(self.platform, self.caller, self.platform.accounts[CORP], user)

    async def log(self) -> list[Message]:
        """Every message there is, in order."""
        async with self.parts.database.read() as session:
            return list(await session.scalars(select(Message).order_by(Message.conversation_id, Message.seq)))

    async def states(self, count: int = 1) -> list[str]:
        """The states of our own messages, once there are `count` and none is being sent."""

        async def settled() -> bool:
            rows = await self.log()
            ours = [row for row in rows if row.author != "customer"]
            moving = any(row.state in ("waiting", "queued", "sending") for row in rows)
            return len(ours) >= count and not moving

        await self.until(settled)
        return [row.state for row in await self.log() if row.author != "customer"]

    async def texts(self, author: str | None = None) -> list[str]:
        return [row.content["text"] for row in await self.log() if author in (None, row.author)]

    async def conversation(self) -> ConversationId:
        """The conversation of the first message."""
        return ConversationId((await self.log())[0].conversation_id)

    async def write(self, author: Author, *texts: str) -> None:
        """An agent (or the bot, of its own accord) writes in the first message's conversation."""
        async with self.parts.database.write() as session:
            row = await message_log.locked(session, await self.conversation())
            drafts = [Draft(author, Content(text)) for text in texts]
            message_log.append(session, row, drafts, self.parts.clock())
        self.parts.outbox.wake()

    async def held(self, count: int = 1) -> list[Message]:
        """The messages that are held, once there are `count`."""
        rows: list[Message] = []

        async def enough() -> bool:
            rows[:] = [row for row in await self.log() if row.state == "held"]
            return len(rows) >= count

        await self.until(enough)
        return rows

    async def until(self, done: Callable[[], Any], seconds: float = 60.0) -> Any:
        """Wait until `done()` is true (it may be a coroutine function)."""
        async with asyncio.timeout(seconds):
            while True:
                found = done()
                if asyncio.iscoroutine(found):
                    found = await found
                if found:
                    return found
                await asyncio.sleep(0.02)

    async def shown(self, who: OfficialCustomer | WecomCustomer, count: int) -> list[str]:
        """What the customer was sent, once it is `count` messages."""
        lines: list[str] = []

        def enough() -> bool:
            lines[:] = [line["text"] for line in who.phone.lines if line["who"] != "me"]
            return len(lines) >= count

        await self.until(enough)
        return lines

    async def restart(self) -> None:
        """A new server on the same database, at the same address."""
        port, clock = self.server.port, self.parts.clock
        await self.server.close()
        self.server = TestServer(make_app(self.settings, clock), port=port)
        await self.server.start_server()


async def make_town(
    tmp_path: Path,
    database_url: str,
    mode: str = "safe",
    reply: str = "service",
    clock: Clock = system_now,
) -> Town:
    platform = Platform(retry_seconds=0.1, clock=lambda: clock().timestamp())
    api = TestServer(make_platform(platform))
    await api.start_server()
    brain = EchoBrain()
    thinking = TestServer(brain.app())
    await thinking.start_server()
    accounts = tmp_path / "accounts.toml"
    address = str(api.make_url("")).rstrip("/")
    text = OFFICIAL.replace("MODE", mode).replace("REPLY", reply).replace("PLATFORM", address)
    accounts.write_text(text, encoding="utf-8")
    settings = Settings(
        data_dir=tmp_path,
        brain_secret=SECRET,  # pyright: ignore[reportArgumentType] - pydantic makes it a secret
        brain_urls=[str(thinking.make_url("")).rstrip("/")],  # pyright: ignore[reportCallIssue]
        wechat_accounts=str(accounts),
        demo=False,
    ).model_copy(
        update={"brain_urls": [str(thinking.make_url("")).rstrip("/")], "database_url": database_url}
    )
    server = TestServer(make_app(settings, clock))
    await server.start_server()
    here = str(server.make_url("")).rstrip("/")
    platform.accounts = {
        APP: Account(
            APP,
            "app-secret",
            "QDG6eK",
            KEY,
            f"{here}/api/wechat/main",
            mode,
            templates={
                TEMPLATE: "{{thing1.DATA}}",
                SUBSCRIPTION: "{{thing1.DATA}}",
                POINTS: "会员：{{name1.DATA}}\n到期积分：{{number2.DATA}}\n到期日：{{date3.DATA}}\n"
                "可兑换：{{thing4.DATA}}",
                SOMETHING: "{{thing1.DATA}}\n时间：{{time2.DATA}}",
            },
        ),
        CORP: Account(CORP, "kf-secret", "123456", KEY, f"{here}/api/wecom/main", kfid=KFID),
    }
    return Town(platform, Caller(platform), brain, api, thinking, server, settings)


async def close_town(town: Town) -> None:
    await town.caller.close()
    await town.server.close()
    await town.api.close()
    await town.thinking.close()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("wechat") / "template.db"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def database_url(tmp_path: Path, empty_database: Path) -> str:
    """The address of a fresh, migrated database."""
    shutil.copyfile(empty_database, tmp_path / "huitouke.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'huitouke.db'}"


@pytest.fixture
async def town(tmp_path: Path, database_url: str) -> AsyncIterator[Town]:
    made = await make_town(tmp_path, database_url)
    yield made
    await close_town(made)
