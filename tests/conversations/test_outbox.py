"""The outbox: nothing lost, nothing doubled, in order, and what did not arrive is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversations import delivery
from bot.conversations import log as message_log
from bot.conversations.hub import Hub
from bot.conversations.log import Draft
from bot.conversations.models import Message
from bot.conversations.outbox import Outbox
from bot.conversations.service import ConversationService
from bot.conversations.turns import Turns
from bot.kit.clock import FakeClock
from bot.kit.db import Database
from bot.kit.errors import DeliveryUnknown, Forbidden, Held, Unavailable
from bot.kit.ids import ConversationId
from bot.messages import (
    Allowance,
    Author,
    Channel,
    ChannelUser,
    Content,
    DeliveryChanged,
    OutboundMessage,
    QuickReply,
    Visitor,
)
from tests.conversations.conftest import ObedientBrain

USER = ChannelUser("openid-1")


@dataclass
class Pipe:
    """A channel that pushes: keeps what it delivered, and fails as told."""

    name: Channel = "wechat"
    delivered: list[str] = field(default_factory=list)
    seqs: list[int] = field(default_factory=list)
    behave: Callable[[OutboundMessage], None] | None = None
    left: int | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def deliver(self, message: OutboundMessage) -> None:
        self.asked.set()
        await self.gate.wait()
        if self.behave is not None:
            self.behave(message)
        self.delivered.append(message.content.text)
        self.seqs.append(message.seq)

    async def allowance(self, account: str, user: ChannelUser) -> Allowance:
        return Allowance(self.left)

    async def typing(self, account: str, user: ChannelUser, *, on: bool) -> None:
        return


@dataclass
class Post:
    """An outbox with a pipe, and a hand that queues messages."""

    database: Database
    clock: FakeClock
    hub: Hub
    pipe: Pipe
    outbox: Outbox
    service: ConversationService
    changes: list[DeliveryChanged] = field(default_factory=list)

    async def open(self, user: ChannelUser = USER) -> ConversationId:
        conversation = (await self.service.open(Visitor("wechat", "wx1", user))).conversation

        def hear(event: object) -> None:
            if isinstance(event, DeliveryChanged):
                self.changes.append(event)

        self.service.subscribe(conversation, hear)
        return conversation

    async def queue(
        self, conversation: ConversationId, *contents: Content | str, author: Author = "bot"
    ) -> None:
        drafts = [Draft(author, Content(each) if isinstance(each, str) else each) for each in contents]
        async with self.database.write() as session:
            row = await message_log.locked(session, conversation)
            message_log.append(session, row, drafts, self.clock())

    async def wrote(self) -> bool:
        """The customer wrote; was something held?"""
        async with self.database.write() as session:
            return await self.outbox.resume(session, "wechat", "wx1", USER)

    async def states(self) -> list[str]:
        async with self.database.read() as session:
            return list(await session.scalars(select(Message.state).order_by(Message.seq)))

    async def problems(self) -> list[str | None]:
        async with self.database.read() as session:
            return list(await session.scalars(select(Message.problem).order_by(Message.seq)))

    async def deliver_all(self) -> None:
        while await self.outbox.deliver_due():
            pass


def always(error: Exception) -> Callable[[OutboundMessage], None]:
    def fail(_message: OutboundMessage) -> None:
        raise error

    return fail


@pytest.fixture
async def post(database: Database) -> AsyncIterator[Post]:
    clock = FakeClock()
    hub = Hub(database)
    pipe = Pipe()
    turns = Turns(database, ObedientBrain(), hub, clock, honest_after_seconds=1)
    service = ConversationService(database, turns, hub, clock, max_text=2000)
    made = Post(database, clock, hub, pipe, Outbox(database, [pipe], clock, hub), service)
    yield made
    await made.outbox.close()


async def test_a_refused_message_is_marked_and_the_next_goes_out(post: Post) -> None:
    """What the platform refuses for good is not tried again, and its reason is kept for the agent."""
    conversation = await post.open()

    def refuse(message: OutboundMessage) -> None:
        if message.content.text == "坏":
            raise Forbidden("对方拒收。")

    post.pipe.behave = refuse
    await post.queue(conversation, "坏", "好")
    await post.deliver_all()
    assert post.pipe.delivered == ["好"]
    assert await post.states() == ["refused", "sent"]
    assert await post.problems() == ["对方拒收。", None]
    assert post.changes[0] == DeliveryChanged(1, "refused", "对方拒收。")


async def test_a_platform_that_does_not_say_is_not_asked_twice(post: Post) -> None:
    """After a time-out the message is unknown, never sent again, and the next one goes out."""
    conversation = await post.open()
    post.pipe.behave = always(DeliveryUnknown("没有回音。"))
    await post.queue(conversation, "一")
    await post.deliver_all()
    post.pipe.behave = None
    await post.queue(conversation, "二")
    post.clock.advance(timedelta(hours=1))
    await post.deliver_all()
    assert post.pipe.delivered == ["二"]
    assert await post.states() == ["unknown", "sent"]


async def test_a_platform_that_is_down_loses_nothing(post: Post) -> None:
    """For ten minutes nothing goes through; then everything does, in order, within a minute."""
    conversation = await post.open()
    post.pipe.behave = always(Unavailable("down"))
    await post.queue(conversation, "一", "二")
    for _ in range(60):
        await post.deliver_all()
        post.clock.advance(timedelta(seconds=10))
    assert post.pipe.delivered == []
    assert await post.states() == ["queued", "queued"]
    post.pipe.behave = None
    post.clock.advance(timedelta(minutes=1))
    await post.deliver_all()
    assert post.pipe.delivered == ["一", "二"]
    assert await post.problems() == [None, None]


async def test_what_is_held_goes_out_when_the_customer_writes(post: Post) -> None:
    """A closed window keeps the message and those behind it; the customer's next word opens it."""
    conversation = await post.open()
    post.pipe.behave = always(Held("要等客户再发消息。"))
    await post.queue(conversation, "一", "二")
    await post.deliver_all()
    assert await post.states() == ["held", "queued"]
    assert post.changes[-1] == DeliveryChanged(1, "held", "要等客户再发消息。")
    post.pipe.behave = None
    post.clock.advance(timedelta(minutes=5))
    await post.deliver_all()
    assert post.pipe.delivered == []
    assert await post.wrote()
    await post.deliver_all()
    assert post.pipe.delivered == ["一", "二"]
    assert not await post.wrote()


