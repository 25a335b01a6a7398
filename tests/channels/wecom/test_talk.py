"""A WeChat user talks with the company's customer service: the real server, and a played platform."""

from __future__ import annotations

from aiohttp import ClientSession
from sqlalchemy import select
from wechatpy.crypto import PrpCrypto, WeChatCrypto

from bot.channels.tencent.sending import part_id
from bot.channels.wechat_platform.callbacks import signed
from bot.channels.wecom.models import WxKfCursor
from bot.conversations.greeting import WELCOME
from tests.channels.conftest import CORP, PNG, Town

SEND, SYNC = "/cgi-bin/kf/send_msg", "/cgi-bin/kf/sync_msg"


async def test_a_wrong_signature_is_refused_and_a_good_one_answered(town: Town) -> None:
    """GET decrypts the echo; an altered signature or echo gets nothing."""
    account = town.platform.accounts[CORP]
    crypto = WeChatCrypto(account.token, account.aes_key, account.id)
    echo = PrpCrypto(crypto.key).encrypt("1616140317555161061", account.id).decode()
    query = signed(account, town.platform.clock(), echo) | {"echostr": echo}
    async with ClientSession() as http:
        async with http.get(account.callback, params=query | {"msg_signature": "0" * 40}) as answer:
            assert answer.status == 403
        async with http.get(account.callback, params=query | {"echostr": echo[:-4] + "AAA="}) as answer:
            assert answer.status == 403
        async with http.get(account.callback, params=query) as answer:
            assert (answer.status, await answer.text()) == (200, "1616140317555161061")


async def test_a_question_is_answered_in_the_bots_state(town: Town) -> None:
    """A message is pulled, the session becomes the bot's, the answer arrives under our own msgid."""
    who = town.wecom()
    assert await who.say("我有多少积分") == 1
    assert await town.shown(who, 1) == ["echo: 我有多少积分"]
    assert who.phone.session == 1
    answer = (await town.log())[1]
    assert list(town.platform.sent_ids) == [part_id(answer.id, 0)]
    assert await town.states() == ["sent"]


async def test_a_menus_click_carries_its_parse(town: Town) -> None:
    """Quick replies are a menu; the item's id comes back and is the button."""
    who = town.wecom()
    await who.say("你好")
    await town.shown(who, 1)
    item = who.phone.lines[-1]["items"][0]
    await who.say(item["content"], menu=item["id"])
    assert (await town.shown(who, 2))[1] == "echo: /ask_points"


async def test_opening_the_chat_is_welcomed_once(town: Town) -> None:
    """With a welcome code the bot greets; opening again within 48 hours brings none, and nothing is said."""
    who = town.wecom()
    await who.enter("shop")
    assert await town.shown(who, 1) == [WELCOME]
    assert len(who.phone.lines[0]["items"]) == 3
    await who.enter("shop")
    await who.say("你好")
    assert await town.shown(who, 2) == [WELCOME, "echo: 你好"]
    assert [row.content["event"]["scene"] for row in await town.log() if "event" in row.content] == [
        "shop"
    ] * 2


async def test_pages_empty_pages_and_a_kept_cursor(town: Town) -> None:
    """Many messages come page by page, also behind an empty page; afterwards the cursor is kept."""
    who = town.wecom()
    sync = town.platform.log[CORP]
    for number in range(30):
        who.say(str(number), call=False)
    await who.tell()
    await town.until(lambda: len(town.brain.asked) == 30)
    assert [asked["text"] for asked in town.brain.asked] == [str(number) for number in range(30)]

    await town.until(lambda: pulled(town))
    async with town.parts.database.read() as session:
        assert await session.scalar(select(WxKfCursor.cursor)) == f"cur-{len(sync)}"


async def test_a_callbacks_token_that_is_not_good_any_more(town: Town) -> None:
    """Without a good token the messages are pulled without one."""
    town.platform.faults[SYNC].append(95007)
    who = town.wecom()
    await who.say("你好")
    assert await town.shown(who, 1) == ["echo: 你好"]


async def test_a_silent_platform_is_asked_again_with_the_same_id(town: Town) -> None:
    """send_msg knows the msgid again: after a lost answer the message is sent again and arrives once."""
    town.platform.faults["after " + SEND].append("silent")
    who = town.wecom()
    await who.say("你好")
    assert await town.states() == ["sent"]
    assert [line["text"] for line in who.phone.lines if line["who"] == "them"] == ["echo: 你好"]
    assert sum(path == SEND for path, _ in town.platform.calls) == 2


