"""What customers write to an agent: passed on as it came, read meanwhile, written down together."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.conversations.models import Message
from bot.desk.intake.notebook import Notebook
from bot.desk.tickets.lists import counts, counts_of
from bot.kit.errors import Unavailable
from bot.kit.ids import AgentId, ConversationId
from tests.desk.conftest import Agent, House
from tests.desk.test_sockets import served

CALM = {"intent": {"name": "ask_points", "confidence": 0.9}, "emotion": {"label": "calm", "score": 0.9}}


async def message(agent: Agent, **has: Any) -> dict[str, Any]:
    return (await agent.frame("message", **has))["message"]


async def watch(agent: Agent, conversation: str, ticket: int) -> None:
    assert agent.ws
    told = {"conversation": conversation, "ticket": ticket, "since_seq": 0, "since_number": 0}
    await agent.ws.send_json({"type": "watch", **told})
    await agent.frame("message", author="system")


async def test_what_could_not_be_read_is_read_with_the_next_message(house: House) -> None:
    """While the brain is silent the text comes all the same; once it answers, both are understood."""
    agent = await (await house.agent("xiaoli")).start()
    customer, ticket = await served(house, agent)
    await watch(agent, customer.conversation, ticket["id"])
    house.brain.silent = True
    await customer.say("第一句")
    first = await message(agent, text="第一句")
    assert first["parse"] is None
    reader = house.parts.desk.reader
    async with asyncio.timeout(10):
        while ConversationId(customer.conversation) not in reader.behind:
            await asyncio.sleep(0.01)
    house.brain.silent = False
    await customer.say("第二句")
    read: dict[int, str] = {}
    while len(read) < 2:
        told = await message(agent, author="customer")
        if told["parse"] is not None:
            read[told["seq"]] = told["parse"]["intent"]
    assert read == {first["seq"]: "ask_points", first["seq"] + 1: "ask_points"}
    async with asyncio.timeout(10):
        while reader.behind:
            await asyncio.sleep(0.01)


async def test_a_mood_that_turns_is_seen_in_the_list(house: House) -> None:
    """Calm words change no ticket but its unread count; angry ones show on it."""
    agent = await (await house.agent("xiaoli")).start()
    customer, ticket = await served(house, agent)
    await watch(agent, customer.conversation, ticket["id"])
    await customer.say("你好")
    await agent.frame("ticket", id=ticket["id"], emotion="calm", unread=1)
    await customer.say("我生气了")
    await agent.frame("ticket", id=ticket["id"], emotion="angry", unread=2)


async def test_a_message_sent_twice_is_counted_and_shown_once(house: House) -> None:
    """The second delivery is acknowledged under the same number and leaves no trace at the desk."""
    agent = await (await house.agent("xiaoli")).start()
    customer, ticket = await served(house, agent)
    await watch(agent, customer.conversation, ticket["id"])
    assert customer.ws
    for said in ("一次", "一次", "下一句"):
        client = str(uuid.uuid5(uuid.NAMESPACE_OID, said))
        await customer.ws.send_json({"type": "message", "client_id": client, "text": said})
    once = await message(agent, text="一次")
    after = await message(agent, text="下一句")
    assert after["seq"] == once["seq"] + 1
    await agent.frame("ticket", id=ticket["id"], unread=2)
    shown = {each["message"]["text"] for each in agent.frames if each["type"] == "message"}
    assert {"一次", "下一句"} <= shown
    seqs = {
        f["message"]["seq"] for f in agent.frames if f["type"] == "message" and f["message"]["text"] == "一次"
    }
    assert seqs == {once["seq"]}


async def test_what_was_passed_on_is_what_the_log_tells(house: House) -> None:
    """An agent who opens the conversation later sees the same as who was there, understood as well."""
    agent = await (await house.agent("xiaoli")).start()
    customer, ticket = await served(house, agent)
    await watch(agent, customer.conversation, ticket["id"])
    for said in ("我的积分呢", "我生气了", "😀 <b>好</b>"):
        await customer.say(said)
    shown: dict[int, dict[str, Any]] = {}
    while sum(each["parse"] is not None for each in shown.values()) < 3:
        told = await message(agent, author="customer")
        shown[told["seq"]] = told
    later = (await agent.get(f"/conversations/{customer.conversation}/messages"))["messages"]
    assert [each for each in later if each["seq"] in shown] == [shown[seq] for seq in sorted(shown)]


async def test_another_tab_is_told_the_same(house: House) -> None:
    """Two sockets of one agent, one of which opens the conversation later: both have every message once."""
    agent = await (await house.agent("xiaoli")).start()
    customer, ticket = await served(house, agent)
    await watch(agent, customer.conversation, ticket["id"])
    other = Agent(agent.http, agent.base, agent.login, csrf=agent.csrf, id=agent.id)
    await customer.say("早的")
    await message(agent, text="早的")
    await other.connect()
    await watch(other, customer.conversation, ticket["id"])
    await message(other, text="早的")
    for said in ("晚的", "更晚的"):
        await customer.say(said)
    for screen in (agent, other):
        late, later = await message(screen, text="晚的"), await message(screen, text="更晚的")
        assert later["seq"] == late["seq"] + 1


async def test_what_is_understood_at_once_is_written_down_together(house: House) -> None:
    """Whoever was told that it is written finds it written; what was known before stays."""
    agent = await (await house.agent("xiaoli")).start()
    customer, _ = await served(house, agent)
    house.brain.silent = True
    for n in range(6):
        await customer.say(f"第{n}句")
    database, conversation = house.parts.database, ConversationId(customer.conversation)
    mine = (Message.conversation_id == conversation) & Message.content["text"].as_string().like("第%")
    async with asyncio.timeout(10):
        while True:
            async with database.read() as session:
                seqs = list(await session.scalars(select(Message.seq).where(mine).order_by(Message.seq)))
            if len(seqs) == 6:
                break
    notebook = Notebook(database)
    await notebook.write_down(conversation, {seqs[0]: {"intent": {"name": "greet"}}})
    together = ({seq: CALM if seq != seqs[1] else None} for seq in seqs)
    await asyncio.gather(*(notebook.write_down(conversation, each) for each in together))
    async with database.read() as session:
        known = dict((await session.execute(select(Message.seq, Message.parse).where(mine))).all())
    assert known == {seqs[0]: {"intent": {"name": "greet"}}, seqs[1]: None} | dict.fromkeys(seqs[2:], CALM)


async def test_who_could_not_write_down_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody whose words went with a failed transaction believes them kept; the next is written again."""
    agent = await (await house.agent("xiaoli")).start()
    customer, _ = await served(house, agent)
    conversation = ConversationId(customer.conversation)
    notebook = Notebook(house.parts.database)
    monkeypatch.setattr("bot.kit.db.TURN_SECONDS", 0.2)
    async with house.parts.database.write() as session:
        await session.execute(text("SELECT 1"))
        writing = [notebook.write_down(conversation, {1: CALM}) for _ in range(3)]
        found = await asyncio.gather(*writing, return_exceptions=True)
    assert [type(each) for each in found] == [Unavailable] * 3
    await notebook.write_down(conversation, {1: CALM})


async def test_counts_asked_together_are_those_asked_one_by_one(house: House) -> None:
    """Whoever has nothing is counted too, and an offer counts for whom it is made to."""
    first = await (await house.agent("xiaoli")).start()
    second = await (await house.agent("xiaowang")).start()
    customer, ticket = await served(house, first)
    await customer.say("在吗")
    await first.frame("ticket", id=ticket["id"], unread=1)
    await first.ok(f"/tickets/{ticket['id']}/transfer", agent=second.id, note="请看看")
    agents = [AgentId(first.id), AgentId(second.id), AgentId(999)]
    async with house.parts.database.read() as session:
        together = await counts_of(session, agents)
        assert together == {agent: await counts(session, agent) for agent in agents}
    assert [together[agent]["mine"] for agent in agents] == [1, 1, 0]
    assert [together[agent]["unread"] for agent in agents] == [1, 0, 0]
