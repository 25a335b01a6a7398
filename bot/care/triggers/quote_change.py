"""The price of work changed: every line needs a new consent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import aliased

from bot.care.due import Due
from bot.care.money import to_pay, with_earlier
from bot.care.sql import joining
from bot.care.trigger import DAY, Goal, Reply, Trigger
from bot.store.quotes.models import Quote, QuoteLine, QuoteVersion


def due(at: Due) -> Select[Any]:
    before = aliased(QuoteVersion)
    amount = to_pay(QuoteVersion)
    return at.rows(
        with_earlier(before),
        Quote.customer_id,
        ("quote:", Quote.id, ":", QuoteVersion.version),
        quote_id=Quote.id,
        number=Quote.number,
        version=QuoteVersion.version,
        amount=amount,
        subject=Quote.subject,
        why=QuoteVersion.reason,
    ).where(
        Quote.state == "open",
        QuoteVersion.version == Quote.version,
        QuoteVersion.at > at.moment(-7 * DAY),
        amount != to_pay(before),
    )


TRIGGER = Trigger(
    name="quote_change",
    title="报价有变化",
    due=due,
    facts={
        "quote_id": "id",
        "number": "text",
        "version": "number",
        "amount": "yuan",
        "subject": "text",
        "why": "text",
    },
    text="{customer}，「{subject}」的报价变了，现在您要付 {amount} 元[，原因：{why}]。"
    "每一项都要您同意才会做，您看看？",
    brief="有一份服务单需要您看一下，验证身份后可以查看。",
    watches=("quote_version",),
    priority=8,
    on=True,
    goal=Goal(
        "答复报价",
        Quote.customer_id,
        QuoteLine.decided_at,
        days=7,
        rows=lambda: joining(QuoteLine, QuoteVersion, QuoteVersion.id == QuoteLine.version_id).join(
            Quote, Quote.id == QuoteVersion.quote_id
        ),
    ),
    replies=(Reply("看每一项", "care_yes"), Reply("转人工", "request_human")),
)
