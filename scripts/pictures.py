"""Take the pictures of the documents from the real thing: `make pictures`."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from playwright.async_api import Browser, async_playwright, expect

from tests.acceptance.conftest import CHROMIUM, FLAGS
from tests.acceptance.customer import Customer
from tests.acceptance.desk import ALWAYS, Desk, desk_tab, hire, set_rules, signed_in, ticket_of
from tests.acceptance.house import House, running_house
from tests.acceptance.widget import Chat

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
LOGIN = "xiaoli"

SERVED = (
    ("我的投诉处理得怎么样了", 5),
    ("空调不制冷了，想找人来修", 5),
    ("我要办理余额转移", 4),
    ("我上个月的账单不对", 3),
    ("积分怎么兑换", 5),
    ("我的订单到哪了", 4),
    ("会员有什么权益", 5),
    ("积分明细看一下", 4),
)
"""What customers came with whose matters are settled, and how content they were."""

WAITING = (
    ("我想约师傅上门修洗衣机", "转人工", "是厨房那台滚筒，一直漏水，很着急"),
    ("你们怎么回事，扣了我两次钱，太让人生气了", "七月和八月的账单都多扣了 30 元"),
    ("我的快递怎么还没到", "转人工", "上周五买的电热水壶"),
)
"""What the waiting said; what they said while they waited is taken down."""


async def take() -> None:
    """A customer on the shop page, and a working day at the desk."""
    program = next(found for name in CHROMIUM if (found := shutil.which(name)))
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with running_house(Path(folder)) as house, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
            await _widget(browser, house)
            await _desk(browser, house)
            await browser.close()


async def _widget(browser: Browser, house: House) -> None:
    page = await browser.new_page(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1280, "height": 800},
        device_scale_factor=1.5,
    )
    chat = Chat(page, house)
    await chat.open()
    await _points(chat, (await house.customers())[0].phone)
    await page.screenshot(path=IMAGES / "widget.png")
    await page.close()


async def _points(chat: Chat, phone: str) -> None:
    await chat.say("我有多少积分")
    await chat.hears(re.compile("手机号|会员号"))
    await chat.say(phone)
    await chat.hears("已发往")
    await chat.say(await chat.house.newest_code(phone))
    await expect(chat.card("我的积分")).to_be_visible()
    await chat.page.wait_for_timeout(800)  # the answer glides into its place


async def _desk(browser: Browser, house: House) -> None:
    await hire(house, "boss", "王主管", "admin")
    await hire(house, LOGIN, "小李", capacity=6)
    await set_rules(house, "boss", hours=ALWAYS, strategy="manual")
    async with desk_tab(browser, house, LOGIN) as agent:
        await agent.duty("在岗")
        async with signed_in(house, LOGIN) as (http, headers):
            for words, score in SERVED:
                await _serve(house, http, headers, words, score)
        here = [await _waits(house, *words) for words in WAITING]
        await _conversation(agent, house)
        await _queue(agent, house, here[1])
        for customer in here:
            await customer.__aexit__()
    async with desk_tab(browser, house, "boss") as boss:
        await boss.goto("complaints")
        await boss.page.locator(".board-list tbody tr").nth(1).click()
        await _shoot(boss, "complaints.png")
        await boss.goto("reports")
        await boss.page.get_by_label("按").select_option("topic")
        await _shoot(boss, "reports.png")
        await boss.goto("care/points_expiring")
        await _shoot(boss, "care.png")


async def _serve(
    house: House, http: aiohttp.ClientSession, headers: dict[str, str], words: str, score: int
) -> None:
    """Somebody came with `words`, was served by a person, and rated it."""

    async def post(path: str, **body: Any) -> None:
        async with http.post(f"{house.url}/api/desk/{path}", json=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()

    async with Customer(house.url) as customer:
        await customer.ask(words)
        await customer.say("转人工")
        ticket = await ticket_of(house, customer.conversation)
        await post(f"tickets/{ticket}/take")
        message = {"client_id": str(uuid4()), "text": "您好，我是小李，这就为您办。"}
        await post(f"conversations/{customer.conversation}/messages", **message)
        await customer.say("好的，谢谢")
        await post(f"tickets/{ticket}/close", reason="solved")
        asked = await customer.until(
            lambda frame: frame["type"] == "message" and frame["message"].get("card") == "rating"
        )
        choice = {"seq": asked["message"]["seq"], "index": 5 - score}
        await customer.send({"type": "message", "client_id": str(uuid4()), "choice": choice})
        await customer.until(lambda frame: frame["type"] == "message" and "评价" in frame["message"]["text"])


async def _waits(house: House, *words: str) -> Customer:
    """Somebody who waits for a person, and told the bot meanwhile what it is about."""
    customer = Customer(house.url)
    await customer.connect()
    for text in words:
        await customer.ask(text)
        await asyncio.sleep(1)
    return customer


async def _conversation(agent: Desk, house: House) -> None:
    """The bot's part, the agent's, and who the customer is."""
    who = (await house.customers())[0]
    async with Customer(house.url) as customer:
        await customer.ask("我有多少积分")
        await customer.ask(who.phone)
        await customer.ask(await house.newest_code(who.phone))
        await customer.say("转人工")
        await agent.take(await ticket_of(house, customer.conversation))
        await agent.say("您好，我是小李。您有 800 积分快到期了，要我帮您换成东西吗？")
        await customer.say("好啊，那些积分什么时候到期")
        await expect(agent.said("好啊，那些积分什么时候到期", "customer")).to_be_visible()
        await agent.page.wait_for_timeout(1500)  # what was meant is understood, and answers are suggested
        await customer.send({"type": "typing", "text": "最好是厨房用得上的"})
        await expect(agent.page.locator(".typing-preview")).to_be_visible()
        await agent.page.get_by_role("button", name="客户", exact=True).click()
        await expect(agent.page.locator(".holdings").first).to_be_visible()
        await _shoot(agent, "desk.png")


async def _queue(agent: Desk, house: House, customer: Customer) -> None:
    await agent.goto(f"queue/{await ticket_of(house, customer.conversation)}")
    await expect(agent.log).to_be_visible()
    await _shoot(agent, "queue.png")


async def _shoot(desk: Desk, name: str) -> None:
    await desk.page.mouse.move(0, 0)
    await desk.settled()
    await desk.page.wait_for_timeout(700)  # charts are drawn over some frames
    await desk.page.screenshot(path=IMAGES / name)


if __name__ == "__main__":
    asyncio.run(take())
