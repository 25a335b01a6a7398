"""The customers whom the shop page offers to play: each has something worth asking about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.customers.models import Customer, Tier
from bot.store.customers.numbers import spoken_phone


@dataclass(frozen=True, slots=True)
class Role:
    """A customer with a story. Points: (amount, days until they expire); cards: see `CardRole`."""

    name: str
    tier_code: str
    note: str
    points: tuple[tuple[int, int | None], ...] = ()
    cards: tuple[CardRole, ...] = ()
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardRole:
    """A card: its type, money in fen, and days until (or since) its end; None: never."""

    type_code: str
    principal: int
    bonus: int
    days: int | None


CAST = (
    Role(
        "王秀兰",
        "gold",
        "金卡会员，800 积分 9 天后到期，投诉正在处理，维修报价刚刚变了",
        points=((800, 9), (1500, 75), (900, 400)),
        cards=(CardRole("stored", 20_000, 2_000, 400),),
        complaints=("investigating",),
    ),
    Role(
        "李建国",
        "basic",
        "储值卡 12 天后到期，可以转到另一张同类卡",
        points=((260, 200),),
        cards=(CardRole("stored", 12_000, 2_000, 12), CardRole("stored", 3_000, 0, 300)),
    ),
    Role(
        "张晓敏",
        "silver",
        "投诉已经 21 小时还没有首次答复",
        points=((1_850, 120),),
        complaints=("acknowledged_21h",),
    ),
    Role(
        "刘志强",
        "diamond",
        "大客户，有专属客户经理，投诉正在处理",
        points=((12_600, 300), (8_800, 25)),
        cards=(CardRole("stored", 500_000, 50_000, 700), CardRole("fuel", 86_500, 0, 200)),
        complaints=("investigating",),
    ),
    Role(
        "陈雨桐",
        "silver",
        "一张电信卡 60 天前过期，另一张同类卡有效，可以转余额",
        points=((640, 45),),
        cards=(CardRole("telecom", 8_800, 1_200, -60), CardRole("telecom", 3_000, 0, 240)),
    ),
    Role(
        "赵丽华",
        "basic",
        "投诉在等她补充信息",
        points=((90, 14),),
        complaints=("waiting_customer", "closed"),
    ),
    Role(
        "孙桂芳",
        "gold",
        "投诉超过 15 天没有结果，有权申诉",
        points=((5_300, 180),),
        cards=(CardRole("stored", 20_000, 500, None),),
        complaints=("overdue_16d",),
    ),
    Role("周文博", "basic", "新会员，没有积分、卡和投诉"),
)


PREFIX = "demo-"
"""How the external id of every customer of the demo company begins."""


def external_id(place: int) -> str:
    """What a member of the cast is found by."""
    return f"{PREFIX}cast-{place}"


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """Somebody to play on the shop page."""

    name: str
    phone: str
    member_number: str
    tier: str
    note: str


async def demo_customers(session: AsyncSession) -> list[DemoCustomer]:
    """The cast, in order; empty when the demo company was never seeded."""
    places = {external_id(place): place for place in range(len(CAST))}
    statement = (
        select(
            Customer.external_id,
            Customer.name,
            Customer.phone,
            Customer.member_number,
            Tier.name.label("tier"),
        )
        .join(Tier, Tier.code == Customer.tier_code)
        .where(Customer.external_id.in_(places))
    )
    rows = (await session.execute(statement)).all()
    found = {places[row.external_id]: row for row in rows}
    return [
        DemoCustomer(row.name, spoken_phone(row.phone), row.member_number, row.tier, CAST[place].note)
        for place, row in sorted(found.items())
    ]
