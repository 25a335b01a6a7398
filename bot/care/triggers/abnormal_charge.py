"""A bill far above what this customer usually pays: more than twice, and at least 20 yuan more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.orm import aliased

from bot.care.due import Due
from bot.care.sql import table
from bot.care.trigger import DAY, STOP, Reply, Trigger
from bot.store.bills.models import Bill

TIMES, AT_LEAST = 2, 2_000
BEFORE = 3
"""So many earlier bills make a baseline."""


def due(at: Due) -> Select[Any]:
    earlier = aliased(Bill)
    before = (
        earlier.customer_id == Bill.customer_id,
        earlier.period_to < Bill.period_from,
        earlier.state != "cancelled",
    )
    usual = select(cast(func.avg(earlier.total), BigInteger)).where(*before).correlate(Bill).scalar_subquery()
    count = select(func.count()).select_from(earlier).where(*before).correlate(Bill).scalar_subquery()
    return at.rows(
        table(Bill),
        Bill.customer_id,
        ("bill:", Bill.id),
        bill_id=Bill.id,
        number=Bill.number,
        total=Bill.total,
        usual=usual,
    ).where(
        Bill.state == "open",
        Bill.issued_at > at.moment(-7 * DAY),
        Bill.total > TIMES * usual,
        Bill.total - usual >= AT_LEAST,
        count >= BEFORE,
    )


TRIGGER = Trigger(
    name="abnormal_charge",
    title="账单比平时高很多",
    due=due,
    facts={"bill_id": "id", "number": "text", "total": "yuan", "usual": "yuan"},
    text="{customer}，您这期账单是 {total} 元，比平时的 {usual} 元高不少。要不要我逐项和您核对一下？",
    brief="有一条关于账单的提醒，验证身份后告诉您。",
    watches=("bill",),
    priority=25,
    replies=(
        Reply("看账单", "care_yes"),
        Reply("这笔不对", "dispute_charge", {"bill_number": "{number}"}),
        STOP,
    ),
)
