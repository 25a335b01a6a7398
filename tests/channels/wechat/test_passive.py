"""Accounts without customer-service messages: the answer stands in the response, the rest is fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from bot.channels.tencent import sentences
from bot.channels.wechat import passive
from tests.channels.conftest import Town, close_town, make_town

ANSWER = "echo: 你好\n\n1. 查积分\n（回复数字选择）"


@pytest.fixture
async def quiet(tmp_path: Path, database_url: str) -> AsyncIterator[Town]:
    made = await make_town(tmp_path, database_url, reply="passive")
    yield made
    await close_town(made)


async def test_a_brain_that_is_late_is_fetched_with_a_word(
    quiet: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the time there is nothing: the customer is told how to fetch it; "继续" is no message."""
    monkeypatch.setattr(passive, "DEADLINE_SECONDS", 0.1)
    port, app = quiet.thinking.port, quiet.brain.app()
    await quiet.thinking.close()
    who = quiet.official()
    await who.say("你好")
    assert await quiet.shown(who, 1) == [sentences.WAIT]
    quiet.thinking = TestServer(app, port=port)
    await quiet.thinking.start_server()
    await quiet.until(lambda: quiet.brain.asked, 20)
    await quiet.until(lambda: _answered(quiet))
    await who.say("继续")
    assert (await quiet.shown(who, 2))[1].endswith(ANSWER)
    assert [asked["text"] for asked in quiet.brain.asked] == ["你好"]


async def _answered(town: Town) -> bool:
    return any(row.content["text"] == "echo: 你好" and row.state == "held" for row in await town.log())


async def test_the_answer_stands_in_the_response(quiet: Town) -> None:
    """Encrypted as the request was; choices are numbered; no call of the platform is made."""
    who = quiet.official()
    assert await who.say("你好") == 1
    assert await quiet.shown(who, 1) == [ANSWER]
    assert await quiet.states() == ["sent"]
    assert quiet.platform.calls == []


async def test_a_repeated_delivery_gets_the_same_answer(quiet: Town) -> None:
    """The answer was lost on its way: the same request is answered the same, and asked once."""
    who = quiet.official()
    for _ in range(2):
        await who.send(MsgType="text", Content="你好", MsgId=42)
    assert await quiet.shown(who, 2) == [ANSWER] * 2
    assert len(quiet.brain.asked) == 1


async def test_what_does_not_fit_is_fetched(quiet: Town) -> None:
    """A long message comes in pieces, in order, nothing lost and nothing twice."""
    who = quiet.official()
    await who.say("你好")
    await quiet.shown(who, 1)
    long = "".join(f"第{number}句话是用来凑长度的。" for number in range(150))
    await quiet.write("agent", long)
    for _ in range(12):
        count = len(who.phone.lines)
        await who.say("继续")
        await quiet.until(lambda count=count: len(who.phone.lines) >= count + 2)
        if sentences.MORE not in who.phone.lines[-1]["text"]:
            break
    texts = [line["text"] for line in who.phone.lines if line["who"] == "them"][1:]
    joined = "".join(text.removesuffix(f"\n{sentences.MORE}") for text in texts).replace("\n\n", "")
    assert joined == long
    assert all(len(text.encode()) <= 2048 for text in texts)
