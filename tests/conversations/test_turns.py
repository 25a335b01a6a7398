"""Turns: nothing acknowledged is lost, nothing is answered twice, and the customer is told the truth."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.conversations import log as message_log
from bot.conversations import sentences
from bot.conversations import turns as turns_module
from bot.conversations.brain import Answer, BrainLost, BrainRefused, Turn
from bot.conversations.log import Draft, Event
from bot.conversations.ownership import BOT, Owner, OwnerChanged, hand_to
from bot.kit.clock import FakeClock, system_now
from bot.kit.db import Database
from bot.kit.errors import BadInput, NotFound
from bot.kit.ids import AgentId, ConversationId
from bot.messages import ChannelUser, Choice, Content, InboundMessage, QuickReply
from tests.conversations.conftest import House, make_house


async def take_over(house: House, conversation: ConversationId) -> None:
    async with house.database.write() as session:
        row = await message_log.locked(session, conversation)
        hand_to(row, Owner("agent", AgentId(7)), expected_version=row.owner_version)


async def until_said(house: House, conversation: ConversationId, text: str) -> list[str]:
    """The log's texts once the last one is `text`."""
    async with asyncio.timeout(30):
        while (texts := await house.texts(conversation))[-1] != text:
            await asyncio.sleep(0.01)
    return texts


async def test_a_brain_that_is_down_costs_an_apology_not_the_message(house: House) -> None:
    """While the brain is down the customer is told once; when it is back every message is answered."""
    conversation = await house.open()
    house.brain.up.clear()
    await house.say(conversation, "一", "first---1")
    await house.until(conversation, 2)
    await house.say(conversation, "二", "second--2")
    await asyncio.sleep(0.2)
    assert await house.texts(conversation) == ["一", sentences.LATE.text, "二"]
    house.brain.up.set()
    texts = await house.until(conversation, 6)
    assert texts[3:] == [sentences.BACK.text, "echo: 一", "echo: 二"]


async def test_a_slow_brain_is_waited_for(house: House) -> None:
    """Past the honest limit the customer is told, and the answer still comes, once."""
    conversation = await house.open()
    house.brain.gate.clear()
    await house.say(conversation, "慢", "slow----1")
    assert (await house.until(conversation, 2))[1] == sentences.LATE.text
    house.brain.gate.set()
    assert (await house.until(conversation, 4))[2:] == [sentences.BACK.text, "echo: 慢"]
    assert len(house.brain.turns) == 1


async def test_a_message_the_brain_cannot_take_does_not_block_the_next(house: House) -> None:
    """A refused message is given up with a sentence, and the following one is answered."""

    def refuse(turn: Turn) -> Answer:
        if turn.text == "坏":
            raise BrainRefused("bad_request", final=True)
        return Answer((Content("好"),), None, ())

    house.brain.behave = refuse
    conversation = await house.open()
    await house.say(conversation, "坏", "bad-----1")
    await house.say(conversation, "好", "good----1")
    texts = await house.until(conversation, 4)
    assert texts.count(sentences.NOT_UNDERSTOOD.text) == 1
    assert texts[-1] == "好"


async def test_a_message_that_fails_three_times_is_parked_across_restarts(database: Database) -> None:
    """What fails in one process is counted for the next; then the customer and the house hear of it."""
    parked: list[str] = []

    async def hear(_conversation: str, message: str) -> None:
        parked.append(message)

    def fail(turn: Turn) -> Answer:
        if turn.text == "毒":
            raise BrainLost("gone")
        return Answer((Content("好的"),), None, ())

    first = await make_house(database)
    first.brain.behave = fail
    conversation = await first.open()
    await first.say(conversation, "毒", "m-1")
    while len(first.brain.turns) < 2:
        await asyncio.sleep(0.01)
    await first.close()
    second = await make_house(database, parked=hear)
    second.brain.behave = fail
    second.turns.start()
    await second.say(conversation, "还在吗", "m-2")
    texts = await until_said(second, conversation, "好的")
    await second.close()
    assert sum(sentences.NOT_UNDERSTOOD.text == text for text in texts) == 1
    assert texts[-1] == "好的"
    assert sum(turn.text == "毒" for turn in (*first.brain.turns, *second.brain.turns)) <= 4
    assert len(parked) == 1


