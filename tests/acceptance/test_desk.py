"""Agents at the desk and customers in their chats, all at once, in real browsers with the real brain."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, expect

from tests.acceptance.axe import serious
from tests.acceptance.customer import Customer
from tests.acceptance.desk import ALWAYS, DAYS, NEVER, Desk, close_all, desk_tab, hire, set_rules, ticket_of
from tests.acceptance.facts import Cast
from tests.acceptance.house import House
from tests.acceptance.widget import Chat

VANISH_SECONDS = 20
WAIT_MS = 20_000
_numbers = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def open_house(house: House) -> AsyncGenerator[House]:
    """The house with its desk open at any hour, assigned by hand so that each test knows who has what."""
    await hire(house, "boss", "王主管", "admin")
    usual = await set_rules(
        house, "boss", hours=ALWAYS, strategy="manual", prefer_last_agent=False, vanish_seconds=VANISH_SECONDS
    )
    yield house
    await close_all(house, "boss")
    await set_rules(house, "boss", **usual)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def agent(open_house: House, browser: Browser) -> AsyncGenerator[Desk]:
    """An agent, signed in and on duty, with room for everybody."""
    login, name = _person()
    await hire(open_house, login, name, capacity=9)
    async with desk_tab(browser, open_house, login) as desk:
        await desk.duty("在岗")
        yield desk


class Laptop:
    """An agent's laptop that was closed over a conversation."""

    def __init__(self, desk: Desk, customer: Customer, ticket: int) -> None:
        self.desk = desk
        self.customer = customer
        self.ticket = ticket
        self.closed_at = time.monotonic()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def laptop(open_house: House, browser: Browser) -> AsyncGenerator[Laptop]:
    """Closed when this module begins, so that nobody must stand and wait until its agent counts as gone."""
    login, name = _person()
    await hire(open_house, login, name)
    async with desk_tab(browser, open_house, login) as desk, Customer(open_house.url) as customer:
        await desk.duty("在岗")
        ticket = await wants_a_person(open_house, customer)
        await desk.take(ticket)
        await desk.say("您好，请说")
        await desk.page.context.set_offline(True)
        await desk.reply.fill("稍等，我查一下")
        await desk.reply.press("Enter")
        yield Laptop(desk, customer, ticket)


async def test_the_main_path_works_by_keyboard_alone(
    laptop: Laptop, open_house: House, browser: Browser, visitor: Customer
) -> None:
    """Sign in, go on duty, take, answer, write a note, hand back to the bot: no mouse anywhere."""
    login, name = _person()
    await hire(open_house, login, name)
    async with desk_tab(browser, open_house, login) as agent:
        await agent.tab_to(agent.page.get_by_label("值班状态"))
        await agent.press("ArrowUp")
        await agent.press("ArrowUp")
        await expect(agent.page.locator(".duty")).to_have_attribute("data-duty", "on")
        await agent.press("Escape")
        await visitor.ask("我有多少积分")
        ticket = await wants_a_person(open_house, visitor)
        await visitor.say("上个月的积分少了 200")
        await agent.go("q")
        await expect(agent.page.locator(f"a[href='#/queue/{ticket}']")).to_be_visible(timeout=WAIT_MS)
        await agent.move_to(ticket)
        await expect(agent.said("我有多少积分", "customer")).to_be_visible(timeout=WAIT_MS)
        await expect(agent.page.locator(".side")).to_contain_text("上个月的积分少了 200", timeout=WAIT_MS)
        await agent.press("t")
        await expect(agent.reply).to_be_focused(timeout=WAIT_MS)
        await agent.page.keyboard.type("您好，我来帮您查积分")
        await agent.press("Enter")
        await hears(visitor, "您好，我来帮您查积分")

        await agent.press("Escape")
        await agent.press("n")
        await expect(agent.note).to_be_focused()
        await agent.page.keyboard.type("客户第一次来")
        await agent.press("Enter")
        await expect(agent.log.locator(".note")).to_contain_text("客户第一次来")
        assert all("客户第一次来" not in message["text"] for message in visitor.messages())

        await agent.press("Escape")
        await agent.press("b")
        await expect(agent.page.get_by_role("dialog")).to_be_visible()
        await agent.page.keyboard.type("少的 200 积分补上了")
        await agent.tab_to(agent.page.get_by_role("dialog").get_by_role("button", name="交还", exact=True))
        await agent.press("Enter")
        await hears(visitor, "我知道了：少的 200 积分补上了")
        await expect(agent.page.locator(".lock")).to_contain_text("已结束")


