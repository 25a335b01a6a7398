"""What we hold about a customer, in words they can read: each thing with its source and purpose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.ids import CustomerId
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
    held += await _facts(session, customer_id, now)
    held += await _contacts(session, customer_id)
    return held + await _counts(session, customer_id)


async def _facts(session: AsyncSession, customer_id: CustomerId, now: datetime) -> list[HeldData]:
    rows = (await session.execute(_FACTS, {"customer": customer_id, "now": now})).all()
    return [
        HeldData(
            NAMES.get(row.name) or str(row.name),
            _value(row.name, row.value),
            SOURCES[row.source],
            PURPOSES.get(row.purpose) or str(row.purpose),
            row.expires_at,
        )
        for row in rows
    ]


def _value(name: str, value: str) -> str:
    return f"{int(value) / 100:.2f} 元" if name == "balance_alert" and value.isdigit() else value


async def _contacts(session: AsyncSession, customer_id: CustomerId) -> list[HeldData]:
    names = {"phone": "其他电话", "email": "邮箱", "address": "地址", "wechat": "微信"}
    rows = (await session.execute(_CONTACTS, {"customer": customer_id})).all()
    return [HeldData(names[row.kind], row.value, SOURCES["customer"], row.purpose, None) for row in rows]


async def _counts(session: AsyncSession, customer_id: CustomerId) -> list[HeldData]:
    counts = (await session.execute(_COUNTS, {"customer": customer_id})).one()
    return [
        HeldData(name, f"{count} 条", SOURCES["transaction"], purpose, None)
        for (_, name, purpose), count in zip(COUNTED, counts, strict=True)
        if count
    ]


COUNTED = (
    (Order, "订单", "售后和对账"),
    (Complaint, "投诉", "处理投诉"),
    (CareNote, "护理档案", "您同意的护理服务"),
)
_FACTS = (
    select(
        CustomerFact.name,
        CustomerFact.value,
        CustomerFact.source,
        CustomerFact.purpose,
        CustomerFact.expires_at,
    )
    .where(
        CustomerFact.customer_id == bindparam("customer"),
        CustomerFact.ended_at.is_(None),
        or_(CustomerFact.expires_at.is_(None), CustomerFact.expires_at > bindparam("now")),
    )
    .order_by(CustomerFact.id)
)
_CONTACTS = (
    select(ContactPoint.kind, ContactPoint.value, ContactPoint.purpose)
    .where(ContactPoint.customer_id == bindparam("customer"))
    .order_by(ContactPoint.id)
)
_COUNTS = select(
    *(
        select(func.count())
        .select_from(table)
        .where(table.customer_id == bindparam("customer"))
        .scalar_subquery()
        for table, _, _ in COUNTED
    )
)
"""Made once: building a statement costs as much as running it."""