async def test_a_failure_nobody_foresaw_is_parked_too(house: House) -> None:
    """A bug in what becomes of an answer must not come back every few seconds for ever."""

    def odd(turn: Turn) -> Answer:
        if turn.text == "毒":
            raise KeyError("a bug")
        return Answer((Content("好的"),), None, ())

    house.brain.behave = odd
    conversation = await house.open()
    await house.say(conversation, "毒", "m-1")
    await house.say(conversation, "还在吗", "m-2")
    texts = await until_said(house, conversation, "好的")
    assert sentences.NOT_UNDERSTOOD.text in texts
    assert texts[-1] == "好的"


async def test_a_brain_that_is_down_parks_nothing(house: House) -> None:
    """However long it takes, a message that no brain saw is no suspect."""
    conversation = await house.open()
    house.brain.up.clear()
    await house.say(conversation, "你好", "m-1")
    await asyncio.sleep(0.6)
    house.brain.up.set()
    assert (await house.until(conversation, 4))[-1] == "echo: 你好"


async def test_a_brain_that_says_nothing_is_answered_for(house: House) -> None:
    """An empty turn never leaves the customer without a word."""
    house.brain.behave = lambda _turn: Answer((), None, ())
    conversation = await house.open()
    await house.say(conversation, "喂", "empty---1")
    assert (await house.until(conversation, 2))[1] == sentences.NOT_UNDERSTOOD.text


async def test_a_late_answer_is_discarded_after_a_takeover(house: House) -> None:
    """When an agent takes the conversation during a bot turn, the bot's answer never appears."""
    conversation = await house.open()
    house.brain.gate.clear()
    await house.say(conversation, "我要投诉", "angry---1")
    while not house.brain.turns:
        await asyncio.sleep(0.01)
    await take_over(house, conversation)
    house.brain.gate.set()
    await asyncio.sleep(0.2)
    assert await house.texts(conversation) == ["我要投诉"]


async def test_what_an_agent_owns_never_reaches_the_brain(house: House) -> None:
    """A message to an agent's conversation is logged and not understood by the bot."""
    conversation = await house.open()
    await take_over(house, conversation)
    await house.say(conversation, "在吗", "agent---1")
    await asyncio.sleep(0.2)
    assert house.brain.turns == []
    assert await house.texts(conversation) == ["在吗"]


async def test_two_owners_cannot_both_win(house: House) -> None:
    """Handing over by an old version is refused."""
    conversation = await house.open()
    await take_over(house, conversation)
    with pytest.raises(OwnerChanged):
        async with house.database.write() as session:
            row = await message_log.locked(session, conversation)
            hand_to(row, BOT, expected_version=1)


async def test_messages_are_answered_one_at_a_time_and_in_order(house: House) -> None:
    """Ten messages sent at once get ten answers in the order in which they were stored."""
    conversation = await house.open()
    await asyncio.gather(*(house.say(conversation, str(n), f"burst---{n}") for n in range(10)))
    texts = await house.until(conversation, 20)
    asked = [text for text in texts if not text.startswith("echo")]
    answered = [text.removeprefix("echo: ") for text in texts if text.startswith("echo")]
    assert sorted(asked) == sorted(answered)
    assert answered == asked
    assert [turn.text for turn in house.brain.turns] == asked


async def test_a_repeated_message_is_stored_and_answered_once(house: House) -> None:
    """Sending again with the same id gives the same number and no second answer."""
    conversation = await house.open()
    first = await house.say(conversation, "你好", "again---1")
    await house.until(conversation, 2)
    assert await house.say(conversation, "你好", "again---1") == first
    await asyncio.sleep(0.1)
    assert len(await house.texts(conversation)) == 2


async def test_somebody_elses_conversation_does_not_exist(house: House) -> None:
    """A visitor who knows a conversation's id still cannot write into it."""
    conversation = await house.open()
    with pytest.raises(NotFound):
        await house.say(conversation, "hi", "foreign-1", user="visitor:2")


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\u200b\ufeff", "\n\t"])
async def test_an_empty_message_is_refused(house: House, text: str) -> None:
    """Nothing to read is nothing to store."""
    conversation = await house.open()
    with pytest.raises(BadInput):
        await house.say(conversation, text, "empty---1")
    assert await house.texts(conversation) == []


async def test_a_text_is_never_a_command(house: House) -> None:
    """A leading slash reaches the brain as text, not as an intent."""
    conversation = await house.open()
    await house.say(conversation, "/restart", "slash---1")
    await house.until(conversation, 2)
    assert (house.brain.turns[0].text, house.brain.turns[0].intent) == ("/restart", None)