async def test_what_is_held_too_long_is_refused(post: Post) -> None:
    """After two days a held message would only puzzle: it is refused, and the agent can see that."""
    conversation = await post.open()
    post.pipe.behave = always(Held("要等客户再发消息。"))
    await post.queue(conversation, "一")
    await post.deliver_all()
    post.pipe.behave = None
    post.clock.advance(delivery.HOLD + timedelta(minutes=1))
    await post.wrote()
    await post.deliver_all()
    assert post.pipe.delivered == []
    assert (await post.states(), await post.problems()) == (["refused"], [delivery.TOO_LATE])


async def test_who_left_gets_nothing_more(post: Post) -> None:
    """When a customer unfollows, what waited for them is refused; others keep theirs."""
    mine = await post.open()
    other = await post.open(ChannelUser("openid-2"))
    await post.queue(mine, "一")
    await post.queue(other, "二")
    await post.outbox.drop("wechat", "wx1", USER, "客户已取消关注。")
    await post.deliver_all()
    assert post.pipe.delivered == ["二"]
    assert DeliveryChanged(1, "refused", "客户已取消关注。") in post.changes


async def test_a_message_that_failed_later_is_marked(post: Post) -> None:
    """A platform that took a message and then could not deliver it: the agent sees that."""
    conversation = await post.open()
    await post.queue(conversation, "一")
    await post.deliver_all()
    async with post.database.read() as session:
        id_ = await session.scalar(select(Message.id))
    await post.outbox.failed(str(id_), "客户已拒收。")
    assert (await post.states(), await post.problems()) == (["refused"], ["客户已拒收。"])
    assert post.changes[-1] == DeliveryChanged(1, "refused", "客户已拒收。")


async def test_a_sender_that_died_is_replaced(post: Post) -> None:
    """A claim runs out; the outlet is asked again, and it is the outlet that knows what it had sent."""
    conversation = await post.open()
    await post.queue(conversation, "一", "二")
    post.pipe.gate.clear()
    dying = asyncio.ensure_future(post.outbox.deliver_due())
    await asyncio.wait_for(post.pipe.asked.wait(), 10)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    post.pipe.gate.set()
    assert await post.outbox.deliver_due() == 0
    post.clock.advance(delivery.CLAIM + timedelta(seconds=1))
    await post.deliver_all()
    assert post.pipe.delivered == ["一", "二"]


