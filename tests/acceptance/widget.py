"""The widget as a customer uses it: on the shop page, in a real browser, by what is seen and heard."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.acceptance.house import DemoCustomer, House

ANSWER_MS = 20_000


class Chat:
    """The shop page with its widget."""

    def __init__(self, page: Page, house: House) -> None:
        self.page = page
        self.house = house
        self.frame = page.frame_locator("iframe[title]")
        self.input = self.frame.get_by_role("textbox", name="输入消息")
        self.log = self.frame.get_by_role("log")
        self.rows = self.log.locator(".row")
        self.verified = self.frame.get_by_text("身份已验证")

    async def open(self) -> None:
        """Go to the shop page and open the chat."""
        await self.page.goto(f"{self.house.url}/shop")
        await self.page.get_by_role("button", name="问问客服").click()
        await expect(self.input).to_be_visible()

    async def reopen(self) -> None:
        """Reload the page; the chat is opened again where it does not open by itself."""
        await self.page.reload()
        await self.page.get_by_role("button", name="问问客服").click()
        await expect(self.input).to_be_visible()

    async def say(self, text: str) -> None:
        """Type a message and send it with Enter; returns when it stands in the conversation."""
        before = await self.own(text).count()
        await self.input.fill(text)
        await self.input.press("Enter")
        await expect(self.own(text)).to_have_count(before + 1)

    def own(self, text: str) -> Locator:
        """The customer's own messages with exactly this text."""
        return self.log.locator(".row[data-mine=true]").filter(
            has=self.frame.get_by_text(re.compile(rf"^\s*{re.escape(text)}\s*$"))
        )

    def said(self, text: str | re.Pattern[str]) -> Locator:
        """Messages of the house that contain this."""
        return self.log.locator(".row[data-mine=false]").filter(has_text=text)

    async def hears(self, text: str | re.Pattern[str]) -> None:
        """Waits until the newest message of the house contains this."""
        newest = self.log.locator(".row[data-mine=false]").last
        await expect(newest).to_contain_text(text, timeout=ANSWER_MS)

    async def is_answered(self) -> None:
        """Waits until nothing waits to be sent and the house has spoken last."""
        await expect(self.log.locator(".pending")).to_have_count(0, timeout=ANSWER_MS)
        await expect(self.rows.last).to_have_attribute("data-mine", "false", timeout=ANSWER_MS)

    def card(self, title: str) -> Locator:
        """The newest card with this title."""
        return self.log.get_by_role("group", name=title).last

    async def code_on_the_phone(self, who: DemoCustomer) -> str:
        """The newest one-time code sent to `who`, read off the phone on the shop page."""
        phone = self.page.get_by_role("region", name="演示手机")
        theirs = phone.get_by_role("listitem").filter(has_text=f"{who.phone[:3]}****{who.phone[-4:]}")
        button = theirs.get_by_role("button", name="复制验证码").first
        await expect(button).to_be_attached(timeout=ANSWER_MS)
        name = await button.get_attribute("aria-label")
        found = re.search(r"\d{6}", name or "")
        assert found, f"The phone shows no code: {name}"
        return found.group()

    async def prove(self, who: DemoCustomer) -> None:
        """Give the phone number, then the code that came, as one asked for both."""
        await self.say(who.phone)
        await self.hears("已发往")
        await self.say(await self.house.newest_code(who.phone))
