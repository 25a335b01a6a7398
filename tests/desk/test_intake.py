"""While a customer waits the bot takes the details; they may also leave, or go on with the bot."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.conversations.models import Conversation
from bot.desk.prompts.models import DeskPrompt
from tests.desk.conftest import Customer, House
from tests.desk.test_operations import well_off


async def waiting(house: House) -> Customer:
    """Somebody who talked about points, asked for a person, and waits: nobody is free."""
    await (await house.agent("busy", capacity=0)).start()
    customer = await house.customer()
    await customer.say("我的积分怎么少了")
    await customer.until("echo")
    await customer.say("我要人工")
    return customer


async def test_the_agent_starts_informed(house: House) -> None:
    """Which card and what is wished are asked one by one; the summary tells both, once, and the photo."""
    customer = await waiting(house)
    asked = await customer.until("和哪笔订单或哪次兑换有关")
    assert [each["title"] for each in asked["quick_replies"]] == [
        "跳过",
        "先不说了",
        "不等了",
        "请给我回电",
        "留言",
    ]
    await customer.say("昨天那笔")
    await customer.say("尾号8821")
    await customer.until("您希望怎么处理")
    before = len(house.brain.asked)
    await customer.say("把积分补给我，别再错了")
    await customer.until("都记下了")
    assert len(house.brain.asked) == before
    agent = await (await house.agent("xiaoli", name="小李")).start()
    await customer.until("客服小李为您服务")
    opened = await agent.get(f"/tickets/{(await agent.given())['id']}")
    collected = [(each["name"], each["value"]) for each in opened["summary"]["collected"]]
    assert collected[0] == ("what", "积分")
    assert collected[1][0] == "which"
    assert {"昨天那笔", "尾号8821"} <= set(collected[1][1].split("；")) | {each[1] for each in collected}
    assert ("wish", "把积分补给我，别再错了") in collected
    assert len({value for _, value in collected}) == len(collected)
    async with house.parts.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(DeskPrompt)) == 0


async def test_who_waits_may_ask_the_bot_or_say_nothing(house: House) -> None:
    """A question goes to the bot, which asks on afterwards; skipping and 算了 are understood."""
    customer = await waiting(house)
    await customer.until("和哪笔订单或哪次兑换有关")
    await customer.say("我有多少积分")
    await customer.until("echo: 我有多少积分")
    await customer.until("和哪笔订单或哪次兑换有关")
    assert house.brain.asked[-1]["metadata"]["owner"] == "queue"
    await customer.press("跳过")
    await customer.until("您希望怎么处理")
    await customer.say("算了吧")
    await customer.until("您还在排队")
    await customer.press("不等了")
    await customer.until("不排队了")
    await customer.say("还在吗")
    await customer.until("echo: 还在吗")


async def test_without_the_brain_words_are_taken_as_they_stand(house: House) -> None:
    """The brain is silent: what a waiting customer says still becomes a detail, and nothing is lost."""
    customer = await waiting(house)
    await customer.until("和哪笔订单或哪次兑换有关")
    house.brain.silent = True
    await customer.say("我有多少积分")
    await customer.until("您希望怎么处理")
    await customer.press("先不说了")
    await customer.until("轮到您时")


async def test_a_proved_customer_chooses_their_card(house: House) -> None:
    """Cards are offered as buttons only to who proved who they are; an agent then reads which it was."""
    await (await house.agent("busy", capacity=0)).start()
    customer = await house.customer()
    await well_off(house, customer)
    await customer.say("我要人工")
    await customer.until("和哪张卡或哪笔订单有关")
    await customer.press("储值卡 8821")
    await customer.until("您希望怎么处理")
    lead = await (await house.agent("zhuguan", "supervisor")).start()
    async with house.parts.database.read() as session:
        row = (await session.scalars(select(Conversation))).one()
    taken = await lead.ok(f"/conversations/{row.id}/takeover")
    collected = (await lead.get(f"/tickets/{taken['ticket']['id']}"))["summary"]["collected"]
    assert ("which", "储值卡（尾号 8821）") in [(each["name"], each["value"]) for each in collected]


async def test_what_is_said_to_an_agent_is_understood_too(house: House) -> None:
    """A customer's words to an agent get their intent and emotion a moment later, on the same line."""
    agent = await (await house.agent("xiaoli")).start()
    customer = await house.customer()
    await customer.say("你好")
    await customer.until("echo")
    ticket = (await agent.ok(f"/conversations/{customer.conversation}/takeover"))["ticket"]
    await customer.until("为您服务")
    assert agent.ws
    watch = {"type": "watch", "conversation": customer.conversation, "ticket": ticket["id"]}
    await agent.ws.send_json({**watch, "since_seq": 0, "since_number": 0})
    await customer.say("我很生气，积分呢")
    read = None
    while read is None:
        read = (await agent.frame("message", text="我很生气，积分呢"))["message"]["parse"]
    assert (read["intent"], read["emotion"]["label"]) == ("ask_points", "angry")
    assert (await agent.get(f"/tickets/{ticket['id']}"))["ticket"]["emotion"] == "angry"