async def test_two_senders_never_take_the_same_message(post: Post) -> None:
    """Several outboxes at once deliver each message once, each conversation in order."""
    conversations = [await post.open(ChannelUser(f"openid-{n}")) for n in range(10)]
    for conversation in conversations:
        await post.queue(conversation, *(f"{conversation}-{n}" for n in range(5)))
    others = [Outbox(post.database, [post.pipe], post.clock) for _ in range(3)]
    while sum(await asyncio.gather(*(outbox.deliver_due() for outbox in others))):
        pass
    assert len(post.pipe.delivered) == 50
    for conversation in conversations:
        mine = [text for text in post.pipe.delivered if text.startswith(conversation)]
        assert mine == [f"{conversation}-{n}" for n in range(5)]


async def test_where_few_may_be_sent_several_go_out_as_one(post: Post) -> None:
    """With two messages left, three are said in one, with the last one's buttons under their own number."""
    conversation = await post.open()
    post.pipe.left = 2
    button = QuickReply("好", text="好")
    await post.queue(conversation, "一", Content("二", quick_replies=(button,)), "三")
    await post.deliver_all()
    assert post.pipe.delivered == ["一\n\n二\n\n三"]
    assert post.pipe.seqs == [2]
    assert await post.states() == ["sent", "sent", "sent"]
    assert [change.seq for change in post.changes] == [1, 2, 3]


async def test_what_was_put_together_stays_together(post: Post) -> None:
    """A merged message that has to be tried again is the same message, whatever was queued meanwhile."""
    conversation = await post.open()
    post.pipe.left = 1
    post.pipe.behave = always(Unavailable("down"))
    await post.queue(conversation, "一", "二")
    await post.deliver_all()
    await post.queue(conversation, "三")
    post.pipe.behave = None
    post.pipe.left = 5
    post.clock.advance(timedelta(seconds=5))
    await post.deliver_all()
    assert post.pipe.delivered == ["一\n\n二", "三"]


async def test_an_agents_words_stand_alone(post: Post) -> None:
    """What a person wrote is not mixed with what the bot said."""
    conversation = await post.open()
    post.pipe.left = 1
    await post.queue(conversation, "机器人")
    await post.queue(conversation, "我是小李", author="agent")
    await post.deliver_all()
    assert post.pipe.delivered == ["机器人", "我是小李"]


async def test_a_slow_platform_does_not_hold_up_the_others(post: Post) -> None:
    """One delivery that hangs leaves every other conversation its own."""
    slow, quick = await post.open(), await post.open(ChannelUser("openid-2"))
    post.outbox.start()
    post.pipe.gate.clear()
    await post.queue(slow, "慢")
    post.outbox.wake()
    await asyncio.sleep(0.1)
    second = Pipe()
    post.outbox.add(second)
    await post.queue(quick, "快")
    post.outbox.wake()
    async with asyncio.timeout(2):
        while second.delivered != ["快"]:
            await asyncio.sleep(0.01)
    assert post.pipe.delivered == []
    post.pipe.gate.set()


async def test_what_waits_can_be_fetched_to_answer_with(post: Post) -> None:
    """A channel that answers requests takes what waits, and puts back what did not fit."""
    conversation = await post.open()
    await post.queue(conversation, "一", "二")
    taken = await post.outbox.collect("wechat", "wx1", USER)
    assert [each.content.text for each in taken] == ["一", "二"]
    assert await post.outbox.collect("wechat", "wx1", USER) == []
    await post.outbox.settle([taken[0].message_id], "sent")
    await post.outbox.settle([taken[1].message_id], "held")
    assert await post.states() == ["sent", "held"]
    again = await post.outbox.collect("wechat", "wx1", USER)
    assert [each.content.text for each in again] == ["二"]


async def test_the_allowance_of_a_conversation(post: Post) -> None:
    """Bot, care and desk ask by conversation; where nothing limits, there is no number."""
    conversation = await post.open()
    post.pipe.left = 3
    assert await post.outbox.allowance(conversation) == Allowance(3)
    web = (await post.service.open(Visitor("web", "default", ChannelUser("visitor:1")))).conversation
    assert await post.outbox.allowance(web) == Allowance()
    assert await post.outbox.allowance(ConversationId("c-none")) == Allowance()