async def test_a_message_that_failed_later_is_marked(town: Town) -> None:
    """errcode 0 does not mean delivered: the fail event marks the message, in words for the agent."""
    who = town.wecom()
    await who.say("你好")
    await town.shown(who, 1)
    assert await town.states() == ["sent"]
    await who.fails(next(iter(town.platform.sent_ids)), 10)

    async def refused() -> bool:
        return (await town.log())[1].state == "refused"

    await town.until(refused)
    assert (await town.log())[1].problem == "没有送达客户：客户拒收。"


async def test_while_a_colleague_has_the_session_nothing_is_sent(town: Town) -> None:
    """In state 3 the API may not send: the message is held, and goes out when the customer writes again."""
    who = town.wecom()
    who.phone.session = 3
    await who.say("你好")

    await town.held()
    assert "企业微信里的同事" in ((await town.log())[1].problem or "")
    who.phone.session = 4
    await who.say("还在吗")
    assert await town.shown(who, 2) == ["echo: 你好", "echo: 还在吗"]


async def test_after_five_messages_the_rest_waits(town: Town) -> None:
    """The sixth message is held by the meter, without a call that would be refused."""
    who = town.wecom()
    await who.say("你好")
    await town.shown(who, 1)
    await town.write("agent", *(f"第{n}条" for n in range(1, 7)))
    await town.shown(who, 5)
    await town.held()
    states = [row.state for row in await town.log() if row.author == "agent"]
    assert states == ["sent"] * 4 + ["held", "queued"]
    assert sum(path == SEND for path, _ in town.platform.calls) == 5
    await who.say("收到")
    await town.shown(who, 7)
    assert [line["text"] for line in who.phone.lines if line["who"] == "them"][5:7] == ["第5条", "第6条"]


async def test_pictures_both_ways(town: Town) -> None:
    """A customer's picture is kept."""
    who = town.wecom()
    await who.picture("x.png", PNG)
    assert "图片收到了" in (await town.shown(who, 1))[0]
    file = (await town.log())[0].content["data"]["id"]

    async def kept() -> bool:
        found = await town.parts.files.find(file)
        return found is not None and found.state == "kept"

    await town.until(kept)


async def test_two_servers_pull_each_message_once(town: Town) -> None:
    """Two processes race for the same account: no message is stored twice, none is lost."""
    from bot.channels.tencent.api import Http
    from bot.channels.tencent.counters import Counters
    from bot.channels.wecom.channel import WecomChannel
    from bot.server_wechat import accounts_of

    parts, http = town.parts, Http()
    http.start()
    second = WecomChannel(
        accounts_of(town.settings).wecom,
        parts.database, parts.clock, parts.conversations, parts.outbox, parts.files, http, Counters(),
    )  # fmt: skip
    second.start()
    try:
        whos = [town.wecom(f"wm-{n}") for n in range(4)]
        for number in range(10):
            for who in whos:
                who.say(f"{who.user} {number}")
        await town.until(lambda: len(town.brain.asked) >= 40)
        await town.until(lambda: pulled(town))
        asked = [call["text"] for call in town.brain.asked]
        assert len(asked) == len(set(asked)) == 40
        for who in whos:
            mine = [text for text in asked if text.startswith(f"{who.user} ")]
            assert mine == [f"{who.user} {number}" for number in range(10)]
    finally:
        await second.close()
        await http.close()


async def pulled(town: Town) -> bool:
    """Is there nothing more to pull, and nobody pulling?"""
    async with town.parts.database.read() as session:
        rows = list(await session.scalars(select(WxKfCursor)))
    return all(row.due_at is None and row.lease is None for row in rows)


async def put_off(town: Town) -> bool:
    """Did a pull fail, and is it to be tried again later?"""
    async with town.parts.database.read() as session:
        row = (await session.scalars(select(WxKfCursor))).one()
    return not town.platform.faults[SYNC] and row.due_at is not None and row.lease is None


async def test_a_restart_goes_on_where_it_was(town: Town) -> None:
    """What was acknowledged and not pulled when the process died is pulled by the next one."""
    who = town.wecom()
    await who.say("一")
    await town.shown(who, 1)
    town.platform.faults[SYNC].append("http503")
    await who.say("二")
    await town.until(lambda: put_off(town))
    await town.restart()
    async with town.parts.database.write() as session:
        row = (await session.scalars(select(WxKfCursor))).one()
        row.due_at = town.parts.clock()
    assert (await town.shown(who, 2))[1] == "echo: 二"
    assert await town.texts("customer") == ["一", "二"]