async def test_two_agents_a_supervisor_and_three_customers_at_once(
    open_house: House, browser: Browser, agent: Desk, connect: Callable[..., Customer]
) -> None:
    """Each customer hears their own agent and nobody else, whoever takes over from whom."""
    (login, name), (boss_login, boss_name) = _person(), _person()
    await hire(open_house, login, name)
    await hire(open_house, boss_login, boss_name, "supervisor")
    first, second, third = (connect() for _ in range(3))
    async with (
        desk_tab(browser, open_house, login) as other,
        desk_tab(browser, open_house, boss_login) as boss,
    ):
        await asyncio.gather(other.duty("在岗"), *(each.connect() for each in (first, second, third)))
        one, two = await asyncio.gather(wants_a_person(open_house, first), wants_a_person(open_house, second))
        await asyncio.gather(agent.take(one), other.take(two))
        await asyncio.gather(agent.say("第一位您好"), other.say("第二位您好"))
        with stopped(open_house.supervisor.pid("brain")):
            # The bot has begun to think when the supervisor takes the third customer over.
            await third.say("我有多少积分")
            await boss.goto(f"bot/{third.conversation}")
            await expect(boss.said("我有多少积分", "customer")).to_be_visible(timeout=WAIT_MS)
            await boss.press("t")
            await boss.say("第三位您好")
        await hears(third, "第三位您好")

        await boss.goto(f"all/{one}")
        await expect(boss.page.locator(".lock")).to_contain_text("正在接待")
        await expect(boss.reply).to_have_count(0)
        await expect(agent.page.locator(".talk-viewers")).to_contain_text(boss_name)
        await boss.whisper("可以多送一张券")
        await expect(agent.log.locator(".note")).to_contain_text("可以多送一张券")

        await agent.transfer(name, "客户想问运费")
        await other.goto(f"all/{one}")
        await expect(other.page.locator(".talk-offer")).to_contain_text("客户想问运费")
        await other.page.get_by_role("button", name="谢绝").click()
        await other.page.get_by_role("dialog").get_by_role("button", name="谢绝").click()
        await expect(agent.page.locator(".talk-offer")).to_have_count(0)
        await agent.transfer(name, "请再看一下")
        await expect(other.page.locator(".talk-offer")).to_contain_text("请再看一下")
        await other.page.locator(".timeline-scroll").focus()
        await other.press("t")
        await other.say("我接着为您服务")
        await expect(agent.page.locator(".lock")).to_contain_text("正在接待")
        await boss.press("Escape")
        await boss.press("t")
        await boss.say("我是主管，我来处理")
        await expect(other.page.locator(".lock")).to_contain_text("正在接待")
        await asyncio.gather(hears(first, "我是主管，我来处理"), hears(second, "第二位您好"))
    assert spoken(first) == ["第一位您好", "我接着为您服务", "我是主管，我来处理"]
    assert spoken(second) == ["第二位您好"]
    assert spoken(third) == ["第三位您好"]
    assert not any(each["author"] == "bot" for each in third.messages()), "the late answer was discarded"


