"""Parts fall over: the customer gets an honest sentence, the message is kept, and it is answered later."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

import aiohttp
import pytest

from tests.acceptance.customer import Customer, Frame
from tests.acceptance.facts import Cast
from tests.acceptance.house import DemoCustomer, House

MAKE = Callable[..., Customer]
HONEST_WITHIN = 10.0


async def signed_in(house: House, make: MAKE, customer: DemoCustomer) -> Customer:
    """A customer whom the merchant's site has signed in."""
    url = f"{house.url}/api/demo/user-token"
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, json={"member_number": customer.member_number}) as answer,
    ):
        one = make(user_token=(await answer.json())["token"])
    assert (await one.connect(since=0))["verified"]
    return one


async def card_after(one: Customer, seq: int, kind: str, patience: float = 30.0) -> Frame:
    """The first card of this kind after message `seq`."""
    frame = await one.until(
        lambda frame: (
            frame["type"] == "message"
            and frame["message"]["seq"] > seq
            and frame["message"].get("card") == kind
        ),
        patience,
    )
    return frame["message"]


@pytest.mark.parametrize("part", ["brain", "actions"])
async def test_a_dead_part_gives_an_honest_sentence_and_then_the_answer(
    house: House, connect: MAKE, cast: Cast, part: str
) -> None:
    """The message that came while the part was dead is acknowledged, apologised for, and answered."""
    one = await signed_in(house, connect, await cast.next())
    async with house.down(part):
        began = time.monotonic()
        seq = await one.say("我有多少积分")
        honest = await one.answer_after(seq, HONEST_WITHIN)
        assert time.monotonic() - began < HONEST_WITHIN
        assert "收到" in honest["text"]
        assert honest.get("card") is None
        assert not any(message.get("card") for message in one.messages() if message["seq"] > seq)
    assert (await card_after(one, seq, "points"))["data"]["total"] >= 0


async def test_a_crashed_brain_comes_back_by_itself_and_keeps_the_form(
    house: House, visitor: Customer, cast: Cast
) -> None:
    """Killed between the phone number and the code, the bot still knows what was asked."""
    me = await cast.next()
    await visitor.ask("我有多少积分")
    await visitor.ask(me.phone)
    house.supervisor.kill("brain")
    seq = await visitor.say(await house.newest_code(me.phone))
    assert await card_after(visitor, seq, "points")
    await house.supervisor.until_ready("brain")


async def test_a_restarted_server_goes_on_where_it_was(house: House, visitor: Customer, cast: Cast) -> None:
    """Sequence numbers, history and the half-filled form survive; the same token is still good."""
    me = await cast.next(complaint=True)
    await visitor.ask("我卡里还有多少钱")
    await visitor.ask(me.phone)
    before = visitor.messages()
    house.supervisor.kill("server")
    await house.supervisor.until_ready("server")
    await visitor.disconnect()
    visitor.frames.clear()
    await visitor.connect(since=0)
    seq = await visitor.say(await house.newest_code(me.phone))
    assert visitor.messages()[: len(before)] == before
    assert await card_after(visitor, seq, "balance")


async def test_a_message_acknowledged_just_before_the_server_died_is_answered(
    house: House, visitor: Customer
) -> None:
    """An acknowledgement is a promise."""
    async with house.down("brain"):
        seq = await visitor.say("你好")
        house.supervisor.kill("server")
        await house.supervisor.until_ready("server")
    await visitor.disconnect()
    await visitor.connect()
    answers = await visitor.until(
        lambda frame: (
            frame["type"] == "message"
            and frame["message"]["seq"] > seq
            and frame["message"]["author"] == "bot"
            and "收到" not in frame["message"]["text"]
            and "让您久等" not in frame["message"]["text"]
        ),
        30,
    )
    assert answers["message"]["text"]


async def test_nothing_acknowledged_is_lost_whatever_is_killed(house: House, connect: MAKE) -> None:
    """Parts are killed at random while three customers talk.

    Each acknowledged message is kept once, in order, and the last one is answered.
    """
    chance = random.Random(20261122)
    talkers = [connect() for _ in range(3)]
    for talker in talkers:
        await talker.connect(since=0)
    stop = asyncio.Event()

    async def kill_now_and_then() -> None:
        while not stop.is_set():
            await asyncio.sleep(chance.uniform(0.5, 1.5))
            name = chance.choice(["server", "brain", "actions"])
            await house.supervisor.until_ready(name)
            house.supervisor.kill(name)

    async def talk(talker: Customer, sentences: list[str]) -> dict[str, int]:
        """Send each sentence until it is acknowledged, as the widget does."""
        acknowledged: dict[str, int] = {}
        for number, sentence in enumerate(sentences):
            client_id = f"sentence-{number:04d}"
            while client_id not in acknowledged:
                try:
                    acknowledged[client_id] = await asyncio.wait_for(talker.say(sentence, client_id), 3)
                except (TimeoutError, ConnectionError, aiohttp.ClientError):
                    await again(talker)
            await asyncio.sleep(0.3)
        return acknowledged

    killer = asyncio.create_task(kill_now_and_then())
    sentences = ["你好", "你能做什么", "谢谢", "好的", "在吗", "再见", "你好", "谢谢"]
    try:
        results = await asyncio.gather(*(talk(talker, sentences) for talker in talkers))
    finally:
        stop.set()
        await killer
    for name in ("server", "brain", "actions"):
        await house.supervisor.until_ready(name)
    for talker, acknowledged in zip(talkers, results, strict=True):
        await check_history(talker, acknowledged)


async def again(talker: Customer) -> None:
    """Connect again, as often as it takes."""
    await talker.disconnect()
    for _ in range(100):
        try:
            await talker.connect()
        except (TimeoutError, ConnectionError, aiohttp.ClientError):
            await asyncio.sleep(0.2)
        else:
            return
    raise AssertionError("The server did not come back.")


async def check_history(talker: Customer, acknowledged: dict[str, int]) -> None:
    await talker.disconnect()
    talker.frames.clear()
    await talker.connect(since=0)
    last = max(acknowledged.values())
    await talker.answer_after(last, 40)
    own = {
        message["client_id"]: message["seq"]
        for message in talker.messages()
        if message["author"] == "customer"
    }
    assert own == acknowledged
    assert list(own.values()) == sorted(own.values())
    seqs = [message["seq"] for message in talker.messages()]
    assert seqs == list(range(1, len(seqs) + 1))
