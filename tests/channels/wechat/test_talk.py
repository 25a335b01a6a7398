"""A customer of an official account talks with the bot, through the real server and the played platform."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversations.greeting import WELCOME
from bot.kit.ids import IdentityId
from bot.messages import Content
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.identities.models import ChannelIdentity
from bot.store.identities.service import verify_by_merchant
from bot.store.points.service import earn
from bot.store.requests.service import Note
from tests.channels.conftest import APP, PNG, Town, close_town, make_town


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_a_question_is_answered_in_every_mode(tmp_path: Path, database_url: str, mode: str) -> None:
    """Plain, compatible and safe mode: acknowledged, asked, answered through the customer-service call."""
    town = await make_town(tmp_path, database_url, mode)
    try:
        who = town.official()
        assert await who.say("我有多少积分") == 1
        assert await town.shown(who, 1) == ["echo: 我有多少积分"]
        told = town.brain.asked[0]["metadata"]
        assert (told["channel"], told["allowance"]["left"]) == ("wechat", 5)
        assert await town.states() == ["sent"]
    finally:
        await close_town(town)


async def test_three_deliveries_make_one_message(town: Town) -> None:
    """The platform delivers again what it believes lost; it is stored and answered once."""
    who = town.official()
    fields = {"MsgType": "text", "Content": "你好", "MsgId": 42}
    town.platform.grant(who.phone, "message")
    for _ in range(3):
        assert await who.send(**fields) == 1
    assert await town.shown(who, 1) == ["echo: 你好"]
    assert await town.texts("customer") == ["你好"]


async def test_a_menus_item_is_the_button_it_stands_for(town: Town) -> None:
    """The answer's quick reply is a menu with a numeric id; a click carries its parse to the brain."""
    who = town.official()
    await who.say("你好")
    await town.shown(who, 1)
    item = who.phone.lines[-1]["items"][0]
    assert item == {"id": "200", "content": "查积分"}
    await who.say(item["content"], menu=item["id"])
    assert (await town.shown(who, 2))[1] == "echo: /ask_points"


async def test_a_bare_number_chooses_too(town: Town) -> None:
    """ "1" after a message with choices is its first choice; any other number is a text."""
    who = town.official()
    await who.say("你好")
    assert await town.states() == ["sent"]
    await who.say("１")
    assert (await town.shown(who, 2))[1] == "echo: /ask_points"
    await who.say("7")
    assert (await town.shown(who, 3))[2] == "echo: 7"


async def test_a_choice_that_is_no_longer_offered_is_its_text(town: Town) -> None:
    """An old menu still works as what it says."""
    who = town.official()
    await who.say("查积分", menu="9900")
    assert await town.shown(who, 1) == ["echo: 查积分"]


async def test_what_is_no_text_becomes_text_where_it_can(town: Town) -> None:
    """Location, link, recognised voice and emoticon codes reach the bot in words."""
    who = town.official()
    town.platform.grant(who.phone, "message")
    await who.send(MsgType="location", Location_X="31.2", Location_Y="121.4", Label="上海市静安区", MsgId=1)
    await who.send(MsgType="link", Title="保温杯", Description="好用", Url="https://x.cn/1", MsgId=2)
    await who.voice("我的余额还有多少")
    await who.say("谢谢/:rose")
    texts = [
        "我的位置：上海市静安区（31.2,121.4）",
        "分享链接：保温杯\n好用\nhttps://x.cn/1",
        "我的余额还有多少",
        "谢谢[玫瑰]",
    ]
    await town.until(lambda: len(town.brain.asked) == 4)
    assert [asked["text"] for asked in town.brain.asked] == texts


async def test_a_picture_is_kept_and_answered_kindly(town: Town) -> None:
    """The picture is fetched, checked and stored; the customer is asked for words, without a turn."""
    who = town.official()
    await who.picture("x.png", PNG)
    assert "图片收到了" in (await town.shown(who, 1))[0]
    row = (await town.log())[0]
    assert (row.content["text"], row.content["card"]) == ("[图片]", "file")
    file = row.content["data"]["id"]

    async def kept() -> bool:
        found = await town.parts.files.find(file)
        return found is not None and found.state == "kept"

    await town.until(kept)
    ref, data = await town.parts.files.read(file)
    assert (ref.content_type, data) == ("image/png", PNG)
    assert town.brain.asked == []


async def test_what_is_no_picture_is_not_kept(town: Town) -> None:
    """A program that calls itself a picture is refused, and the customer still gets an answer."""
    who = town.official()
    await who.picture("x.png", b"MZ\x90\x00 program")
    await town.shown(who, 1)
    file = (await town.log())[0].content["data"]["id"]

    async def missing() -> bool:
        found = await town.parts.files.find(file)
        return found is not None and found.state == "missing"

    await town.until(missing)


async def test_voice_without_recognition_and_strange_types(town: Town) -> None:
    """What nobody can read is answered with a kind request to type."""
    who = town.official()
    await who.voice("")
    assert "没听清" in (await town.shown(who, 1))[0]
    await who.send(MsgType="dancing", MsgId=9)
    assert "打字" in (await town.shown(who, 2))[1]
    await who.say("  \u200b ")
    assert "打字" in (await town.shown(who, 3))[2]


