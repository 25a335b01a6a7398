"""Agents' sockets: cut and back, two tabs, collisions, transfers, a vanished agent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.desk.agents.service import touch_presence
from bot.kit.clock import system_now
from bot.kit.ids import AgentId
from tests.desk.conftest import Agent, Customer, House


async def served(house: House, agent: Agent) -> tuple[Customer, dict[str, Any]]:
    """A customer whom this agent has just taken from the bot."""
    customer = await house.customer()
    await customer.say("你好")
    await customer.until("echo")
    taken = await agent.ok(f"/conversations/{customer.conversation}/takeover")
    await customer.until("为您服务")
    return customer, taken["ticket"]


async def test_a_cut_socket_misses_nothing_and_doubles_nothing(house: House) -> None:
    """While the agent's socket is gone the customer writes; back, every change and message comes once."""
    agent = await (await house.agent("xiaoli")).start()
    customer, ticket = await served(house, agent)
    assert agent.ws
    watch = {"type": "watch", "conversation": customer.conversation, "ticket": ticket["id"]}
    await agent.ws.send_json({**watch, "since_seq": 0, "since_number": 0})
    await agent.frame("message", author="system")
    seqs = [f["message"]["seq"] for f in agent.frames if f["type"] == "message"]
    await agent.ws.close()
    for n in range(5):
        await customer.say(f"第{n}句")
    while (await agent.get(f"/tickets/{ticket['id']}"))["ticket"]["unread"] < 5:
        pass
    before = agent.n
    await agent.connect(since=before)
    changed = await agent.frame("ticket", id=ticket["id"])
    assert (changed["n"] > before, changed["ticket"]["unread"]) == (True, 5)
    await agent.ws.send_json({**watch, "since_seq": max(seqs), "since_number": 99})
    for n in range(5):
        message = (await agent.frame("message"))["message"]
        assert (message["seq"], message["text"]) == (max(seqs) + 1 + n, f"第{n}句")
    await agent.ws.send_json({"type": "seen", "conversation": customer.conversation, "seq": max(seqs) + 5})
    await agent.frame("ticket", id=ticket["id"], unread=0)


async def test_two_agents_cannot_answer_the_same_customer(house: House) -> None:
    """The collision lock: who does not have the conversation is told who does."""
    first = await (await house.agent("xiaoli", name="小李")).start()
    second = await (await house.agent("xiaowang")).start()
    customer, ticket = await served(house, first)
    status, body = await second.answer(customer.conversation, "我也来")
    assert (status, body["error"]["code"], body["error"]["agent"]["name"]) == (409, "not_yours", "小李")
    status, body = await second.post(f"/tickets/{ticket['id']}/take")
    assert (status, body["error"]["code"]) == (409, "taken")
    status, body = await second.post(f"/tickets/{ticket['id']}/takeover")
    assert (status, body["error"]["code"]) == (403, "forbidden")


async def test_the_same_answer_sent_twice_arrives_once(house: House) -> None:
    """A retry with the same client id gives the same number."""
    agent = await (await house.agent("xiaoli")).start()
    customer, _ = await served(house, agent)
    path = f"/conversations/{customer.conversation}/messages"
    first = await agent.ok(path, client_id="retry-0001", text="一次")
    assert await agent.ok(path, client_id="retry-0001", text="一次") == first
    await customer.until("一次")
    await agent.answer(customer.conversation, "第二句")
    await customer.until("第二句")


async def test_a_transfer_waits_for_the_other_to_accept(house: House) -> None:
    """An offer stays with its maker until accepted; a decline says why."""
    first = await (await house.agent("xiaoli")).start()
    second = await (await house.agent("xiaowang", name="小王")).start()
    customer, ticket = await served(house, first)
    transfer = f"/tickets/{ticket['id']}/transfer"
    await first.ok(transfer, agent=second.id, note="要查账单")
    offered = await second.frame("notice", kind="offered")
    assert "要查账单" in offered["notice"]["text"]
    await second.ok(f"/tickets/{ticket['id']}/decline", note="在忙")
    assert "在忙" in (await first.frame("notice", kind="declined"))["notice"]["text"]
    await first.ok(transfer, agent=second.id, note="再试一次")
    accepted = await second.ok(f"/tickets/{ticket['id']}/accept")
    assert accepted["ticket"]["agent"]["name"] == "小王"
    await customer.until("客服小王为您服务")
    assert (await first.answer(customer.conversation, "我还在"))[0] == 409


async def test_a_supervisor_listens_whispers_and_takes_over(house: House) -> None:
    """A whisper reaches the agent and never the customer; a takeover is told and audited."""
    agent = await (await house.agent("xiaoli")).start()
    lead = await (await house.agent("zhuguan", "supervisor", name="主管")).start()
    customer, ticket = await served(house, agent)
    assert lead.ws
    await lead.ws.send_json({"type": "watch", "conversation": customer.conversation})
    viewers = await lead.frame("viewers")
    assert viewers["viewers"] == [{"id": lead.id, "name": "主管", "mode": "listening"}]
    await lead.ok(f"/tickets/{ticket['id']}/notes", text="给他补偿 200 积分", client_id="whisper-1")
    assert "200 积分" in (await agent.frame("notice", kind="whisper"))["notice"]["text"]
    await lead.ok(f"/tickets/{ticket['id']}/takeover")
    await customer.until("客服主管为您服务")
    await agent.frame("notice", kind="taken_over")
    assert not any("200 积分" in message["text"] for message in customer.messages.values())


async def test_an_agent_who_vanishes_gives_the_customer_back(house: House) -> None:
    """A closed laptop: after 45 s the customer goes to a colleague, and is told."""
    gone = await (await house.agent("xiaoli")).start()
    customer, _ = await served(house, gone)
    heir = await (await house.agent("xiaowang", name="小王")).start()
    assert gone.ws
    await gone.ws.close()
    async with house.parts.database.write() as session:
        long_ago = system_now() - timedelta(seconds=60)
        await touch_presence(session, [AgentId(gone.id)], long_ago)
    await customer.until("暂时离开")
    await customer.until("客服小王为您服务")
    assert (await heir.given())["conversation"] == customer.conversation


async def test_two_tabs_see_the_same(house: House) -> None:
    """Both tabs of an agent get every message of a watched conversation, once each."""
    agent = await (await house.agent("xiaoli")).start()
    customer, ticket = await served(house, agent)
    other = Agent(agent.http, agent.base, "xiaoli", agent.csrf, agent.id)
    await other.connect()
    for tab in (agent, other):
        assert tab.ws
        await tab.ws.send_json(
            {"type": "watch", "conversation": customer.conversation, "ticket": ticket["id"]}
        )
        await tab.frame("watching")
    await customer.say("两个窗口")
    for tab in (agent, other):
        await tab.frame("message", text="两个窗口")
    assert customer.ws
    await customer.ws.send_json({"type": "typing", "text": "我在写"})
    assert (await other.frame("typing", who="customer"))["text"] == "我在写"


async def test_a_customer_who_reloads_in_the_queue_keeps_the_place(house: House) -> None:
    """After a reload the welcome frame says the place, and nothing said is missing."""
    await (await house.agent("xiaoli", capacity=0)).start()
    customer = await house.customer()
    await customer.say("我要人工")
    await customer.until("正在为您转人工客服")
    assert customer.ws
    await customer.ws.close()
    await customer.connect()
    welcome = await customer.frame("welcome")
    assert (welcome["queue"]["by"], welcome["queue"]["position"]) == ("queue", 1)
