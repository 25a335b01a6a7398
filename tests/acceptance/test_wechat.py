"""A WeChat customer walks the whole way: points, redemption, an agent, and back to the bot."""

from __future__ import annotations

import re

from playwright.async_api import Browser, BrowserContext, expect

from tests.acceptance.desk import ALWAYS, desk_tab, hire, set_rules
from tests.acceptance.facts import Cast, facts_of
from tests.acceptance.house import House
from tests.acceptance.phone import ANSWER_MS, Phone
from tests.acceptance.test_conversation import watch


async def test_points_redemption_an_agent_and_back(
    browser: Browser, browser_phone: BrowserContext, house: House, cast: Cast
) -> None:
    """Follow, prove, redeem, talk with an agent, be handed back, unbind: all in one chat on the phone."""
    who = await cast.next(points=500)
    before = (await facts_of(house, who)).points
    page = await browser_phone.new_page()
    strangers, problems = watch(page, house)
    phone = Phone(page, house)
    await phone.open()
    await phone.press("关注")
    await phone.hears("您可能想问")
    await phone.choose("我有多少积分")
    await phone.hears(re.compile("手机号|会员号"))
    await phone.prove(who)
    await phone.hears(f"{before:,}")

    await phone.say("我想用积分换点东西")
    offer = await phone.hears("想要哪一样")
    await offer.get_by_role("button").first.click()
    await phone.hears("确认一下")
    await phone.choose("确认兑换")
    receipt = await (await phone.hears("换好了")).inner_text()
    left = (await facts_of(house, who)).points
    assert left < before
    assert f"还剩 {left:,} 积分" in receipt

    await hire(house, "wechat-boss", "王主管", "admin")
    await set_rules(house, "wechat-boss", hours=ALWAYS)
    async with desk_tab(browser, house, "wechat-boss") as desk:
        await desk.duty("在岗")
        await phone.say("转人工")
        await desk.go("m")  # whoever is on duty is given it
        await desk.tickets.first.click()
        await desk.say("您好，我是王主管，换的东西今天就寄出。")
        await phone.hears("今天就寄出")
        await phone.say("太好了，谢谢")
        await expect(desk.said("太好了，谢谢", "customer")).to_be_visible(timeout=ANSWER_MS)
        assert await phone.heard(re.compile("不客气")).count() == 0  # the bot keeps out of it
        await desk.page.get_by_role("button", name="交还机器人").click()
        await desk.page.get_by_role("textbox", name="已经办好的事").fill("兑换的东西今天寄出")
        await desk.page.get_by_role("button", name="交还", exact=True).click()
        await phone.hears("今天寄出")
    await phone.say("我现在有多少积分")
    await phone.hears(f"{left:,}")

    await phone.press("≡ 查一查")
    await phone.press("我的余额")
    await phone.hears("一共可用")
    await phone.say("解绑")
    await phone.hears("已经解除绑定")
    await phone.say("我有多少积分")
    await phone.hears(re.compile("手机号|会员号"))
    assert (strangers, problems) == ([], [])


async def test_the_companys_customer_service_is_the_same_bot(
    browser_phone: BrowserContext, house: House
) -> None:
    """微信客服: opening the chat is greeted, a question is asked back for proof, in words and by button."""
    page = await browser_phone.new_page()
    strangers, problems = watch(page, house)
    phone = Phone(page, house)
    await phone.open("wecom")
    await phone.press("打开会话")
    await phone.hears("您可能想问")
    await phone.choose("查一下余额")
    await phone.hears(re.compile("手机号|会员号"))
    await phone.say("算了")
    await phone.say("你能做什么")
    await phone.hears("这些我都能办")
    assert (strangers, problems) == ([], [])