async def test_following_is_welcomed_and_its_scene_is_kept(town: Town) -> None:
    """Who follows by a QR code is greeted, also with the brain stopped; the scene stands in the log."""
    await town.thinking.close()
    who = town.official()
    await who.follow("shop-12")
    assert await town.shown(who, 1) == [WELCOME]
    titles = [item["content"] for item in who.phone.lines[-1]["items"]]
    assert titles == ["我有多少积分", "查一下余额", "我的投诉到哪一步了"]
    row = (await town.log())[0]
    assert row.content["event"] == {"kind": "subscribe", "scene": "shop-12"}


async def test_a_known_follower_is_greeted_with_what_presses(town: Town) -> None:
    """Proved: the first button is about their own points, without a figure. After unfollowing: nobody's."""
    who = town.official()
    await who.say("你好")
    await town.shown(who, 1)
    now = town.parts.clock()
    async with town.parts.database.write() as session:
        customer = await add_customer(session, NewCustomer("王小明", member_number="HM10000017"), now)
        await earn(session, customer, 800, Note("points", now, "test"), now + timedelta(days=7))
        identity = await session.scalar(select(ChannelIdentity.id))
        assert identity is not None
        await verify_by_merchant(session, IdentityId(identity), "HM10000017", now)
    await who.event("SCAN", EventKey="shop-12")
    await town.shown(who, 2)
    item = who.phone.lines[-1]["items"][0]
    assert item["content"] == "快到期的积分"
    await who.say(item["content"], menu=item["id"])
    assert (await town.shown(who, 3))[2] == "echo: /ask_points_expiry"
    await who.leave()
    await who.follow()
    await town.shown(who, 4)
    assert who.phone.lines[-1]["items"][0]["content"] == "我有多少积分"


async def test_unfollowing_stops_everything(town: Town) -> None:
    """Nothing more is sent, nothing may be sent, and the identity is nobody's."""
    who = town.official()
    await who.say("你好")
    await town.shown(who, 1)
    await who.leave()
    conversation = (await town.log())[0].conversation_id
    allowance = await town.parts.outbox.allowance(conversation)  # pyright: ignore[reportArgumentType]
    assert (allowance.left, allowance.reachable) == (0, False)
    assert len(town.brain.asked) == 1


async def test_a_menu_button_says_what_it_carries(town: Town) -> None:
    """The account's menu: a button with a parse goes to the brain as that intent."""
    who = town.official()
    await who.press('{"say":"我的积分","intent":"ask_points"}')
    assert await town.shown(who, 1) == ["echo: /ask_points"]
    await who.press("营业时间")
    assert (await town.shown(who, 2))[1] == "echo: 营业时间"


async def test_unbinding_needs_no_brain(town: Town) -> None:
    """ "解绑" is done by the house and confirmed in a sentence."""
    who = town.official()
    await who.say("解绑")
    assert await town.shown(who, 1) == ["您现在没有绑定会员，不需要解除。"]
    assert town.brain.asked == []


async def test_a_long_answer_is_split_and_a_picture_is_uploaded(town: Town) -> None:
    """Beyond 2048 bytes an answer is cut at sentences; an agent's picture goes out as a picture."""
    from bot.conversations import log as message_log
    from bot.conversations.log import Draft
    from bot.kit.ids import ConversationId

    who = town.official()
    await who.say("你好")
    await town.shown(who, 1)
    conversation = ConversationId((await town.log())[0].conversation_id)
    ref = await town.parts.files.keep("图.png", PNG)
    long = "这是一句用来凑长度的话，后面还有很多。" * 60
    card = Content("[图片] 图.png", card="file", data={"id": ref.id, "content_type": ref.content_type})
    async with town.parts.database.write() as session:
        row = await message_log.locked(session, conversation)
        drafts = [Draft("bot", Content(long)), Draft("bot", card)]
        message_log.append(session, row, drafts, town.parts.clock())
    town.parts.outbox.wake()
    await town.until(lambda: any(line.get("type") == "image" for line in who.phone.lines))
    texts = [line["text"] for line in who.phone.lines if line["who"] == "them"][1:-1]
    assert "".join(texts) == long
    assert all(len(text.encode()) <= 2048 and text.endswith("。") for text in texts)
    assert town.platform.media[who.phone.lines[-1]["media"]][1] == PNG


async def test_the_address_is_verified(town: Town) -> None:
    """GET gives the echo back for a good signature, and nothing for another."""
    from aiohttp import ClientSession

    from bot.channels.wechat_platform.callbacks import signed

    account = town.platform.accounts[APP]
    query = signed(account, town.platform.clock()) | {"echostr": "5837397576500011341"}
    async with ClientSession() as http:
        async with http.get(account.callback, params=query) as answer:
            assert (answer.status, await answer.text()) == (200, "5837397576500011341")
        async with http.get(account.callback, params=query | {"signature": "0" * 40}) as answer:
            assert answer.status == 403
        async with http.get(account.callback.replace("main", "other"), params=query) as answer:
            assert answer.status == 404


async def test_who_waits_sees_that_an_answer_is_written(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the bot takes long the phone shows "typing"; a quick answer makes no such call."""
    from bot.conversations import typing

    who = town.official()
    await who.say("快")
    await town.shown(who, 1)
    assert not [path for path, _ in town.platform.calls if path.endswith("/typing")]
    monkeypatch.setattr(typing, "NOTICED_SECONDS", 0.1)
    await town.thinking.close()
    await who.say("慢")
    await town.until(lambda: who.phone.typing)
