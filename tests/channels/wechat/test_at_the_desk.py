"""What an agent sees of a WeChat customer: what may still be sent, until when, and what did not arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from tests.channels.conftest import Town
from tests.desk.conftest import Agent, House, ScriptedBrain


@pytest.fixture
async def agent(town: Town) -> AsyncIterator[Agent]:
    """Somebody on duty at the desk of this town."""
    house = House(str(town.server.make_url("")).rstrip("/"), town.parts, ScriptedBrain())
    yield await (await house.agent("xiaoli")).start()
    for session in house.sessions:
        await session.close()


async def test_the_agent_sees_what_may_be_sent_and_what_was_not_delivered(town: Town, agent: Agent) -> None:
    """The count goes down with each message; the rest is held with a reason; leaving ends it all."""
    who = town.official()
    await who.say("你好")
    await town.shown(who, 1)
    conversation = (await town.log())[0].conversation_id
    await agent.ok(f"/conversations/{conversation}/takeover")
    await town.shown(who, 2)
    assert agent.ws
    await agent.ws.send_json({"type": "watch", "conversation": conversation, "since_seq": 0})
    told = (await agent.frame("allowance", left=3, reachable=True))["allowance"]
    left = datetime.fromisoformat(told["until"]) - town.parts.clock()
    assert timedelta(hours=47) < left <= timedelta(hours=48)

    for number in range(1, 5):
        assert (await agent.answer(conversation, f"第{number}句"))[0] == 200
    held = (await agent.frame("message", state="held"))["message"]
    assert (held["text"], "客户再发消息后会自动送出" in held["problem"]) == ("第4句", True)
    if not any(frame.get("allowance", {}).get("left") == 0 for frame in agent.frames):
        await agent.frame("allowance", left=0, until=None)
    await who.say("还有吗")
    assert (await town.shown(who, 6))[-1] == "第4句"
    await agent.frame("message", seq=held["seq"], state="sent")

    await who.leave()
    await agent.frame("allowance", reachable=False)
    assert (await agent.answer(conversation, "您还在吗"))[0] == 200
    lost = (await agent.frame("message", state="refused"))["message"]
    assert (lost["text"], "取消关注" in lost["problem"]) == ("您还在吗", True)


async def test_a_customer_says_how_content_they_are(town: Town, agent: Agent) -> None:
    """When the agent closes the matter, WeChat shows the scores as a menu; the click is the rating."""
    who = town.official()
    await who.say("你好")
    await town.shown(who, 1)
    conversation = (await town.log())[0].conversation_id
    ticket = (await agent.ok(f"/conversations/{conversation}/takeover"))["ticket"]["id"]
    await agent.answer(conversation, "办好了")
    await town.until(lambda: "办好了" in [line["text"] for line in who.phone.lines])
    await agent.ok(f"/tickets/{ticket}/close", reason="solved", note="")
    await town.until(lambda: len(who.phone.lines[-1].get("items", [])) == 5)
    best = who.phone.lines[-1]["items"][0]
    await who.say(best["content"], menu=best["id"])

    async def rated() -> bool:
        return (await agent.get(f"/tickets/{ticket}"))["ticket"]["rating"] == 5

    await town.until(rated)
