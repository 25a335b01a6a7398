"""From the bot to a person and back: whole stories over the real sockets."""

from __future__ import annotations

import asyncio

from bot.desk.rules.rules import WEEKDAYS, Weekday
from bot.kit.clock import local_date
from tests.desk.conftest import NEVER, House

DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def _the_day_after_tomorrow(house: House) -> Weekday:
    """A day on which it is not today, nor will be while the test runs."""
    return WEEKDAYS[(local_date(house.parts.clock()).weekday() + 2) % 7]


async def test_out_of_hours_the_customer_is_told_at_once(house: House) -> None:
    """Closed: the hours, the next opening, and what there is instead; nobody waits for nobody."""
    day = _the_day_after_tomorrow(house)
    await house.rule(hours={**NEVER, day: [["09:00", "18:00"]]})
    customer = await house.customer()
    await customer.say("我要人工")
    told = await customer.until("不在上班时间")
    assert f"{DAYS[WEEKDAYS.index(day)]} 9:00-18:00" in told["text"]
    assert [reply["title"] for reply in told["quick_replies"]] == ["留言", "请给我回电", "继续问小回"]


async def test_with_nobody_on_duty_a_message_can_be_left(house: House) -> None:
    """A message left becomes a ticket that an agent answers later, in the same conversation."""
    customer = await house.customer()
    await customer.say("我要人工")
    await customer.until("没有同事在岗")
    await customer.press("留言")
    await customer.until("写给我")
    await customer.say("发票抬头开错了，请重开")
    await customer.until("留言收到了")
    agent = await (await house.agent("xiaoli", name="小李")).start()
    listed = (await agent.get("/tickets?view=queue"))["tickets"]
    assert [(ticket["kind"], ticket["owner"]) for ticket in listed] == [("message", "bot")]
    await agent.ok(f"/tickets/{listed[0]['id']}/take")
    assert (await agent.answer(customer.conversation, "已经为您重开了"))[0] == 200
    reply = await customer.until("已经为您重开了")
    assert (reply["author"], reply["name"]) == ("agent", "小李")
    opened = await agent.get(f"/tickets/{listed[0]['id']}")
    assert opened["summary"]["collected"][-1]["value"] == "发票抬头开错了，请重开"


async def test_a_call_back_asks_for_time_and_phone(house: House) -> None:
    """Who is not verified is asked for the phone; the window and the masked number are confirmed."""
    customer = await house.customer()
    await customer.say("我要人工")
    await customer.until("没有同事在岗")
    await customer.press("请给我回电")
    windows = await customer.until("什么时候")
    await customer.press(windows["quick_replies"][0]["title"])
    await customer.until("哪个电话")
    await customer.say("12345")
    await customer.until("不像一个电话号码")
    await customer.say("138 0013 8000")
    assert "138****8000" in (await customer.until("我们会在"))["text"]
    agent = await (await house.agent("xiaoli")).start()
    (ticket,) = (await agent.get("/tickets?view=queue&kind=callback"))["tickets"]
    assert ticket["callback"]["state"] == "open"
    done = await agent.ok(f"/tickets/{ticket['id']}/callback", state="done", note="已联系")
    assert done["ticket"]["callback"]["state"] == "done"


async def test_a_person_takes_over_answers_and_hands_back(house: House) -> None:
    """The agent sees the whole story, answers, hands back; the bot goes on knowing what was settled."""
    agent = await (await house.agent("xiaoli", name="小李")).start()
    customer = await house.customer()
    await customer.say("积分怎么少了")
    await customer.until("echo")
    await customer.say("我要人工")
    await customer.until("正在为您")
    await customer.until("客服小李为您服务")
    ticket = await agent.given()
    story = await agent.get(f"/tickets/{ticket['id']}")
    assert [item["text"] for item in story["summary"]["asked"]] == ["积分怎么少了", "我要人工"]
    assert [entry["kind"] for entry in story["entries"]] == ["opened", "details", "queued", "assigned"]
    await agent.answer(customer.conversation, "我看一下")
    await customer.until("我看一下")
    before = len(house.brain.asked)
    await customer.say("好的，等您")
    back = await agent.ok(f"/tickets/{ticket['id']}/handback", settled="补了 500 积分", topic="points")
    assert (back["ticket"]["state"], back["ticket"]["owner"]) == ("closed", "bot")
    await customer.until("echo: /EXTERNAL_handback")
    (told,) = house.brain.asked[before:]
    assert told["entities"] == {"settled": "补了 500 积分", "topic": "points", "agent": "小李"}
    status, refused = await agent.answer(customer.conversation, "还有一句")
    assert (status, refused["error"]["code"]) == (409, "handed_back")


