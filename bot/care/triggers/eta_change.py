"""Work will be ready at another time than was said: the new time, and what the customer can do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import aliased

from bot.care.due import Due
from bot.care.money import to_pay, with_earlier
from bot.care.trigger import DAY, Reply, Trigger
from bot.store.quotes.models import Quote, QuoteVersion


def due(at: Due) -> Select[Any]:
    before = aliased(QuoteVersion)
    return at.rows(
        with_earlier(before),
        Quote.customer_id,
        ("quote:", Quote.id, ":", QuoteVersion.version),
        quote_id=Quote.id,
        number=Quote.number,
        version=QuoteVersion.version,
        ready=QuoteVersion.ready_at,
        was=before.ready_at,
        subject=Quote.subject,
    ).where(
        Quote.state == "open",
        QuoteVersion.version == Quote.version,
        QuoteVersion.at > at.moment(-7 * DAY),
        QuoteVersion.ready_at.is_not(None),
        before.ready_at.is_not(None),
        QuoteVersion.ready_at != before.ready_at,
        # Where the price changed too, that notice comes, and its conversation has the time.
        to_pay(QuoteVersion) == to_pay(before),
    )


TRIGGER = Trigger(
    name="eta_change",
    title="完成时间有变化",
    due=due,
    facts={
        "quote_id": "id",
        "number": "text",
        "version": "number",
        "ready": "moment",
        "was": "moment",
        "subject": "text",
    },
    text="{customer}，「{subject}」原定 {was} 完成，现在改为 {ready}。"
    "您可以接受新时间，也可以告诉我别的打算。",
    brief="有一份服务单需要您看一下，验证身份后可以查看。",
    watches=("quote_version",),
    priority=8,
    on=True,
    replies=(Reply("看新时间", "care_yes"), Reply("转人工", "request_human")),
)
