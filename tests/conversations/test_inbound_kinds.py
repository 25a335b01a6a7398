"""Messages that are no plain text: files, buttons that carry their parse, events, and leaving."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.kit.clock import system_now
from bot.kit.ids import ConversationId, IdentityId
from bot.messages import ChannelUser, Content, FileRef, InboundMessage, Visitor
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.identities.service import access, bind, ensure_identity
from tests.conversations.conftest import House
from tests.conversations.test_turns import take_over

USER = ChannelUser("visitor:1")
PICTURE = FileRef("f-1", "图.png", "image/png", 9, "/api/files/f-1?s=x")


def inbound(id_: str, **parts: object) -> InboundMessage:
    return InboundMessage("web", "default", USER, id_, **parts)  # pyright: ignore[reportArgumentType]


async def test_what_the_bot_cannot_read_is_answered_at_once(house: House) -> None:
    """A picture gets its ready answer, without a turn, also while the brain is down."""
    conversation = await house.open()
    house.brain.up.clear()
    message = inbound("p1", text="[图片]", file=PICTURE, answer=Content("请打字。"))
    await house.service.receive(message, conversation)
    await house.service.receive(message, conversation)
    logged = await house.service.since(conversation, 0)
    assert [each.content.text for each in logged] == ["[图片]", "请打字。"]
    assert logged[0].content.card == "file"
    assert logged[0].content.data["url"] == PICTURE.url
    assert [each.content.card for each in house.heard] == ["file", None]
    assert house.brain.turns == []


async def test_an_agent_answers_pictures_alone(house: House) -> None:
    """While a person has the conversation, the house says nothing of its own."""
    conversation = await house.open()
    await take_over(house, conversation)
    await house.service.receive(
        inbound("p1", text="[图片]", file=PICTURE, answer=Content("请打字。")), conversation
    )
    assert await house.texts(conversation) == ["[图片]"]


async def test_a_silent_message_does_not_hold_up_the_next(house: House) -> None:
    """An event that is only kept takes no turn, and leaves the next message its own."""
    conversation = await house.open()
    await house.service.receive(
        inbound("e1", text="取消了关注", event={"kind": "unsubscribe"}, silent=True), conversation
    )
    await house.say(conversation, "你好", "again---1")
    assert await house.until(conversation, 3) == ["取消了关注", "你好", "echo: 你好"]


async def test_a_button_carries_its_parse(house: House) -> None:
    """A menu's button reaches the brain as the intent it stands for."""
    conversation = await house.open()
    await house.service.receive(
        inbound("b1", text="我的积分", intent="ask_points", entities={"a": 1}), conversation
    )
    assert (await house.until(conversation, 2))[1] == "echo: /ask_points"
    assert house.brain.turns[0].entities == {"a": 1}


async def test_the_first_message_opens_the_conversation(house: House) -> None:
    """A channel need not open anything; many first messages at once end in one conversation."""
    await asyncio.gather(*(house.service.receive(inbound(f"m{n}", text=str(n))) for n in range(5)))
    opened = await house.service.open(Visitor("web", "default", USER))
    assert opened.last_seq >= 5


async def test_who_is_forgotten_must_prove_themselves_again(house: House) -> None:
    """After unbinding there is no customer behind the identity, and a second time changes nothing."""
    conversation: ConversationId = await house.open()
    now = system_now()
    async with house.database.write() as session:
        customer_id = await add_customer(session, NewCustomer("王小明", None), now)
        identity = await ensure_identity(session, "web", "default", USER, now)
        await bind(session, identity, customer_id, "code", now, timedelta(hours=1))
    assert await house.service.forget("web", "default", USER)
    async with house.database.read() as session:
        found = await access(session, IdentityId(identity), now)
    assert (found.customer_id, found.verified) == (None, False)
    state = await house.service.state(conversation)
    assert state is not None
    assert not state.verified
    assert not await house.service.forget("web", "default", USER)
    assert not await house.service.forget("web", "default", ChannelUser("nobody"))
