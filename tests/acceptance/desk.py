"""The desk as an agent uses it: in a real browser, by what is seen, and mostly by keyboard."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from playwright.async_api import Browser, Locator, Page, expect

from bot.desk.agents.models import Role
from bot.desk.agents.service import NewAgent, add_agent
from bot.desk.audit.service import Doer
from bot.kit.clock import system_now
from bot.kit.db import Database
from tests.acceptance.house import House

PASSWORD = "a long enough passphrase"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = {day: [["00:00", "24:00"]] for day in DAYS}
NEVER: dict[str, list[list[str]]] = {day: [] for day in DAYS}
SOON_MS = 15_000
STILL = """Promise.all(document.getAnimations()
    .filter((one) => one.effect.getTiming().iterations !== Infinity)
    .map((one) => one.finished.catch(() => {}))).then(() => {})"""


async def hire(house: House, login: str, name: str, role: Role = "agent", capacity: int = 4) -> None:
    """Make somebody who may sign in with PASSWORD."""
    database = Database(house.settings.database)
    try:
        async with database.write() as session:
            new = NewAgent(login, name, role, capacity=capacity, password=PASSWORD)
            await add_agent(session, new, Doer("test"), system_now())
    finally:
        await database.close()


@asynccontextmanager
async def signed_in(house: House, login: str) -> AsyncGenerator[tuple[aiohttp.ClientSession, dict[str, str]]]:
    """An HTTP session of this agent, and the headers of its requests."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        headers = {"Origin": house.url}
        wish = {"login": login, "password": PASSWORD}
        async with http.post(f"{house.url}/api/desk/login", json=wish, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            headers["X-CSRF-Token"] = (await answer.json())["csrf"]
        yield http, headers


async def set_rules(house: House, admin: str, **changes: Any) -> dict[str, Any]:
    """Change the desk's rules as an admin does; what they were before, to set them back."""
    async with signed_in(house, admin) as (http, headers):
        async with http.get(f"{house.url}/api/desk/rules") as answer:
            found = await answer.json()
        rules = {**found.get("rules", found), **changes}
        async with http.put(f"{house.url}/api/desk/rules", json=rules, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
    return {name: found.get("rules", found)[name] for name in changes}


async def close_all(house: House, boss: str) -> None:
    """Send everybody home and end whatever is open: nobody after this meets somebody else's customer."""
    async with signed_in(house, boss) as (http, headers):
        async with http.get(f"{house.url}/api/desk/agents") as answer:
            agents = (await answer.json())["agents"]
        for agent in agents:
            url = f"{house.url}/api/desk/agents/{agent['id']}/duty"
            async with http.post(url, json={"duty": "off"}, headers=headers) as answer:
                assert answer.status == 200, await answer.text()
        async with http.get(f"{house.url}/api/desk/tickets?view=all&limit=200") as answer:
            tickets = (await answer.json())["tickets"]
        for ticket in tickets:
            url = f"{house.url}/api/desk/tickets/{ticket['id']}/close"
            async with http.post(url, json={"reason": "spam"}, headers=headers) as answer:
                assert answer.status == 200, await answer.text()


async def ticket_of(house: House, text: str) -> int:
    """The open ticket of a conversation or member number; waits for it a few seconds."""
    async with signed_in(house, "boss") as (http, _):
        for _ in range(50):
            async with http.get(f"{house.url}/api/desk/tickets", params={"view": "all", "q": text}) as answer:
                if found := (await answer.json())["tickets"]:
                    return found[0]["id"]
            await asyncio.sleep(0.1)
    raise AssertionError(f"There is no ticket of {text}.")


class Desk:
    """One agent's browser tab at /desk."""

    def __init__(self, page: Page, house: House) -> None:
        self.page = page
        self.house = house
        self.problems: list[str] = []
        self.list = page.locator(".list")
        self.tickets = page.locator(".list .ticket")
        self.log = page.get_by_role("log")
        self.reply = page.get_by_role("textbox", name="回复客户")
        self.note = page.get_by_role("textbox", name="内部备注")
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: self._console(message.type, message.text))

    def _console(self, kind: str, text: str) -> None:
        # A lost connection is an error for the browser, and expected where it is cut on purpose.
        if kind == "error" and "Failed to load resource" not in text and "WebSocket" not in text:
            self.problems.append(text)

    async def sign_in(self, login: str) -> None:
        """Sign in with the keyboard alone."""
        await self.page.goto(f"{self.house.url}/desk")
        await expect(self.page.get_by_label("账号")).to_be_focused()
        await self.page.keyboard.type(login)
        await self.page.keyboard.press("Tab")
        await self.page.keyboard.type(PASSWORD)
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_role("navigation", name="主菜单")).to_be_visible()

    async def duty(self, name: str) -> None:
        """Go 在岗, 离开 or 下班."""
        await self.page.get_by_label("值班状态").select_option(label=name)
        await expect(self.page.locator(".duty")).to_have_attribute(
            "data-duty", {"在岗": "on", "离开": "away", "下班": "off"}[name]
        )

    async def go(self, key: str) -> None:
        """Press G and `key`: q queue, m mine, …"""
        await self.page.keyboard.press("g")
        await self.page.keyboard.press(key)

    async def press(self, key: str) -> None:
        await self.page.keyboard.press(key)

    async def goto(self, place: str) -> None:
        """Go to an address within the desk, e.g. `all/17`."""
        await self.page.goto(f"{self.house.url}/desk#/{place}")

    async def settled(self) -> None:
        """Waits until what the page loads is there and nothing glides."""
        await expect(self.page.get_by_text("正在加载")).to_have_count(0)
        await expect(self.page.locator(".stage .spinner")).to_have_count(0)
        await self.page.evaluate(STILL)

    async def tab_to(self, element: Locator) -> None:
        """Press Tab until `element` has the focus."""
        for _ in range(60):
            if await element.evaluate("(it) => it === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never came to {element}.")

    async def move_to(self, ticket: int) -> None:
        """Press J until the list stands on this ticket."""
        for _ in range(50):
            if (await self.page.evaluate("location.hash")).endswith(f"/{ticket}"):
                return
            await self.page.keyboard.press("j")
        raise AssertionError(f"J never came to ticket {ticket}.")

    async def take(self, ticket: int) -> None:
        """Open a ticket and take it."""
        await self.goto(f"queue/{ticket}")
        await self.page.get_by_role("button", name="接待", exact=True).click()
        await expect(self.reply).to_be_focused(timeout=SOON_MS)

    async def transfer(self, name: str, note: str) -> None:
        """Offer the open conversation to the colleague called `name`."""
        await self.page.get_by_role("button", name="转接", exact=True).click()
        whom = self.page.get_by_label("转给")
        choice = whom.locator("option", has_text=name)
        await whom.select_option(await choice.get_attribute("value") or "")
        await self.page.get_by_label("交接说明").fill(note)
        await self.page.get_by_role("dialog").get_by_role("button", name="转接").click()
        await expect(self.page.get_by_role("dialog")).to_have_count(0)

    async def whisper(self, text: str) -> None:
        """Write an internal note."""
        await self.note.fill(text)
        await self.note.press("Enter")
        await expect(self.log.locator(".note").filter(has_text=text)).to_be_visible()

    async def end(self) -> None:
        """Close the open conversation as solved."""
        await self.page.get_by_role("button", name="结束", exact=True).click()
        await self.page.get_by_role("dialog").get_by_role("button", name="结束会话").click()
        await expect(self.page.get_by_role("dialog")).to_have_count(0)

    async def another_tab(self, place: str) -> Desk:
        """The same agent's second tab."""
        desk = Desk(await self.page.context.new_page(), self.house)
        await desk.goto(place)
        await expect(desk.log).to_be_visible(timeout=SOON_MS)
        return desk

    async def say(self, text: str) -> None:
        """Answer the customer with the keyboard; returns when it stands in the conversation."""
        await expect(self.reply).to_be_visible()
        await self.reply.focus()
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")
        await expect(self.said(text, "agent")).to_be_visible(timeout=SOON_MS)

    def said(self, text: str | re.Pattern[str], author: str) -> Locator:
        """Messages of `author` (customer, bot, agent) with this text that the server has."""
        return self.log.locator(f".msg[data-author={author}]:not([data-pending])").filter(has_text=text)


@asynccontextmanager
async def desk_tab(browser: Browser, house: House, login: str, **options: Any) -> AsyncGenerator[Desk]:
    """A signed-in agent in a browser of their own; nothing may go wrong in the page."""
    context = await browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900}, **options
    )
    context.set_default_timeout(SOON_MS)
    desk = Desk(await context.new_page(), house)
    try:
        await desk.sign_in(login)
        yield desk
        assert desk.problems == []
    finally:
        await context.close()