async def test_a_bot_turn_that_ends_after_a_takeover_is_discarded(house: House) -> None:
    """An agent takes a conversation while the bot thinks: the late answer never appears."""
    agent = await (await house.agent("xiaoli", name="小李")).start()
    customer = await house.customer()
    house.brain.gate.clear()
    await customer.say("慢慢想")
    while not house.brain.asked:
        await asyncio.sleep(0.01)
    await agent.ok(f"/conversations/{customer.conversation}/takeover")
    await customer.until("客服小李为您服务")
    house.brain.gate.set()
    await agent.answer(customer.conversation, "我来答")
    await customer.until("我来答")
    assert not any("echo" in message["text"] for message in customer.messages.values())


async def test_anger_and_two_misses_call_a_person(house: House) -> None:
    """An angry customer, and one the bot failed twice, need not ask for a person."""
    agent = await (await house.agent("xiaoli")).start()
    angry, lost = await house.customer(), await house.customer()
    await angry.say("我很生气")
    await angry.until("请同事直接跟您谈")
    assert (await agent.given())["reason"] == "anger"
    await lost.say("听不懂一")
    await lost.until("echo")
    await lost.say("听不懂二")
    await lost.until("没能听懂")
    assert (await agent.given())["reason"] == "not_understood"


async def test_leaving_the_queue_gives_the_bot_back(house: House) -> None:
    """Nobody is free; the customer sees their place, goes on with the bot, and leaves."""
    busy = await (await house.agent("xiaoli", capacity=0)).start()
    customer = await house.customer()
    await customer.say("我要人工")
    await customer.until("正在为您转人工客服")
    place = await customer.frame("queue")
    assert (place["queue"]["by"], place["queue"]["position"]) == ("queue", 1)
    await customer.say("查积分")
    await customer.until("echo: 查积分")
    assert house.brain.asked[-1]["metadata"]["owner"] == "queue"
    await customer.say("我要人工")
    await customer.until("下一位就是您")
    await customer.press("不等了")
    await customer.until("不排队了")
    (ticket,) = (await busy.get("/tickets?view=closed"))["tickets"]
    assert ticket["close_reason"] == "left"


async def test_closing_asks_once_and_coming_back_reaches_the_same_agent(house: House) -> None:
    """After a settled close: one rating, thanks reopen nothing, a new question goes to the same agent."""
    await (await house.agent("other", name="小王")).start()
    agent = await (await house.agent("xiaoli", name="小李")).start()
    customer = await house.customer()
    await customer.say("你好")
    await customer.until("echo")
    taken = await agent.ok(f"/conversations/{customer.conversation}/takeover")
    id_ = taken["ticket"]["id"]
    await agent.ok(f"/tickets/{id_}/close", reason="solved")
    await customer.until("满意吗")
    await customer.press("非常满意")
    await customer.until("谢谢您的评价")
    assert (await agent.get(f"/tickets/{id_}"))["ticket"]["rating"] == 5
    await customer.say("谢谢！")
    await customer.until("echo: 谢谢")
    await customer.say("等等，还有个问题")
    await customer.until("客服小李又回来")
    again = (await agent.get(f"/tickets/{id_}"))["ticket"]
    assert (again["state"], again["agent"]["name"]) == ("assigned", "小李")
    await agent.ok(f"/tickets/{id_}/close", reason="solved")
    await customer.until("服务已结束")
    await customer.say("再问一下积分")
    await customer.until("客服小李又回来")
    texts = [message["text"] for message in customer.messages.values()]
    assert sum("满意吗" in text for text in texts) == 1