async def test_a_pressed_button_carries_what_the_brain_offered(house: House) -> None:
    """The client names a button by place; its parse comes from our own log."""
    reply = QuickReply("查积分", intent="ask_points", entities={"a": 1})
    house.brain.behave = lambda _turn: Answer((Content("选吧", quick_replies=(reply,)),), None, ())
    conversation = await house.open()
    await house.say(conversation, "你好", "button--1")
    await house.until(conversation, 2)
    press = InboundMessage("web", "default", ChannelUser("visitor:1"), "button--2", choice=Choice(2, 0))
    await house.service.receive(press, conversation)
    texts = await house.until(conversation, 4)
    assert texts[2] == "查积分"
    assert (house.brain.turns[1].intent, house.brain.turns[1].entities) == ("ask_points", {"a": 1})
    missing = InboundMessage("web", "default", ChannelUser("visitor:1"), "button--3", choice=Choice(2, 5))
    with pytest.raises(BadInput):
        await house.service.receive(missing, conversation)


async def test_another_process_takes_up_what_a_dead_one_left(database: Database) -> None:
    """A message whose worker died is answered by another one when the lease has run out, once."""
    clock = FakeClock()
    dead = await make_house(database, clock)
    conversation = await dead.open()
    dead.brain.gate.clear()
    await dead.say(conversation, "还在吗", "orphan--1")
    while not dead.brain.turns:
        await asyncio.sleep(0.01)
    await dead.turns._tasks.close()  # pyright: ignore[reportPrivateUsage] - killed: nothing is tidied up

    heir = await make_house(database, clock)
    heir.turns.start()
    try:
        await asyncio.sleep(0.2)
        assert await heir.texts(conversation) == ["还在吗"]
        clock.advance(turns_module.LEASE + timedelta(seconds=1))
        assert await heir.until(conversation, 2) == ["还在吗", "echo: 还在吗"]
    finally:
        await heir.close()


async def test_a_process_that_stops_leaves_its_conversations_at_once(database: Database) -> None:
    """After an orderly stop the next process need not wait for the lease."""
    clock = FakeClock()
    old = await make_house(database, clock)
    conversation = await old.open()
    old.brain.gate.clear()
    await old.say(conversation, "还在吗", "orderly-1")
    while not old.brain.turns:
        await asyncio.sleep(0.01)
    await old.close()
    heir = await make_house(database, clock)
    heir.turns.start()
    try:
        assert await heir.until(conversation, 2) == ["还在吗", "echo: 还在吗"]
    finally:
        await heir.close()


async def test_two_processes_never_answer_the_same_message(database: Database) -> None:
    """Two servers on one database, told of the same messages, answer each exactly once."""
    one, two = await make_house(database), await make_house(database)
    one.turns.start()
    two.turns.start()
    try:
        conversation = await one.open()
        for n in range(6):
            await (one, two)[n % 2].say(conversation, f"第{n}条", f"shared--{n}")
            one.turns.notify(conversation)
            two.turns.notify(conversation)
        texts = await one.until(conversation, 12)
        assert sorted(text for text in texts if text.startswith("echo")) == [
            f"echo: 第{n}条" for n in range(6)
        ]
    finally:
        await one.close()
        await two.close()


async def test_what_another_process_appends_reaches_the_listeners(database: Database) -> None:
    """A listener here hears of a message that a different process answered."""
    here, there = await make_house(database), await make_house(database)
    here.hub.start()
    there.turns.start()
    try:
        conversation = await here.open()
        await there.say(conversation, "你好", "elsewher1")
        await there.until(conversation, 2)
        async with asyncio.timeout(30):
            while not here.heard or here.heard[-1].seq < 2:
                await asyncio.sleep(0.05)
    finally:
        await here.close()
        await there.close()


async def test_what_waits_already_is_taken_before_the_customers_next_message(house: House) -> None:
    """An event that another process put into the log comes first, though this process never heard of it."""
    conversation = await house.open()
    told = Draft("bot", Content("有一条提醒"), event=Event("EXTERNAL_survey", {}))
    async with house.database.write() as session:
        row = await message_log.locked(session, conversation)
        message_log.append(session, row, [told], system_now())
    await house.say(conversation, "好的", "after---1")
    await house.until(conversation, 4)
    assert [turn.intent or turn.text for turn in house.brain.turns] == ["EXTERNAL_survey", "好的"]
