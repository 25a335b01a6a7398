"""The phone of a WeChat customer (the played platform's page), by what is seen and pressed."""

from __future__ import annotations

import re
from typing import Literal

from playwright.async_api import Locator, Page, expect

from tests.acceptance.house import DemoCustomer, House

ANSWER_MS = 20_000
KINDS = {"official": "公众号", "wecom": "微信客服"}


class Phone:
    """One phone, whose owner chats with the company in WeChat."""

    def __init__(self, page: Page, house: House) -> None:
        self.page = page
        self.house = house
        self.lines = page.get_by_role("list", name="聊天记录").locator("li")
        self.input = page.get_by_role("textbox", name="消息")
        self.state = page.get_by_role("status")

    async def open(self, kind: Literal["official", "wecom"] = "official") -> None:
        """From the shop page to the chat with the official account, or with the customer service."""
        await self.page.goto(f"{self.house.url}/shop")
        await self.page.get_by_role("link", name="用微信扮演顾客").click()
        await self.page.get_by_label("账号").select_option(label=KINDS[kind])
        await expect(self.state).not_to_be_empty()

    async def say(self, text: str) -> None:
        """Write a message; returns when it stands in the chat."""
        mine = self.lines.and_(self.page.locator(".me"))
        before = await mine.count()
        await self.input.fill(text)
        await self.input.press("Enter")
        await expect(mine).to_have_count(before + 1)

    async def choose(self, title: str | re.Pattern[str]) -> None:
        """Press an item of the newest menu in the chat."""
        await self.lines.last.get_by_role("button", name=title).click()

    async def press(self, name: str) -> None:
        """Press a button of the account's menu, or one below the phone."""
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def hears(self, text: str | re.Pattern[str]) -> Locator:
        """Waits until the newest line is the company's and contains this; that line."""
        newest = self.lines.last
        await expect(newest).to_contain_text(text, timeout=ANSWER_MS)
        await expect(newest).to_have_class(re.compile("them|notice"))
        return newest

    def heard(self, text: str | re.Pattern[str]) -> Locator:
        """Lines of the company that contain this."""
        return self.lines.and_(self.page.locator(".them")).filter(has_text=text)

    async def prove(self, who: DemoCustomer) -> None:
        """Give the phone number, then the code that came, as one asked for both."""
        await self.say(who.phone)
        await self.hears("已发往")
        await self.say(await self.house.newest_code(who.phone))
