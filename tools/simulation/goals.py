"""What simulated customers want, in words the bot was not trained on, and how one sees they got it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.clock import system_now
from bot.store.bookings.service import own_bookings
from bot.store.cards.reads import balance_by_card
from bot.store.complaints.models import Complaint, ComplaintEvent
from bot.store.consents.service import decision
from bot.store.orders.reads import recent_orders
from bot.store.points.reads import points_summary
from bot.store.promises.service import due_promises
from tools.simulation.people import POINTS, TO, Person

Check = Callable[[AsyncSession, Person, str], Awaitable[bool]]
YES = ("好的确认吧", "嗯，办", "没问题，可以的", "就这样吧", "行，麻烦了", "对对对，是的", "确定的")
MORE = ("进度给我看看", "那件事有信儿了没", "处理到哪步啦")


@dataclass(frozen=True, slots=True)
class Goal:
    """`answers`: what is said to which question (a piece of the bot's words → sentences to choose from).

    `change` is said once at the confirmation by a customer who changes their mind, and then `changed` holds.
    """

    name: str
    openings: tuple[str, ...]
    answers: Mapping[str, tuple[str, ...]]
    reached: Check
    changes: tuple[str, ...] = ()
    changed: Check | None = None
    then: tuple[str, ...] = ()
    """Said after the first goal is reached, as people go on."""
    says: tuple[str, ...] = field(default=())
    """Words that the bot must have said by then."""


async def _points(session: AsyncSession, person: Person) -> int:
    return (await points_summary(session, person.customer, system_now())).total


def _spent(points: int) -> Check:
    async def check(session: AsyncSession, person: Person, _said: str) -> bool:
        return await _points(session, person) == POINTS - points

    return check


def _moved(fen: int) -> Check:
    async def check(session: AsyncSession, person: Person, _said: str) -> bool:
        cards = (await balance_by_card(session, person.customer, system_now())).cards
        return next(card.principal for card in cards if card.number.endswith(TO)) == 3_000 + fen

    return check


async def _complained(session: AsyncSession, person: Person, said: str) -> bool:
    found = select(Complaint.number).where(Complaint.customer_id == person.customer)
    number = (await session.execute(found)).scalar_one_or_none()
    return number is not None and number in said


async def _urged(session: AsyncSession, person: Person, _said: str) -> bool:
    urged = (
        select(ComplaintEvent.id)
        .join(Complaint, Complaint.id == ComplaintEvent.complaint_id)
        .where(Complaint.customer_id == person.customer, ComplaintEvent.step == "escalate")
    )
    return (await session.execute(urged.limit(1))).scalar_one_or_none() is not None


async def _booked(session: AsyncSession, person: Person, _said: str) -> bool:
    return len(await own_bookings(session, person.customer, system_now())) == 1


async def _booking_moved(session: AsyncSession, person: Person, said: str) -> bool:
    return await _booked(session, person, said) and "改好了" in said


async def _booking_cancelled(session: AsyncSession, person: Person, said: str) -> bool:
    return not await own_bookings(session, person.customer, system_now()) and "已经取消" in said


async def _reordered(session: AsyncSession, person: Person, _said: str) -> bool:
    return (await recent_orders(session, person.customer, 5))[0].state == "placed"


async def _stopped(session: AsyncSession, person: Person, _said: str) -> bool:
    return await decision(session, person.customer, "marketing") == "withdrawn"


async def _promised(session: AsyncSession, person: Person, _said: str) -> bool:
    return bool(await due_promises(session, person.customer, system_now()))


async def _told(_session: AsyncSession, _person: Person, _said: str) -> bool:
    return True


STORY = (
    "上门的人晚了俩钟头，话还特别难听",
    "机器弄完第二天又不转了，打电话也没人管",
    "箱子送来就瘪了一块，里头还湿的",
)
FILING = {
    "发生了什么": STORY,
    "希望我们怎么处理": ("给我道个歉，然后把这事办好", "把钱退我", "尽快派人来弄好就行"),
    "联系您方便": ("都可以", "下班以后吧，六点多", "白天打我"),
    "还是另外一件新的事": ("另外一件事", "是新的"),
    "没问题我就提交": YES,
}
BOOKING = {
    "您要约哪一项": ("保养那个", "第二个吧", "修东西"),
    "哪个方便": ("第一个吧", "3", "最早那个"),
    "可以吗": YES,
}

GOALS = (
    Goal(
        "redeem 500 points",
        ("手里这些积分能换点啥实在的", "想拿积分兑个东西", "积分帮我兑一下奖品呗"),
        {"想要哪一样": ("保温杯", "那个杯子吧", "要保温杯那个"), "确认一下": YES},
        _spent(500),
        ("等等不要杯子了，换成代金券", "不对，我要的是代金券"),
        _spent(300),
    ),
    Goal(
        "transfer 20 yuan",
        ("我想在两张卡之间挪点钱", "卡里的余额能帮我转到另外那张不", "帮我把钱转到我另一张储值卡上"),
        {
            "从哪张卡转出": ("8821", "尾号8821的"),
            "转到哪张卡": ("6612那张",),
            "要转多少": ("20块", "二十", "转二十元过去"),
            "确认一下": YES,
        },
        _moved(2_000),
        ("改成30块吧", "不对，是三十块"),
        _moved(3_000),
    ),
    Goal(
        "file a complaint and follow it",
        ("我要投诉你们这个上门服务", "投诉！我要投诉", "这事我得投诉一下"),
        FILING,
        _complained,
        then=MORE,
        says=("首次答复",),
    ),
    Goal(
        "file and urge a complaint",
        ("要投诉，给我登记一个", "我得投诉你们"),
        FILING,
        _urged,
        then=("给我催催我那个投诉", "投诉催办一下，太慢了"),
    ),
    Goal("book a visit", ("想约个师傅上门来一趟", "能不能给我预约一下上门"), BOOKING, _booked),
    Goal(
        "book and move a visit",
        ("帮我预约个上门时间", "约师傅来家里看看"),
        {**BOOKING, "从": YES},
        _booking_moved,
        then=("约好的那个时间我有事，改一下", "预约改期，换个时间"),
    ),
    Goal(
        "book and cancel a visit",
        ("预约师傅到家里来", "我要约一次上门保养"),
        {**BOOKING, "确定吗": YES},
        _booking_cancelled,
        then=("约的那个上门不用来了，取消掉", "把我的上门预约取消"),
    ),
    Goal(
        "the same order again",
        ("上回买的那个照样再来一份", "跟上次一样再下一单"),
        {"可以吗": YES, "再来哪一样": ("第一个",)},
        _reordered,
    ),
    Goal(
        "dispute a charge",
        ("这个月账上多扣我钱了吧", "有一笔扣费我不认", "怎么乱扣我的钱啊"),
        {"哪一项不对": ("增值业务包那项", "第二个"), "哪里不对": ("我压根没开通过它",), "请看一下": YES},
        _complained,
    ),
    Goal(
        "no more marketing",
        ("别老给我发那些活动广告了", "推销消息给我停了"),
        {"停掉哪一种": ("活动消息", "第一个"), "确认吗": YES},
        _stopped,
    ),
    Goal(
        "a copy of my data",
        ("我的个人数据给我导出来一份", "我想下载我在你们这的资料"),
        {"确认吗": YES},
        _promised,
    ),
    Goal(
        "is this agent genuine",
        ("有家公司自称是你们的代理，帮我核实下真假", "这个代理商是不是你们授权的"),
        {"核实谁": ("鼎盛科技", "编号DL2026001")},
        _told,
        says=("授权有效",),
    ),
    Goal(
        "points and balance at once",
        ("我现在有多少积分，另外卡里余额还有多少", "查下积分余额，顺便看看卡里还剩多少钱"),
        {},
        _told,
        says=("3,200 积分", "150 元"),
    ),
)

ASIDES: Mapping[str, str] = {
    "我总共多少积分来着": "积分",
    "我卡里现在剩多少钱啊": "可用",
    "你是真人还是机器人": "",
    "最近有啥优惠活动没": "活动",
}
