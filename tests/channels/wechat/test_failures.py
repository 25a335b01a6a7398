"""Each failure in turn: nothing lost, nothing doubled, and the agent sees what was not delivered."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import select, update

from bot.channels.tencent.api import UNREACHABLE
from bot.channels.tencent.models import WxAllowance, WxPart, WxToken
from bot.conversations.models import Message
from bot.files.models import StoredFile
from bot.kit.clock import FakeClock
from bot.kit.errors import BadInput, Held
from bot.messages import Allowance, ChannelUser, Notice
from tests.channels.conftest import APP, PNG, SUBSCRIPTION, Town, close_town, make_town

SEND, TOKEN = "/cgi-bin/message/custom/send", "/cgi-bin/stable_token"
USER = ChannelUser("o-wang")


def sent(town: Town) -> int:
    return sum(path == SEND for path, _ in town.platform.calls)


async def test_with_the_brain_stopped_callbacks_are_acknowledged(town: Town) -> None:
    """The acknowledgement waits for no brain; when it is back, everything is answered."""
    port = town.thinking.port
    await town.thinking.close()
    who = town.official()
    assert await who.say("你好") == 1
    assert await town.texts("customer") == ["你好"]
    town.thinking = TestServer(town.brain.app(), port=port)
    await town.thinking.start_server()
    await town.until(lambda: "echo: 你好" in [line["text"] for line in who.phone.lines])


async def test_with_a_slow_brain_each_message_is_answered_once_in_order(town: Town) -> None:
    """While the brain thinks about the first message the others are acknowledged, and wait their turn."""
    town.brain.gate.clear()
    who = town.official()
    for text in "一二三":
        assert await who.say(text) == 1
    await town.until(lambda: town.brain.asked)
    assert len(town.brain.asked) == 1
    town.brain.gate.set()
    assert await town.shown(who, 3) == ["echo: 一", "echo: 二", "echo: 三"]


async def test_a_platform_that_is_down_for_ten_minutes_loses_nothing(
    tmp_path: Path, database_url: str
) -> None:
    """The answer and an agent's words wait, with a reason the agent sees; then they arrive once, in order."""
    clock = FakeClock()
    town = await make_town(tmp_path, database_url, clock=clock)
    try:
        who = town.official()
        town.platform.down = True
        await who.say("你好")
        await town.until(lambda: town.brain.asked)
        await town.until(lambda: tried(town))
        await town.write("agent", "我来看看")

        async def nothing_due() -> bool:
            first = (await town.log())[1]  # the other one waits behind it
            return first.state == "queued" and (first.next_attempt_at or clock()) > clock()

        for _ in range(20):
            clock.advance(timedelta(seconds=30))
            town.parts.outbox.wake()
            await town.until(nothing_due)
        rows = await town.log()
        assert [row.state for row in rows[1:]] == ["queued", "queued"]
        assert rows[1].problem == UNREACHABLE
        assert 10 <= rows[1].attempts <= 16  # later and later, a minute apart at last
        assert [line for line in who.phone.lines if line["who"] != "me"] == []
        town.platform.down = False
        clock.advance(timedelta(seconds=61))
        town.parts.outbox.wake()
        assert await town.shown(who, 2) == ["echo: 你好", "我来看看"]
        assert await town.states(2) == ["sent", "sent"]
        allowance = await town.parts.outbox.allowance(await town.conversation())
        assert allowance.left == 3  # what did not go out was not counted
        assert len(who.phone.lines) == 3
    finally:
        await close_town(town)


async def tried(town: Town) -> bool:
    """Did a delivery fail, and is it to be tried again?"""
    return any(row.state == "queued" and row.attempts for row in await town.log())


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_token_that_expires_in_flight_is_renewed_once(town: Town, code: int) -> None:
    """The platform rejects the token; another is fetched and the message arrives, once."""
    who = town.official()
    town.platform.faults[SEND].append(code)
    await who.say("你好")
    assert await town.shown(who, 1) == ["echo: 你好"]
    assert await town.states() == ["sent"]
    forced = [body for path, body in town.platform.calls if path == TOKEN and body["force_refresh"]]
    assert (sent(town), len(forced)) == (2, 1)


@pytest.mark.parametrize("kind", ["official", "wecom"])
@pytest.mark.parametrize("code", [40001, 40014, 41001, 42001, 42007])
async def test_a_platform_that_knows_no_token_any_more_is_asked_for_another(
    town: Town, kind: str, code: int
) -> None:
    """The platform started again and refuses what it gave, by whatever code: the next answer arrives all the
    same, and so does the picture."""
    who = town.official() if kind == "official" else town.wecom()
    await who.say("你好")
    await town.shown(who, 1)
    town.platform.tokens.clear()
    town.platform.unknown_token = code
    await who.say("在吗")
    assert await town.shown(who, 2) == ["echo: 你好", "echo: 在吗"]
    town.platform.tokens.clear()
    await who.picture("门.png", PNG)

    async def fetched() -> bool:
        async with town.parts.database.read() as session:
            return await session.scalar(select(StoredFile.state)) == "kept"

    await town.until(fetched)


async def test_many_messages_fetch_one_token(town: Town) -> None:
    """Ten conversations at once: one process fetches, all share."""
    whos = [town.official(f"o-{number}") for number in range(10)]
    for who in whos:
        who.say("你好")
    for who in whos:
        await town.shown(who, 1)
    assert sum(path == TOKEN for path, _ in town.platform.calls) == 1
    async with town.parts.database.read() as session:
        sealed = (await session.scalars(select(WxToken.sealed))).one()
    assert town.platform.tokens[APP][0] not in (sealed or "")


