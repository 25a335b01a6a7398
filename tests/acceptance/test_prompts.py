"""Whoever opens the chat is offered what they most likely came for; personally only after the proof."""

from __future__ import annotations

from playwright.async_api import BrowserContext, expect

from tests.acceptance.facts import facts_of
from tests.acceptance.house import House
from tests.acceptance.test_conversation import watch
from tests.acceptance.widget import Chat

EVERYBODY = ["我有多少积分", "查一下余额", "我的投诉到哪一步了", "转人工"]


async def test_the_greeting_before_and_after_the_proof(context: BrowserContext, house: House) -> None:
    """A stranger reads what all read; signed in, the unanswered complaint comes first, one press away."""
    who = next(each for each in await house.customers() if "首次答复" in each.note)
    page = await context.new_page()
    strangers, problems = watch(page, house)
    chat = Chat(page, house)
    await chat.open()
    offered = chat.frame.locator(".greeting").get_by_role("button")
    await expect(offered).to_have_text(EVERYBODY)

    row = page.get_by_role("listitem").filter(has_text=who.member_number)
    await row.get_by_role("button", name="以此顾客登录").click()
    await expect(chat.verified).to_be_visible()
    await expect(offered.first).to_have_text("我的投诉有进展吗")
    await expect(offered).to_have_count(4)
    greeting = await chat.frame.locator(".greeting").inner_text()
    assert not any(char.isdigit() for char in greeting)  # whoever looks over a shoulder learns no figure
    await offered.first.click()
    await expect(chat.card("投诉进度")).to_contain_text((await facts_of(house, who)).complaint or "")

    await page.get_by_role("button", name="退出登录").click()
    await expect(offered).to_have_text(EVERYBODY)
    assert (strangers, problems) == ([], [])
