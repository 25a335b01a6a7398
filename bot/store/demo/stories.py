"""What the cast lives through besides points, cards and complaints: bills, quotes, contracts, visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.ids import CustomerId
from bot.store.assets.service import NewAsset, add_asset, plan_maintenance, read_meter, record_visit
from bot.store.bills.models import Bill
from bot.store.bills.service import NewBill, NewBillLine, issue_bill
from bot.store.bookings.models import Slot
from bot.store.bookings.service import book
from bot.store.consents.service import NewConsent, record_consent
from bot.store.contacts.service import add_contact
from bot.store.contracts.service import NewContract, NewItem, sign_contract
from bot.store.customers.models import Customer
from bot.store.dates import add_months
from bot.store.facts.service import NewFact, record_fact
from bot.store.held.service import hold_money
from bot.store.offers.service import issue_coupon
from bot.store.orders.service import NewLine, place_order
from bot.store.promises.service import promise, promise_commitment
from bot.store.quotes.service import Offer, make_quote, requote
from bot.store.requests.service import Note
from bot.store.seasons.service import add_care_note

DAY = timedelta(days=1)
STRANGER = "周文博"
"""The new member, who has nothing yet."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes one customer's stories; every write has a key that follows from the customer."""

    session: WriteSession
    customer: Customer
    place: int
    now: datetime

    @property
    def id(self) -> CustomerId:
        return self.customer.id

    @property
    def today(self) -> date:
        return local_date(self.now)

    def note(self, what: str, days_ago: float = 0, reason: str = "", actor: str = "何静") -> Note:
        return Note(f"demo:{what}:{self.id}", self.now - days_ago * DAY, actor, reason)


async def add_stories(session: WriteSession, cast: list[Customer], now: datetime) -> None:
    """Everybody of the cast but the new member gets orders, bills, a contract, a machine and consents."""
    for place, customer in enumerate(cast):
        if customer.name == STRANGER:
            continue
        teller = Teller(session, customer, place, now)
        await _orders(teller)
        await _bills(teller)
        await (_office(teller) if customer.name == "刘志强" else _household(teller))
        await _promises(teller)
        await _consents(teller)
    await _first(Teller(session, cast[0], 0, now))
    await _key_account(Teller(session, cast[3], 3, now))


async def _orders(teller: Teller) -> None:
    """Rice every four weeks, the last time just so long ago; milk now and then, one parcel on its way."""
    for turn in range(5):
        at = teller.now - (28 * (5 - turn) - 1) * DAY
        line = NewLine("P-001", "东北大米 5 公斤", 1, 4_590)
        number = f"D{at:%Y%m%d}9{teller.place}{turn:03d}"
        await place_order(teller.session, teller.id, number, [line], at, state="completed")
    at = teller.now - 2 * DAY
    lines = [NewLine("P-003", "纯牛奶 12 盒", 2, 5_680), NewLine("P-004", "抽纸 24 包", 1, 3_990)]
    number = f"D{at:%Y%m%d}9{teller.place}009"
    await place_order(teller.session, teller.id, number, lines, at, state="shipped")


async def _bills(teller: Teller) -> None:
    """Last month's has a line that nobody remembers, the one before has not."""
    first = teller.today.replace(day=1)
    for ago in (2, 1):
        since = add_months(first, -ago)
        until = add_months(since, 1) - DAY
        lines = [
            NewBillLine("月租", 9_900, 1, "月"),
            NewBillLine("通话费", 1_260 + 240 * teller.place, 63, "分钟"),
            NewBillLine("流量包", 0, 20, "GB", "套餐里已包含"),
            NewBillLine("老客户优惠", -1_000, explanation="每月自动减"),
        ]
        if ago == 1:
            begun = since + 2 * DAY
            told = f"{begun.month}月{begun.day}日开通，之后每月自动续订"
            lines.insert(3, NewBillLine("视频会员", 3_000, 1, "月", told))
        due = teller.today + (8 if ago == 1 else -22) * DAY
        new = NewBill(f"B{since:%Y%m}-9{teller.place}", teller.id, since, until, due, tuple(lines))
        bill = await issue_bill(teller.session, new, teller.now - (30 * ago - 29) * DAY)
        if ago == 2:
            (await teller.session.get_one(Bill, bill)).state = "paid"


async def _household(teller: Teller) -> None:
    """A water filter under contract, looked after four times, its next filter due within days."""
    contract = await sign_contract(
        teller.session,
        NewContract(
            f"HT2026-9{teller.place}",
            teller.id,
            "净水器安心保养",
            teller.today - 200 * DAY,
            teller.today + 165 * DAY,
            (
                NewItem("included", "上门检测", ("上门费", "检测费", "检查")),
                NewItem("included", "前置滤芯", ("滤芯", "PP棉", "换滤芯"), "每半年一支"),
                NewItem("included", "漏水维修", ("漏水", "维修", "修理")),
                NewItem("excluded", "RO反渗透膜", ("反渗透膜", "RO膜", "膜"), "一般两到三年一换"),
                NewItem("excluded", "移机改管", ("移机", "改管", "搬家")),
            ),
            fee=1_500,
        ),
    )
    asset = await add_asset(
        teller.session,
        NewAsset(
            f"JSQ-9{teller.place:03d}",
            teller.id,
            "净水器",
            "清泉 600G",
            "2.1",
            teller.today - 400 * DAY,
            contract_id=contract,
        ),
    )
    await plan_maintenance(
        teller.session, asset, "换前置滤芯", every_days=180, last_on=teller.today - 176 * DAY
    )
    visits = (
        (400, "upgrade", "安装，主板升级到 2.1"),
        (356, "maintain", "换前置滤芯，冲洗管路"),
        (250, "protect", "加装漏水保护"),
        (176, "maintain", "换前置滤芯"),
    )
    for ago, kind, text in visits:
        note = teller.note(f"visit-{ago}", ago, actor="周师傅")
        await record_visit(teller.session, asset, kind, text, note)  # pyright: ignore[reportArgumentType]