async def test_a_lost_answer_is_unknown_and_not_sent_again(town: Town) -> None:
    """Done, but nobody said so: the message counts as unknown, with words for the agent."""
    who = town.official()
    town.platform.faults["after " + SEND].append("silent")
    await who.say("你好")
    assert await town.states() == ["unknown"]
    assert "不要直接重发" in ((await town.log())[1].problem or "")
    await town.write("agent", "您收到了吗")  # what comes after it goes out; it does not
    assert await town.shown(who, 2) == ["echo: 你好", "您收到了吗"]
    assert sent(town) == 2


async def test_a_sender_that_died_in_a_call_is_not_repeated(town: Town) -> None:
    """A part that was being sent when the process died is unknown, not sent again."""
    who = town.official()
    await who.say("你好")
    assert await town.states() == ["sent"]
    async with town.parts.database.write() as session:
        await session.execute(update(WxPart).values(state="sending"))
        await session.execute(
            update(Message)
            .where(Message.author == "bot")
            .values(state="queued", next_attempt_at=town.parts.clock())
        )
    town.parts.outbox.wake()
    assert await town.states() == ["unknown"]
    assert sent(town) == 1


async def test_a_quota_used_up_holds_and_the_next_word_releases(town: Town) -> None:
    """Five go out; the sixth is held without a call, the agent sees why, and the customer's word sends it."""
    who = town.official()
    await who.say("你好")
    await town.shown(who, 1)
    await town.write("agent", *(f"第{number}条" for number in range(1, 6)))
    await town.shown(who, 5)
    await town.held()
    assert sent(town) == 5
    assert "条数用完" in ((await town.log())[-1].problem or "")
    allowance = await town.parts.outbox.allowance(await town.conversation())
    assert allowance.left == 0
    await who.say("继续说")
    assert "第5条" in (await town.shown(who, 7))


async def test_the_platforms_own_count_is_believed(town: Town) -> None:
    """When the platform says the quota is used up, the meter says so too, and nothing is lost."""
    who = town.official()
    town.platform.faults[SEND].append(45047)
    await who.say("你好")
    await town.held()
    assert (await town.parts.outbox.allowance(await town.conversation())).left == 0
    await who.say("在吗")
    assert await town.shown(who, 2) == ["echo: 你好", "echo: 在吗"]


async def test_a_closed_window_holds(town: Town) -> None:
    """After 48 hours nothing goes out; the customer's word opens the window again."""
    who = town.official()
    await who.say("你好")
    await town.shown(who, 1)
    async with town.parts.database.write() as session:
        await session.execute(
            update(WxAllowance).values(expires_at=town.parts.clock() - timedelta(seconds=1))
        )
    assert await town.parts.outbox.allowance(await town.conversation()) == Allowance(0, None)
    await town.write("agent", "您还在吗")
    await town.held()
    await who.say("在的")
    assert "您还在吗" in await town.shown(who, 3)


@pytest.mark.parametrize(
    ("code", "word"), [(48001, "权限"), (40003, "OpenID"), (45002, "长度"), (99999, "没有收录")]
)
async def test_what_is_refused_says_why(town: Town, code: int, word: str) -> None:
    """A refusal for good is marked with its meaning and its code, and not tried again."""
    who = town.official()
    town.platform.faults[SEND].append(code)
    await who.say("你好")
    assert await town.states() == ["refused"]
    problem = (await town.log())[1].problem or ""
    assert word in problem
    assert str(code) in problem
    assert sent(town) == 1


async def test_an_account_without_menus_gets_numbers(town: Town) -> None:
    """40200: the menu becomes numbered text, and a number answers it; the next one is numbered at once."""
    who = town.official()
    town.platform.faults[SEND].append(40200)
    await who.say("你好")
    assert await town.shown(who, 1) == ["echo: 你好\n\n1. 查积分\n（回复数字选择）"]
    assert await town.states() == ["sent"]
    await who.say("1")
    assert (await town.shown(who, 2))[1].startswith("echo: /ask_points\n\n1. ")
    assert (sent(town), (await town.parts.outbox.allowance(await town.conversation())).left) == (3, 4)


async def test_notices_by_template_and_by_consent(town: Town) -> None:
    """Marketing by a service template is refused here; a subscription needs its consent, one for each."""
    who = town.official()
    await who.say("你好")
    await town.shown(who, 1)
    notices = town.parts.wechat.notices
    values = {"subject": "您的投诉有回复了"}
    with pytest.raises(BadInput):
        await notices.notify(Notice("k0", APP, USER, "complaint-reply", values, "marketing"))
    for _ in range(2):
        await notices.notify(Notice("k1", APP, USER, "complaint-reply", values, "service"))
    assert [line["text"] for line in who.phone.lines].count("您的投诉有回复了") == 1
    offer = Notice("k2", APP, USER, "offer", values, "marketing")
    assert not await notices.may(APP, USER, "offer", "marketing", values)
    with pytest.raises(Held):
        await notices.notify(offer)
    await who.agree(SUBSCRIPTION)
    assert await notices.may(APP, USER, "offer", "marketing", values)
    await notices.notify(offer)
    assert not await notices.may(APP, USER, "offer", "marketing", values)