async def test_a_cut_connection_misses_nothing_and_doubles_nothing(
    agent: Desk, open_house: House, visitor: Customer
) -> None:
    """What is said while one tab's network is away comes when it is back, once and in order, in both tabs."""
    ticket = await wants_a_person(open_house, visitor)
    await agent.take(ticket)
    tab = await agent.another_tab(f"mine/{ticket}")
    for round_ in range(2):
        texts = [f"断线{round_}之{number}" for number in range(3)]
        await agent.page.context.set_offline(True)
        for text in texts:
            await visitor.say(text)
        await agent.reply.fill(f"离线时写的{round_}")
        await agent.reply.press("Enter")
        await agent.page.context.set_offline(False)
        await hears(visitor, f"离线时写的{round_}")
        for desk in (agent, tab):
            for text in texts:
                await expect(desk.said(text, "customer")).to_have_count(1, timeout=WAIT_MS)
            await expect(desk.said(f"离线时写的{round_}", "agent")).to_have_count(1)
    told = [await desk.log.locator(".msg .bubble").all_inner_texts() for desk in (agent, tab)]
    assert told[0] == told[1]
    assert spoken(visitor) == ["离线时写的0", "离线时写的1"]


async def test_the_customer_in_the_widget(
    agent: Desk, open_house: House, cast: Cast, context: BrowserContext
) -> None:
    """Keeps their place over a reload, is seen typing, confirms what is offered, is told the end."""
    chat = Chat(await context.new_page(), open_house)
    who = await cast.next()
    await chat.open()
    await chat.say("我有多少积分")
    await chat.hears(re.compile("手机号|会员号"))
    await chat.prove(who)
    await expect(chat.card("我的积分")).to_be_visible()
    await chat.say("转人工")
    bar = chat.frame.locator(".queue-bar")
    await expect(bar).to_contain_text("位", timeout=WAIT_MS)
    assert await serious(chat.page) == []
    await chat.reopen()
    await expect(bar).to_contain_text("位", timeout=WAIT_MS)

    ticket = await ticket_of(open_house, who.member_number)
    await agent.take(ticket)
    await chat.input.press_sequentially("我想换一张券")
    await expect(agent.page.locator(".typing-preview")).to_contain_text("我想换")
    await chat.input.press("Enter")
    await expect(agent.said("我想换一张券", "customer")).to_be_visible()
    await expect(agent.page.locator(".typing-preview")).to_have_count(0)
    await agent.say("好的，请您确认一下")
    await expect(agent.page.locator(".delivery").last).to_contain_text("已读")

    await agent.page.get_by_role("button", name="办理", exact=True).click()
    await agent.page.get_by_label("请选择").select_option("redeem")
    await agent.page.get_by_role("button", name="发给客户确认").click()
    await expect(chat.card("请您确认")).to_contain_text("积分", timeout=WAIT_MS)
    await chat.frame.get_by_role("button", name="确认办理").last.click()
    await expect(agent.page.locator(".operations .state").first).to_have_text("已办好", timeout=WAIT_MS)
    await expect(chat.log).to_contain_text("换好了，用了", timeout=WAIT_MS)

    await agent.end()
    await expect(chat.log).to_contain_text("服务已结束", timeout=WAIT_MS)


async def test_out_of_hours_the_customer_is_told_at_once(
    open_house: House, connect: Callable[..., Customer]
) -> None:
    """With the desk closed nobody waits for nothing: they hear when it opens, and may leave a message."""
    tomorrow = DAYS[(datetime.now(ZoneInfo("Asia/Shanghai")).weekday() + 1) % 7]
    await set_rules(open_house, "boss", hours={**NEVER, tomorrow: [["09:00", "18:00"]]})
    try:
        customer = connect()
        await customer.connect()
        answer = await customer.ask("转人工")
        assert "9:00" in answer["text"]
        titles = [reply["title"] for reply in answer["quick_replies"]]
        assert {"留言", "请给我回电", "继续问小回"} <= set(titles)
    finally:
        await set_rules(open_house, "boss", hours=ALWAYS)


