"""`huitouke wechat …`: check the accounts, push the menu."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.console import Console

from bot.channels.tencent.accounts import Accounts, OfficialAccount, read_accounts
from bot.channels.tencent.api import Api, Http
from bot.channels.tencent.counters import Counters
from bot.channels.wechat.channel import official_api
from bot.channels.wechat.check import Finding, check_official, check_wecom, told
from bot.channels.wechat.menu import read_menu
from bot.kit.clock import system_now
from bot.kit.db import Database
from bot.kit.errors import BadInput, HuitoukeError
from bot.kit.settings import Settings, load_settings

WecomApi = Callable[..., Api]


def make_cli(wecom_api: WecomApi) -> typer.Typer:
    """The commands; `wecom_api` makes the calls of a company, which this channel does not know."""
    app = typer.Typer(help="WeChat and WeCom accounts.", no_args_is_help=True)
    menu = typer.Typer(help="The account's menu.", no_args_is_help=True)
    app.add_typer(menu, name="menu")
    console = Console()

    @app.command()
    def check() -> None:
        """Walk through every account and say in plain words what is wrong."""
        with _said_once():
            good = _run(_check(load_settings(), wecom_api, console), console)
        if not good:
            raise typer.Exit(1)

    @menu.command()
    def push(
        account: Annotated[str, typer.Option(help="The account's name; all when not given.")] = "",
    ) -> None:
        """Send the menu file of an account to WeChat."""
        _run(_push(load_settings(), account, console), console)

    return app


@contextmanager
def _said_once() -> Generator[None]:
    """What a call is refused with stands in the findings: the log need not say it too."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(wrapper_class=before["wrapper_class"])


def _run(work: Coroutine[Any, Any, bool], console: Console) -> bool:
    try:
        return asyncio.run(work)
    except HuitoukeError as error:
        console.print(f"[red]{error.message}[/red]")
        raise typer.Exit(1) from error


def _accounts(settings: Settings) -> Accounts:
    if not settings.wechat_accounts:
        raise BadInput("HUITOUKE_WECHAT_ACCOUNTS 没有设置：先写好账号文件（docs/wechat.md）。")
    return read_accounts(Path(settings.wechat_accounts))


@asynccontextmanager
async def _calling(settings: Settings) -> AsyncGenerator[tuple[Http, Database]]:
    http, database = Http(), Database(settings.database)
    http.start()
    try:
        yield http, database
    finally:
        await http.close()
        await database.close()


async def _check(settings: Settings, wecom_api: WecomApi, console: Console) -> bool:
    accounts = _accounts(settings)
    good = True
    async with _calling(settings) as (http, database):
        for official in accounts.official:
            api = official_api(http, database, system_now, official, Counters())
            found = [each async for each in check_official(official, api, settings.public_url, system_now)]
            good &= _say(console, f"公众号 {official.name}", found)
        for company in accounts.wecom:
            api = wecom_api(http, database, system_now, company, Counters())
            found = [each async for each in check_wecom(company, api, settings.public_url, system_now)]
            good &= _say(console, f"微信客服 {company.name}", found)
    return good


def _say(console: Console, title: str, findings: list[Finding]) -> bool:
    console.print(f"[bold]{title}[/bold]")
    for line in told(findings):
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    return all(each.good for each in findings)


async def _push(settings: Settings, name: str, console: Console) -> bool:
    chosen = [each for each in _accounts(settings).official if not name or each.name == name]
    if not chosen:
        raise BadInput(f"账号文件里没有公众号 {name}。")
    async with _calling(settings) as (http, database):
        for account in chosen:
            await _push_one(official_api(http, database, system_now, account, Counters()), account)
            console.print(f"公众号 {account.name} 的菜单已更新，最多 5 分钟后生效。", highlight=False)
    return True


async def _push_one(api: Api, account: OfficialAccount) -> None:
    if account.menu is None:
        raise BadInput(f"公众号 {account.name} 没有写 menu。")
    await api.post("/cgi-bin/menu/create", read_menu(account.menu), again=True)
