"""A customer walks the whole way: the shop page, proof of identity, points, balance, complaint."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator

import pytest_asyncio
from playwright.async_api import BrowserContext, ConsoleMessage, Page, expect

from tests.acceptance.facts import Cast, facts_of, yuan
from tests.acceptance.house import House
from tests.acceptance.widget import Chat


@pytest_asyncio.fixture(loop_scope="session")
async def chat(context: BrowserContext, house: House) -> AsyncGenerator[Chat]:
    """The open chat of a new visitor. Nothing comes from elsewhere, and nothing goes wrong in the page."""
    page = await context.new_page()
    strangers, problems = watch(page, house)
    one = Chat(page, house)
    await one.open()
    yield one
    assert strangers == []
    assert problems == []


def watch(page: Page, house: House) -> tuple[list[str], list[str]]:
    """Requests to other hosts, and errors of the page and its console, as they happen."""
    strangers: list[str] = []
    problems: list[str] = []

    def request(url: str) -> None:
        if not url.startswith((house.url, house.url.replace("http", "ws", 1), "data:", "blob:", "about:")):
            strangers.append(url)

    def console(message: ConsoleMessage) -> None:
        # A lost connection is an error for the browser and expected when a part is killed.
        if (
            message.type == "error"
            and "Failed to load resource" not in message.text
            and "WebSocket" not in message.text
        ):
            problems.append(message.text)

    page.on("request", lambda made: request(made.url))
    page.on("websocket", lambda made: request(made.url))
    page.on("console", console)
    page.on("pageerror", lambda error: problems.append(str(error)))
    return strangers, problems


async def test_the_three_questions_are_answered_after_one_proof(chat: Chat, house: House, cast: Cast) -> None:
    """Asked once who they are, a customer gets points, balance and complaint, as the store has them."""
    who = await cast.next(complaint=True)
    facts = await facts_of(house, who)
    await chat.say("我有多少积分")
    await chat.hears(re.compile("手机号|会员号"))
    await expect(chat.card("我的积分")).to_have_count(0)
    await chat.say(who.phone)
    await chat.hears("已发往")
    await chat.say(await chat.code_on_the_phone(who))
    await expect(chat.card("我的积分")).to_contain_text(f"{facts.points:,}")
    await expect(chat.verified).to_be_visible()

    await chat.say("查一下余额")
    await expect(chat.card("我的余额")).to_contain_text(yuan(facts.balance))
    await chat.say("我的投诉到哪一步了")
    await expect(chat.card("投诉进度")).to_contain_text(facts.complaint or "")


async def test_a_merchants_signed_token_verifies_at_once(chat: Chat, house: House) -> None:
    """Signed in at the shop, a customer is asked nothing."""
    who = (await house.customers())[0]
    await (
        chat.page.get_by_role("listitem")
        .filter(has_text=who.member_number)
        .get_by_role("button", name="以此顾客登录")
        .click()
    )
    await expect(chat.verified).to_be_visible()
    await chat.say("我有多少积分")
    await expect(chat.card("我的积分")).to_contain_text(f"{(await facts_of(house, who)).points:,}")


async def test_five_wrong_codes_lock_and_then_the_right_one_does_not_open(
    chat: Chat, house: House, cast: Cast
) -> None:
    """Guessing ends after five tries, and the bot says until when."""
    who = await cast.next()
    await chat.say("查一下余额")
    await chat.hears(re.compile("手机号|会员号"))
    await chat.say(who.phone)
    await chat.hears("已发往")
    right = await house.newest_code(who.phone)
    wrong = [f"{(int(right) + step) % 1_000_000:06}" for step in range(1, 6)]
    for left, code in zip((4, 3, 2, 1), wrong, strict=False):
        await chat.say(code)
        await chat.hears(f"还可以试 {left} 次")
    await chat.say(wrong[4])
    await chat.hears(re.compile(r"\d\d:\d\d 之后再试"))
    await chat.say(right)
    await chat.is_answered()
    await chat.say("查一下余额")
    await chat.is_answered()
    await expect(chat.card("我的余额")).to_have_count(0)
    await expect(chat.verified).to_have_count(0)


async def test_a_reload_in_mid_conversation_keeps_history_and_form(
    chat: Chat, house: House, cast: Cast
) -> None:
    """After a reload everything is still there, and the code that was asked for still works."""
    who = await cast.next()
    await chat.say("我有多少积分")
    await chat.hears(re.compile("手机号|会员号"))
    await chat.say(who.phone)
    await chat.hears("已发往")
    before = await chat.rows.all_inner_texts()
    await chat.reopen()
    await expect(chat.rows).to_have_count(len(before))
    await chat.say(await house.newest_code(who.phone))
    await expect(chat.card("我的积分")).to_contain_text(f"{(await facts_of(house, who)).points:,}")


async def test_two_tabs_of_one_visitor_are_one_conversation(
    chat: Chat, context: BrowserContext, house: House
) -> None:
    """What is said in one tab stands in the other, with its answer, once."""
    await chat.say("你好")
    await expect(chat.said(re.compile("."))).not_to_have_count(0)
    other = Chat(await context.new_page(), house)
    await other.open()
    await expect(other.own("你好")).to_have_count(1)
    await other.say("你能做什么")
    await expect(chat.own("你能做什么")).to_have_count(1)
    await chat.page.bring_to_front()
    await chat.say("谢谢")
    await expect(other.own("谢谢")).to_have_count(1)
    await chat.is_answered()
    await other.is_answered()
    await expect(chat.rows).to_have_count(await other.rows.count())


async def test_a_restarted_server_is_not_noticed_for_long(chat: Chat, house: House) -> None:
    """What is written while the server is away waits, is sent by itself, and is answered."""
    await chat.say("你好")
    await chat.is_answered()
    async with house.down("server"):
        await chat.say("你能做什么")
        await expect(chat.frame.get_by_text("等待发送")).to_be_visible()
    await chat.is_answered()
    await expect(chat.own("你能做什么")).to_have_count(1)


async def test_what_could_not_be_sent_survives_the_page(
    chat: Chat, context: BrowserContext, house: House
) -> None:
    """The outbox belongs to the visitor: the next page sends it, once."""
    await chat.say("你好")
    await chat.is_answered()
    async with house.down("server"):
        await chat.say("你能做什么")
        await chat.page.close()
    later = Chat(await context.new_page(), house)
    await later.open()
    await expect(later.own("你能做什么")).to_have_count(1)
    await later.is_answered()


async def test_without_a_network_the_widget_says_so(chat: Chat, context: BrowserContext) -> None:
    """A notice tells the customer that nothing is lost; it goes when the network is back."""
    await chat.say("你好")
    await chat.is_answered()
    await context.set_offline(True)
    await expect(chat.frame.get_by_text("网络好像断开了")).to_be_visible(timeout=20_000)
    await chat.say("你能做什么")
    await context.set_offline(False)
    await chat.is_answered()
    await expect(chat.frame.get_by_text("网络好像断开了")).to_have_count(0)


async def test_a_killed_brain_gives_an_honest_sentence_and_then_the_answer(chat: Chat, house: House) -> None:
    """The customer reads that the message is kept, and gets the answer when the brain is back."""
    async with house.down("brain"):
        await chat.say("我有多少积分")
        await expect(chat.log.get_by_text("我已经收到了")).to_be_visible(timeout=10_000)
    await chat.hears(re.compile("手机号|会员号"))


async def test_html_is_shown_as_text(chat: Chat) -> None:
    """Markup typed by a customer is neither drawn nor run."""
    title = await chat.page.title()
    text = "<img src=x onerror=\"document.title='owned'\"><b>粗</b>"
    await chat.say(text)
    await expect(chat.log.locator("img, b").filter(has_text="粗")).to_have_count(0)
    assert await chat.page.title() == title


async def test_the_widget_works_without_web_sockets(context: BrowserContext, house: House) -> None:
    """Where a network blocks sockets the long poll carries the same conversation."""
    page = await context.new_page()
    await page.route_web_socket(re.compile("/api/web/socket"), lambda route: route.close())
    chat = Chat(page, house)
    await chat.open()
    await chat.say("你好")
    await expect(chat.said(re.compile("."))).not_to_have_count(0, timeout=30_000)


async def test_keyboard_alone_is_enough(context: BrowserContext, house: House) -> None:
    """Open with Enter, talk, close with Escape, and the focus is back where it was."""
    page = await context.new_page()
    await page.goto(f"{house.url}/shop")
    launcher = page.get_by_role("button", name="打开在线客服")
    await launcher.focus()
    await page.keyboard.press("Enter")
    chat = Chat(page, house)
    await expect(chat.input).to_be_focused()
    await page.keyboard.type("你好")
    await page.keyboard.press("Enter")
    await expect(chat.own("你好")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(launcher).to_be_focused()


async def test_on_a_phone_the_chat_fills_the_screen(browser_phone: BrowserContext, house: House) -> None:
    """On a small screen nothing sticks out and the input stays reachable."""
    page = await browser_phone.new_page()
    chat = Chat(page, house)
    await chat.open()
    await chat.say("我有多少积分")
    await chat.hears(re.compile("手机号|会员号"))
    box = await chat.input.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 844
    wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