async def test_a_supervisor_decides_what_the_bot_says_of_its_own_accord(
    open_house: House, browser: Browser
) -> None:
    """Texts are checked while typing, nothing goes on without a look at whom it reaches, all can pause."""
    async with desk_tab(browser, open_house, "boss") as boss:
        page, dialog = boss.page, boss.page.get_by_role("dialog")
        await boss.goto("care/points_expiring")
        field = page.get_by_role("textbox", name="文案")
        save = page.locator(".board-one").get_by_role("button", name="保存")
        usual = await field.input_value()
        await field.fill(f"{usual}{{nonsense}}")
        await expect(page.locator(".care-problem")).to_contain_text("{nonsense}")
        await expect(save).to_be_disabled()
        await field.fill(f"{usual}祝您愉快。")
        await save.click()
        await expect(page.get_by_text("自定文案")).to_be_visible()
        await page.get_by_role("button", name="恢复默认文案").click()
        await expect(field).to_have_value(usual)

        switch = page.get_by_role("switch", name="积分快到期")
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "false")
        await switch.click()
        await expect(dialog).to_contain_text("符合条件")
        await dialog.get_by_role("button", name="开启", exact=True).click()
        await expect(switch).to_have_attribute("aria-checked", "true")

        await page.get_by_role("button", name="全部暂停").click()
        await dialog.get_by_label("原因").fill("短信平台检修")
        await dialog.get_by_role("button", name="全部暂停").click()
        await expect(page.locator(".care-paused")).to_contain_text("短信平台检修")
        await page.get_by_role("button", name="恢复发送").click()
        await expect(page.locator(".care-paused")).to_have_count(0)
        await boss.goto("care/log")
        await expect(page.get_by_role("table")).to_contain_text("短信平台检修")


async def test_nothing_serious_for_axe(open_house: House, browser: Browser, visitor: Customer) -> None:
    """No page of the desk, light or dark, has a serious accessibility problem."""
    await visitor.ask("我有多少积分")
    ticket = await wants_a_person(open_house, visitor)
    pages = (
        f"queue/{ticket}",
        "complaints",
        "reports",
        "wall",
        "care",
        "settings",
        "settings/agents",
        "settings/rules",
        "settings/webhooks",
    )
    async with desk_tab(browser, open_house, "boss") as boss:
        for place in pages:
            await boss.goto(place)
            await boss.settled()
            for scheme in ("light", "dark"):
                await boss.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                assert await serious(boss.page) == [], f"{place} in {scheme}"


async def test_a_closed_laptop_gives_its_customer_to_somebody_else(laptop: Laptop, agent: Desk) -> None:
    """Who is gone too long loses their customer; what they wrote is refused with a reason, not sent late."""
    customer = laptop.customer
    await customer.say("还在吗")
    await hears(customer, re.compile("暂时离开"), patience=VANISH_SECONDS + 30)
    await agent.take(laptop.ticket)
    await agent.say("我接着帮您")
    await laptop.desk.page.context.set_offline(False)
    await expect(laptop.desk.page.locator(".delivery[data-bad=true]")).to_contain_text(
        "没有发送", timeout=WAIT_MS
    )
    await expect(laptop.desk.said("还在吗", "customer")).to_have_count(1)
    await expect(laptop.desk.page.locator(".lock")).to_contain_text("正在接待")
    assert spoken(customer) == ["您好，请说", "我接着帮您"]


def _person() -> tuple[str, str]:
    """A login and a name nobody has yet."""
    number = next(_numbers)
    return f"agent{number}", f"小周{number}"


async def wants_a_person(house: House, customer: Customer) -> int:
    """The customer asks for a person and is put into the queue; the number of the ticket."""
    await customer.say("转人工")
    await customer.until(lambda frame: frame["type"] == "queue" and frame["queue"]["by"] == "queue")
    return await ticket_of(house, customer.conversation)


async def hears(customer: Customer, text: str | re.Pattern[str], patience: float = 30) -> None:
    """Wait until somebody told the customer this."""
    await customer.until(
        lambda frame: (
            frame["type"] == "message"
            and frame["message"]["author"] != "customer"
            and re.search(text, frame["message"]["text"]) is not None
        ),
        patience,
    )


def spoken(customer: Customer) -> list[str]:
    """What agents said to this customer, in order."""
    return [message["text"] for message in customer.messages() if message["author"] == "agent"]


@contextmanager
def stopped(pid: int) -> Generator[None]:
    """The process does nothing for the length of the block, and then goes on where it was."""
    os.killpg(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(pid, signal.SIGCONT)