async def _office(teller: Teller) -> None:
    """A printer paid by the page: the meter runs, its service is due by pages before it is by days."""
    contract = await sign_contract(
        teller.session,
        NewContract(
            "HT2026-QB03",
            teller.id,
            "打印机全包服务",
            teller.today - 300 * DAY,
            teller.today + 65 * DAY,
            (
                NewItem("included", "上门维修", ("维修", "修理", "上门费")),
                NewItem("included", "黑色墨粉", ("黑白墨粉", "墨粉")),
                NewItem("included", "硒鼓", ("感光鼓",)),
                NewItem("included", "定期保养", ("保养", "清洁")),
                NewItem("excluded", "纸张", ("打印纸", "复印纸", "A4纸")),
                NewItem("excluded", "彩色墨粉", ("彩粉", "彩色碳粉"), "按支报价"),
                NewItem("excluded", "人为损坏", ("摔坏", "进水")),
            ),
            fee=58_000,
        ),
    )
    asset = await add_asset(
        teller.session,
        NewAsset(
            "DYJ-9003",
            teller.id,
            "打印机",
            "MX-200",
            "4.0",
            teller.today - 300 * DAY,
            meter_unit="页",
            contract_id=contract,
        ),
    )
    await plan_maintenance(
        teller.session,
        asset,
        "清洁和校准",
        every_days=90,
        every_units=10_000,
        last_on=teller.today - 60 * DAY,
        last_meter=42_000,
    )
    for ago, value in ((60, 42_000), (40, 45_100), (20, 48_300), (1, 51_400)):
        await read_meter(teller.session, asset, value, "远程抄表", teller.note(f"meter-{ago}", ago))
    note = teller.note("visit-60", 60, actor="周师傅")
    await record_visit(teller.session, asset, "maintain", "更换搓纸轮，清洁和校准", note)


async def _promises(teller: Teller) -> None:
    """One that runs until tomorrow; for every other one that is late."""
    session, id_ = teller.session, teller.id
    due = teller.now + 1 * DAY
    await promise(session, id_, "积分补发", "补发 200 积分", due, teller.note("promise-points", 2))
    if teller.place % 2:
        await promise_commitment(session, id_, "退款", "refund", teller.note("promise-refund", 4))


async def _consents(teller: Teller) -> None:
    """They agreed to what care sends; two of them have a care file as well."""
    evidence = "会员注册页勾选"
    for purpose in ("marketing", "survey", "birthday"):
        new = NewConsent(teller.id, purpose, "given", "2026-01", evidence, "customer")
        await record_consent(teller.session, new, f"demo:{purpose}:{teller.id}", teller.now - 100 * DAY)


async def _first(teller: Teller) -> None:
    """Whom most people play first: a quote that has changed, a visit booked, a birthday within days."""
    session, id_ = teller.session, teller.id
    birthday = teller.today + 7 * DAY
    teller.customer.birthday = date(1968, birthday.month, min(birthday.day, 28))
    offer = Offer((("上门检测", 0), ("风机更换", 16_000), ("滤网", 5_900)), 0, teller.now + 1 * DAY)
    quote = await make_quote(session, id_, "空气净化器维修", offer, teller.note("quote", 3))
    dearer = Offer(
        (("上门检测", 0), ("风机更换", 16_000), ("控制板更换", 12_000), ("滤网", 5_900)),
        5_000,
        teller.now + 4 * DAY,
    )
    why = "拆机后发现控制板也坏了，配件要从外地调"
    await requote(session, quote.id, dearer, teller.note("requote", 0.2, why))
    slots = select(Slot.id).where(Slot.service_code == "maintain").order_by(Slot.starts_at).limit(6)
    slot = list(await session.scalars(slots))[-1]
    await book(session, id_, slot, teller.note("visit"), wish="到之前请先打电话")
    await issue_coupon(session, id_, "winter", "demo", teller.note("coupon", 1))
    await add_contact(session, id_, "email", "wangxiulan@example.com", "电子发票", teller.now - 90 * DAY)
    fact = NewFact("household", "3 口人", "customer", "网页聊天里说的", "reorder")
    await record_fact(session, id_, fact, teller.note("fact", 60))
    agreed = NewConsent(id_, "care_file", "given", "2026-01", "网页聊天：同意", "customer", form="separate")
    await record_consent(session, agreed, f"demo:care_file:{id_}", teller.now - 90 * DAY)
    await add_care_note(session, id_, "家里水质偏硬，滤芯提前两周提醒", teller.note("care", 60))


async def _key_account(teller: Teller) -> None:
    """Money that we keep for them, and a quote on which nothing was decided yet."""
    held = teller.note("held", 20, "复印机维修押金，修好后退还")
    await hold_money(teller.session, teller.id, 50_000, held)
    offer = Offer((("彩色墨粉 4 支", 115_200), ("送货", 0)), 0, teller.now + 3 * DAY)
    await make_quote(teller.session, teller.id, "彩色墨粉补货", offer, teller.note("quote", 1))
