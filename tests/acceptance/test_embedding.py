"""The widget in merchants' pages as they are: in GBK, isolated, and taken apart by the scripts in them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import BrowserContext

from bot.kit.settings import Settings
from bot.migrations import upgrade
from bot.server import make_app
from tests.server.conftest import SECRET, EchoBrain

GBK = (
    '<!doctype html><html><head><meta charset="gbk"><title>商城</title></head><body><h1>欢迎光临</h1>'
    '<script src="{src}/widget.js"></script></body></html>'
)


@pytest_asyncio.fixture(loop_scope="session")
async def shop(tmp_path: Path) -> AsyncGenerator[str]:
    """The address of a merchant's page that is written in GBK and takes in only what agrees to it."""

    async def show(_request: web.Request) -> web.Response:
        return web.Response(
            body=GBK.format(src=chat).encode("gbk"),
            headers={
                "Content-Type": "text/html",
                "Cross-Origin-Embedder-Policy": "require-corp",
                "Cross-Origin-Opener-Policy": "same-origin",
            },
        )

    merchant = web.Application()
    merchant.router.add_get("/", show)
    async with TestServer(EchoBrain().app()) as brain, TestServer(merchant, host="localhost") as site:
        address = f"http://localhost:{site.port}"
        settings = Settings(
            data_dir=tmp_path,
            brain_secret=SECRET,  # pyright: ignore[reportArgumentType] - pydantic makes it a secret
            demo=False,
            allowed_origins=[address],
        ).model_copy(update={"brain_urls": [str(brain.make_url("")).rstrip("/")]})
        upgrade(settings.database)
        async with TestServer(make_app(settings)) as server:
            chat = str(server.make_url("")).rstrip("/")
            yield address


async def test_the_chat_lives_through_what_the_page_does(shop: str, context: BrowserContext) -> None:
    """It opens in an isolated page in GBK; with its body replaced the talk goes on; with the whole
    document replaced it comes back by itself, open, with what was said."""
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(shop)
    assert await page.evaluate("crossOriginIsolated")
    await page.get_by_role("button", name="打开在线客服").click()
    talk = page.frame_locator("#huitouke iframe")
    box = talk.get_by_role("textbox")
    await box.fill("你好")
    await box.press("Enter")
    await talk.get_by_text("echo: 你好").first.wait_for()
    await box.fill("还没有发出去的话")

    await page.evaluate(
        "() => { const next = document.createElement('body'); next.innerHTML = '<h1>下一页</h1>';"
        " document.documentElement.replaceChild(next, document.body); }"
    )
    await page.get_by_role("heading", name="下一页").wait_for()
    assert await box.input_value() == "还没有发出去的话"

    await page.evaluate(
        "() => { const next = document.createElement('html'); next.innerHTML = '<body><h1>全新</h1></body>';"
        " document.replaceChild(next, document.documentElement); }"
    )
    await page.get_by_role("heading", name="全新").wait_for()
    await talk.get_by_text("echo: 你好").first.wait_for()
    assert await page.get_by_role("button", name="收起在线客服").first.is_visible()
    assert problems == []
