"""A notice arrives, and the customer answers it: in the widget, and in WeChat."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

from playwright.async_api import BrowserContext, expect

from bot.care.triggers import all_triggers
from bot.kit.clock import system_now
from tests.acceptance.care import Told, notice, opened, somebody
from tests.acceptance.customer import Customer
from tests.acceptance.house import House
from tests.acceptance.phone import Phone
from tests.acceptance.test_conversation import chat, watch
from tests.acceptance.widget import ANSWER_MS, Chat

__all__ = ["chat"]

MAKE = Callable[..., Customer]

SENT_MS = 30_000
"""Care sends every few seconds."""


async def test_a_notice_arrives_and_is_redeemed_with_a_button_and_own_words(chat: Chat, house: House) -> None:
    """The open widget shows it; the button begins, words choose and agree, and there is a receipt."""
    async with somebody(house, "林一诺", points=900) as told:
        await chat.say("我有多少积分")
        await chat.prove(told.who)
        await expect(chat.card("我的积分")).to_contain_text("900")
        await told.gets_points(600, days=6)
        await expect(chat.said(re.compile("600 积分.*到期")).last).to_be_visible(timeout=SENT_MS)
        await chat.frame.get_by_role("button", name="帮我兑换").click()
        await chat.hears(re.compile("您有 1,500 积分，可以换这些"))
        await chat.say("第一个")
        await chat.hears("确认一下")
        await chat.say("好的，就这个")
        await chat.hears("换好了")
        left = await told.points()
        assert left < 1_500
        await expect(chat.said(f"还剩 {left:,} 积分").last).to_be_visible()


async def test_a_notice_is_put_off_and_then_refused(chat: Chat, house: House) -> None:
    """Without proof it names no figure; later and never are understood, kept, and obeyed."""
    async with somebody(house, "何若水") as told:
        await chat.say("我有多少积分")
        await chat.prove(told.who)
        await expect(chat.card("我的积分")).to_be_visible()
        await told.is_no_longer_verified()
        await told.gets_points(700, days=6)
        await expect(chat.frame.get_by_role("button", name="帮我兑换")).to_be_visible(timeout=SENT_MS)
        await expect(chat.said("700")).to_have_count(0)

        await chat.say("明天上午再提醒我")
        await chat.hears(re.compile("明天 9:00再提醒您"))
        (until,) = await told.snoozed_until()
        assert timedelta(0) < until - system_now() < timedelta(days=2)

        await chat.say("刚才说的那个帮我办了吧")
        await chat.hears(re.compile("手机号|会员号"))
        await chat.say("算了，别再发了")
        await chat.hears("以后不再给您发积分到期的通知了")
        assert await told.decided("care:points_expiring") == "withdrawn"
        await told.gets_points(800, days=5)
        await _is_refused(told)
        await expect(chat.said("800")).to_have_count(0)


async def test_the_same_through_wechat(browser_phone: BrowserContext, house: House) -> None:
    """In the chat of the official account: the notice, a press, words, a receipt; and TD."""
    async with somebody(house, "秦小满", points=900) as told:
        page = await browser_phone.new_page()
        strangers, problems = watch(page, house)
        phone = Phone(page, house)
        await phone.open()
        await phone.press("关注")
        await phone.hears("您可能想问")
        await phone.say("我有多少积分")
        await phone.hears(re.compile("手机号|会员号"))
        await phone.prove(told.who)
        await phone.hears("900")
        await told.gets_points(600, days=6)
        await expect(phone.heard(re.compile("600 积分.*到期"))).to_be_visible(timeout=SENT_MS)
        await phone.choose("帮我兑换")
        await phone.hears("想要哪一样")
        await phone.say("第一个")
        await phone.hears("确认一下")
        await phone.say("好的")
        await phone.hears("换好了")
        assert await told.points() < 1_500
        await phone.say("TD")
        await phone.hears("以后不再给您发积分到期的通知了")
        await told.gets_points(500, days=5)
        await _is_refused(told)
        assert (strangers, problems) == ([], [])


PROVE = "前要先确认是您本人"
LEADS_TO = {
    "complaint_ack": f"查投诉进度{PROVE}",
    "sla_breach": f"催办投诉{PROVE}",
    "complaint_progress": f"查投诉进度{PROVE}",
    "appeal_right": f"问申诉{PROVE}",
    "points_expiring": f"兑换积分{PROVE}",
    "card_expiring": f"转余额{PROVE}",
    "card_hall_window": f"问到期卡怎么办理{PROVE}",
    "balance_low": f"问充值{PROVE}",
    "abnormal_charge": f"查账单{PROVE}",
    "maintenance_due": f"预约上门{PROVE}",
    "quote_change": f"看报价{PROVE}",
    "eta_change": f"看报价{PROVE}",
    "reorder_due": f"再来一单{PROVE}",
    "win_back": "是哪里没做好",
    "birthday_7d": f"领优惠{PROVE}",
    "season_care": "季.*：|没有正在进行的换季关怀",
    "survey": f"打个分{PROVE}",
    "referral_ask": f"看推荐码{PROVE}",
}


async def test_every_notice_is_silent_in_the_bot_and_leads_on(house: House, connect: MAKE) -> None:
    """Nobody in particular says 好的 to each: it leads where it should, and never past the proof."""
    assert set(LEADS_TO) == {trigger.name for trigger in all_triggers()}
    visitors = {trigger: connect() for trigger in LEADS_TO}
    async with opened(house) as database:
        for trigger, visitor in visitors.items():
            session = await visitor.session()
            await visitor.connect()
            await notice(database, session["conversation"], trigger)
        for trigger, visitor in visitors.items():
            answer = await visitor.ask("好的")
            assert re.search(LEADS_TO[trigger], answer["text"]), (trigger, answer["text"])
            said = [message["text"] for message in visitor.messages() if message["author"] != "customer"]
            assert said == ["有一条提醒", answer["text"]], trigger


async def _is_refused(told: Told) -> None:
    """Waits until the newest thing that was planned was decided against, because it was refused."""
    async with asyncio.timeout(ANSWER_MS / 1000):
        while (await told.outcomes())[-1] != ("suppressed", "refused"):
            await asyncio.sleep(0.5)
