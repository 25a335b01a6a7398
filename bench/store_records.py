"""What the bench's customers have besides points and money: orders for all, the rest for every tenth."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.kit.db import WriteSession
from bot.store.assets.models import Asset, CareVisit, MaintenancePlan, MeterReading
from bot.store.bills.models import Bill, BillLine
from bot.store.bulk import insert_rows
from bot.store.complaints.models import Complaint, ComplaintEvent
from bot.store.contracts.models import Contract, ContractItem
from bot.store.dealers.service import NewDealer, publish_register
from bot.store.orders.models import Order, OrderLine
from bot.store.promises.models import Promise

DAY = timedelta(days=1)
EVERY = 10
"""Every which customer has a complaint, a bill, a contract, an asset and a promise."""

COMPLAINTS_A_DAY = 90_000  # a day's numbers have five digits


async def add_dealers(session: WriteSession, now: datetime) -> None:
    """A register of ten thousand agents."""
    today = now.date()
    dealers = [
        NewDealer(f"DL-{place:05d}", f"代理商{place:05d}号门店", today, today + 365 * DAY)
        for place in range(10_000)
    ]
    await publish_register(session, today, "bench", dealers, now)


async def add_records(session: WriteSession, who: range, now: datetime) -> None:
    """All records of some customers."""
    await _orders(session, who, now)
    some = [n for n in who if n % EVERY == 0]
    await _complaints(session, some, now)
    await _bills(session, some, now)
    await _contracts(session, some, now)
    await _assets(session, some, now)
    await insert_rows(
        session,
        Promise,
        ("customer_id", "about", "text", "made_by", "made_at", "due_at"),
        [(n, f"D{n}", "三天内补发", "bench", now - DAY, now + DAY) for n in some],
    )


async def _orders(session: WriteSession, who: range, now: datetime) -> None:
    orders = [(3 * n - 2 + place, n, now - (90 - 30 * place) * DAY) for n in who for place in range(3)]
    await insert_rows(
        session,
        Order,
        ("id", "number", "customer_id", "state", "total", "discount", "placed_at"),
        [(order, f"D{order:010d}", n, "completed", 9_180, 0, at) for order, n, at in orders],
    )
    await insert_rows(
        session,
        OrderLine,
        ("order_id", "line", "sku", "name", "quantity", "unit_price", "amount"),
        [(order, 1, "P-001", "东北大米", 2, 4_590, 9_180) for order, _, _ in orders],
    )


async def _complaints(session: WriteSession, some: list[int], now: datetime) -> None:
    received = now - DAY
    await insert_rows(
        session,
        Complaint,
        (
            "id", "number", "key", "customer_id", "channel", "category", "subject", "body", "state",
            "green_channel", "escalation", "received_at", "first_reply_due", "first_reply_at", "appeal_from",
        ),
        [
            (
                n, complaint_number(n), f"b{n}", n, "web", "物流", "快递没到", "一周了", "investigating",
                False, 0, received, received + DAY, received, received + 15 * DAY,
            )
            for n in some
        ],
    )  # fmt: skip
    await insert_rows(
        session,
        ComplaintEvent,
        ("complaint_id", "key", "at", "step", "state", "actor_kind", "actor", "text", "public"),
        [
            (n, f"b{n}:{step}", received, step, "received", "agent", "bench", "投诉已登记", True)
            for n in some
            for step in ("open", "acknowledge", "reply")
        ],
    )


async def _bills(session: WriteSession, some: list[int], now: datetime) -> None:
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    await insert_rows(
        session,
        Bill,
        ("id", "number", "customer_id", "period_from", "period_to", "total", "state", "issued_at"),
        [(n, f"B{n:010d}", n, first, last, 10_200, "open", now) for n in some],
    )
    await insert_rows(
        session,
        BillLine,
        ("bill_id", "line", "name", "quantity", "unit", "amount", "explanation"),
        [
            (n, line, name, 1, "月", amount, "")
            for n in some
            for line, name, amount in ((1, "月租", 9_900), (2, "彩铃", 300))
        ],
    )


async def _contracts(session: WriteSession, some: list[int], now: datetime) -> None:
    await insert_rows(
        session,
        Contract,
        ("id", "number", "customer_id", "name", "fee", "starts_on", "state"),
        [(n, f"HT{n:010d}", n, "全包印刷", 20_000, now.date(), "active") for n in some],
    )
    items = (("included", "上门维修"), ("included", "墨粉"), ("excluded", "彩色墨粉"), ("excluded", "纸张"))
    await insert_rows(
        session,
        ContractItem,
        ("contract_id", "coverage", "name", "words", "note"),
        [(n, coverage, name, "", "") for n in some for coverage, name in items],
    )


async def _assets(session: WriteSession, some: list[int], now: datetime) -> None:
    await insert_rows(
        session,
        Asset,
        ("id", "number", "customer_id", "kind", "model", "version", "meter_unit"),
        [(n, f"A{n:010d}", n, "打印机", "MX-200", "1", "页") for n in some],
    )
    await insert_rows(
        session,
        MaintenancePlan,
        ("asset_id", "name", "every_days", "every_units", "last_on", "last_meter"),
        [(n, "清洁", 90, 10_000, now.date(), 0) for n in some],
    )
    readings = [(n, now - ago * DAY, 9_000 - 100 * ago, "bench") for n in some for ago in (30, 20, 10)]
    await insert_rows(session, MeterReading, ("asset_id", "at", "value", "source"), readings)
    await insert_rows(
        session,
        CareVisit,
        ("asset_id", "kind", "text", "actor", "at"),
        [(n, "maintain", "更换滚轮", "bench", now - 30 * DAY) for n in some],
    )


def complaint_number(n: int) -> str:
    """The complaint number of customer `n`; enough days for a million customers."""
    day, place = divmod(n // EVERY, COMPLAINTS_A_DAY)
    return f"TS{date(2026, 11, 1) + day * DAY:%Y%m%d}{place:05d}"
