"""What we hold about a customer, in words they can read: each thing with its source and purpose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import UtcTime
from bot.kit.ids import CustomerId
from bot.store.columns import BigId
from bot.store.complaints.models import Complaint
from bot.store.contacts.models import ContactPoint
from bot.store.customers.numbers import Number, masked
from bot.store.customers.service import access_customer_by_id
from bot.store.facts.models import CustomerFact
from bot.store.orders.models import Order
from bot.store.seasons.models import CareNote

NAMES = {"household": "家里人数", "balance_alert": "余额提醒线"}
PURPOSES = {
    "reorder": "补货提醒",
    "marketing": "活动消息",
    "service_notice": "服务通知",
    "birthday": "生日关怀",
    "care_file": "护理档案",
    "survey": "满意度调查",
}
"""How the facts and purposes that we know are called."""
SOURCES = {"customer": "您告诉我们的", "transaction": "您的交易", "agent": "客服记录"}


@dataclass(frozen=True, slots=True)
class HeldData:
    """One thing we hold: what it says, where it is from, what for, and until when (None: no end)."""

    name: str
    value: str
    source: str
    purpose: str
    until: datetime | None


async def held_about_me(session: AsyncSession, customer_id: CustomerId, now: datetime) -> list[HeldData]:
    """Everything a customer can ask "what do you know about me" for; numbers are masked."""
    who = await access_customer_by_id(session, customer_id)
    held = [HeldData("姓名", who.name, "注册", "称呼和核对身份", None)]
    if who.phone:
        held.append(HeldData("手机号", masked(Number("phone", who.phone)), "注册", "验证身份和通知", None))
    if who.birthday:
        held.append(HeldData("生日", f"{who.birthday:%m月%d日}", SOURCES["customer"], "生日关怀", None))
    if who.tier:
        held.append(HeldData("会员等级", who.tier, SOURCES["transaction"], "会员权益", None))
    rows = (await session.execute(_REST, {"customer": customer_id, "now": now})).all()
    held += [
        _SAID[row.what](row) for row in sorted(rows, key=attrgetter("what", "place")) if row.value is not None
    ]
    return held


def _fact(row: Row[*tuple[Any, ...]]) -> HeldData:
    name, purpose = NAMES.get(row.name) or row.name, PURPOSES.get(row.purpose) or row.purpose
    return HeldData(name, _value(row.name, row.value), SOURCES[row.source], purpose, row.until)


def _contact(row: Row[*tuple[Any, ...]]) -> HeldData:
    return HeldData(CONTACTS[row.name], row.value, SOURCES["customer"], row.purpose, None)


def _count(row: Row[*tuple[Any, ...]]) -> HeldData:
    _, name, purpose = COUNTED[row.place]
    return HeldData(name, f"{row.value} 条", SOURCES["transaction"], purpose, None)


def _value(name: str, value: str) -> str:
    return f"{int(value) / 100:.2f} 元" if name == "balance_alert" and value.isdigit() else value


CONTACTS = {"phone": "其他电话", "email": "邮箱", "address": "地址", "wechat": "微信"}
COUNTED = (
    (Order, "订单", "售后和对账"),
    (Complaint, "投诉", "处理投诉"),
    (CareNote, "护理档案", "您同意的护理服务"),
)
_SAID = (_fact, _contact, _count)
"""What is said of each part of `_REST`, in the order in which it is said."""
_FACTS = select(
    literal(0, Integer()).label("what"),
    CustomerFact.id.label("place"),
    CustomerFact.name,
    CustomerFact.value,
    CustomerFact.source,
    CustomerFact.purpose,
    CustomerFact.expires_at.label("until"),
).where(
    CustomerFact.customer_id == bindparam("customer"),
    CustomerFact.ended_at.is_(None),
    or_(CustomerFact.expires_at.is_(None), CustomerFact.expires_at > bindparam("now")),
)
_NO_TIME = cast(null(), UtcTime())
_CONTACTS = select(
    literal(1, Integer()),
    ContactPoint.id,
    ContactPoint.kind,
    ContactPoint.value,
    literal(""),
    ContactPoint.purpose,
    _NO_TIME,
).where(ContactPoint.customer_id == bindparam("customer"))


def _counted(place: int, table: Any) -> Select[*tuple[Any, ...]]:
    """How many rows of `table` are the customer's; nothing when none is."""
    number = func.nullif(func.count(), 0)
    return (
        select(
            literal(2, Integer()),
            literal(place, BigId),
            literal(""),
            cast(number, Text()),
            literal(""),
            literal(""),
            _NO_TIME,
        )
        .select_from(table)
        .where(table.customer_id == bindparam("customer"))
    )


_REST = union_all(_FACTS, _CONTACTS, *(_counted(place, table) for place, (table, _, _) in enumerate(COUNTED)))
"""All else in one journey. Made once: building a statement costs as much as running it."""
