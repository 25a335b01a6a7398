"""The demo company's own lists: what points buy, how they are earned, what is offered and promised to all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.kit.clock import local_date
from bot.kit.db import Base, WriteSession, insert_into
from bot.store.bookings.models import ServiceOffered, Slot
from bot.store.concessions.models import ConcessionRule
from bot.store.dates import end_of_day
from bot.store.dealers.service import NewDealer, publish_register
from bot.store.offers.models import Offer
from bot.store.points.models import CatalogueItem, EarningRule
from bot.store.promises.models import Commitment
from bot.store.seasons.models import SeasonProject
from bot.store.tiers.models import TierBenefit

DAY = timedelta(days=1)

CATALOGUE = (
    # code, name, points, stock (None: as many as are wanted), the rank of the tier it takes
    ("voucher-5", "5元代金券", 100, None, 0),
    ("voucher-10", "10元代金券", 200, None, 0),
    ("voucher-30", "30元代金券", 500, None, 0),
    ("umbrella", "晴雨伞", 800, 60, 0),
    ("cup", "保温杯", 1_200, 2, 0),
    ("kettle", "电热水壶", 3_000, 15, 1),
    ("suitcase", "登机箱", 8_000, 5, 2),
)

EARNING = (
    ("shop", "商城购物", 1, 100, 12),
    ("service", "上门服务", 2, 100, 12),
)

COMMITMENTS = (
    ("first_reply", "每一件投诉，24 小时内给您首次答复", 24),
    ("visit", "预约上门，师傅迟到 30 分钟以上，免上门费", None),
    ("refund", "退货签收后，3 天内退款", 72),
    ("returns", "七天无理由退货，质量问题我们主动换", None),
)

DEALERS = (
    ("DL-0001", "武汉长江通信器材有限公司", "湖北", "销售、维修", 300, "authorised"),
    ("DL-0002", "郑州黄河数码", "河南", "销售", -40, "authorised"),
    ("DL-0003", "广州珠江电子", "广东", "销售", 200, "revoked"),
    ("DL-0004", "上海浦江办公设备有限公司", "上海", "销售、维修、耗材", 420, "authorised"),
    ("DL-0005", "成都锦江家电服务部", "四川", "维修", 150, "authorised"),
)

OFFERS = (
    # code, name, terms, kind, value, from how many fen, days since, days to come
    ("winter", "暖冬家电季", "冬季家电满 500 元减 50 元，所有顾客都一样", "amount", 5_000, 50_000, 10, 40),
    ("ink", "耗材八八折", "墨粉、复印纸、滤芯八八折，不限次数", "percent", 12, 0, 5, 25),
    ("birthday", "生日八折", "生日前后七天内一单八折，需要您自己登记过生日", "percent", 20, 0, 300, 400),
)

BENEFITS = (
    # tier, code, name, words, times a year
    ("basic", "returns", "七天无理由退货", "", None),
    ("silver", "delivery", "免费送货", "满 59 元免运费", 12),
    ("silver", "birthday", "生日八折", "生日前后七天内一单", 1),
    ("gold", "delivery", "免费送货", "不限金额", None),
    ("gold", "check", "免费上门检测", "家电、打印机都可以", 2),
    ("gold", "birthday", "生日八折", "生日前后七天内一单", 1),
    ("diamond", "manager", "专属客户经理", "有事直接找", None),
    ("diamond", "green", "投诉绿色通道", "优先处理", None),
    ("diamond", "check", "免费上门检测", "家电、打印机都可以", 6),
)

SERVICES = (
    ("repair", "上门维修", 90),
    ("maintain", "设备保养", 60),
    ("install", "送货安装", 120),
    ("filter", "净水器换滤芯", 40),
)
PLACES = ("上门", "上门", "中山路门店", "上门")
STARTS = (9, 14)
AHEAD = 14

SEASONS = (
    ("winter", "冬季取暖检查", "取暖器、热水器用前检查线路和密封，免费上门看一次", 1101, 228),
    ("spring", "春季空调清洗", "开机前清洗滤网和冷凝器，预约就能来", 301, 430),
    ("summer", "夏季净水关怀", "水质检测和滤芯状态检查，免费", 601, 831),
    ("autumn", "秋季打印机保养", "开学前清洁和校准，合同内免费", 820, 1031),
)

CONCESSIONS = (
    ("late_delivery", "送货晚到", "晚到一天以上，补 200 积分", "points", 200, 3),
    ("missed_visit", "师傅没有上门", "约好没来，补 500 积分", "points", 500, 2),
    ("wrong_charge", "多扣费用", "核实多扣，另补 20 元", "fen", 2_000, 2),
)


async def add_lists(session: WriteSession, now: datetime) -> None:
    """What the company publishes; what has been imported under the same code stays."""
    long_ago = now - 400 * DAY
    names = ("code", "name", "points", "stock", "tier_rank")
    await _add(session, CatalogueItem, [_row(names, item) | {"offered": True} for item in CATALOGUE])
    names = ("code", "name", "points", "per_fen", "valid_months")
    rules = [_row(names, rule) | {"since": long_ago, "until": None} for rule in EARNING]
    await _add(session, EarningRule, rules)
    names = ("code", "text", "hours")
    published = {"published_on": local_date(long_ago), "withdrawn_on": None}
    await _add(session, Commitment, [_row(names, each) | published for each in COMMITMENTS])
    names = ("code", "name", "terms", "kind", "value", "minimum")
    offers = [
        _row(names, each) | {"since": now - each[6] * DAY, "until": _end(now, each[7]), "coupon_days": 30}
        for each in OFFERS
    ]
    await _add(session, Offer, offers)
    names = ("code", "name", "text", "starts", "ends")
    await _add(session, SeasonProject, [_row(names, each) | {"offered": True} for each in SEASONS])
    names = ("code", "name", "text", "unit", "limit_each", "times")
    await _add(session, ConcessionRule, [_row(names, each) | {"offered": True} for each in CONCESSIONS])
    await _add_dealers(session, now)
    await _add_services(session, now)


async def add_benefits(session: WriteSession) -> None:
    """What each tier brings; the tiers are there."""
    names = ("tier_code", "code", "name", "text", "per_year")
    await _add(session, TierBenefit, [_row(names, each) for each in BENEFITS], ("tier_code", "code"))


async def _add_dealers(session: WriteSession, now: datetime) -> None:
    """The register as of yesterday: one is over, one was taken back."""
    today = local_date(now)
    dealers = [
        NewDealer(number, name, today - 365 * DAY, today + days * DAY, region, services, state)  # pyright: ignore[reportArgumentType]
        for number, name, region, services, days, state in DEALERS
    ]
    await publish_register(session, today - DAY, "代理商管理部", dealers, now)


async def _add_services(session: WriteSession, now: datetime) -> None:
    """Two times a day for each service in the next fourteen days."""
    names = ("code", "name", "minutes")
    await _add(session, ServiceOffered, [_row(names, each) | {"offered": True} for each in SERVICES])
    midnight = end_of_day(local_date(now))
    slots = [
        {
            "service_code": code,
            "place": place,
            "starts_at": midnight + timedelta(days=days, hours=hour),
            "ends_at": midnight + timedelta(days=days, hours=hour, minutes=minutes),
            "capacity": 3,
            "taken": 0,
        }
        for (code, _, minutes), place in zip(SERVICES, PLACES, strict=True)
        for days in range(AHEAD)
        for hour in STARTS
    ]
    await _add(session, Slot, slots, ("service_code", "place", "starts_at"))


async def _add(
    session: WriteSession, table: type[Base], rows: list[dict[str, Any]], key: tuple[str, ...] = ("code",)
) -> None:
    statement = insert_into(session, table).on_conflict_do_nothing(index_elements=list(key))
    await session.execute(statement, rows)


def _row(names: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(names, values, strict=False))


def _end(now: datetime, days: int) -> datetime:
    return end_of_day(local_date(now) + days * DAY)
