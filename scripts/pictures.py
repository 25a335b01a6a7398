"""Take the pictures of the documents from the real thing: `make pictures`."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright, expect

from tests.acceptance.conftest import CHROMIUM, FLAGS
from tests.acceptance.house import running_house
from tests.acceptance.widget import Chat

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"


async def take() -> None:
    """A customer on the shop page proves who they are and sees points and complaint."""
    program = next(found for name in CHROMIUM if (found := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder:
        async with running_house(Path(folder)) as house, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
            page = await browser.new_page(
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                viewport={"width": 1280, "height": 800},
                device_scale_factor=1.5,
            )
            chat = Chat(page, house)
            who = (await house.customers())[0]
            await chat.open()
            await chat.say("我有多少积分")
            await chat.hears(re.compile("手机号|会员号"))
            await chat.prove(who)
            await expect(chat.card("我的积分")).to_be_visible()
            await page.wait_for_timeout(800)  # the answer glides into its place
            IMAGES.mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=IMAGES / "widget.png")
            await browser.close()


if __name__ == "__main__":
    asyncio.run(take())
