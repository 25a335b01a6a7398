"""What a notice by a template may say: the trigger's own facts, as what they are; the channel writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.care.texts import brief
from bot.care.trigger import Kind, Trigger
from bot.kit.clock import zone
from bot.messages import Amount, NoticeValue
from bot.store.dates import last_day


def notice_values(
    trigger: Trigger, facts: Mapping[str, Any], text: str, *, customer: str, time_zone: str, now: datetime
) -> dict[str, NoticeValue]:
    """What the fields of a template can be filled with, by name.

    `title`, `text` and `time` always; when the text may tell facts, also `customer` and every fact that is
    known, under the names that the text uses.
    """
    values: dict[str, NoticeValue] = {
        "title": trigger.title,
        "text": text,
        "time": now.astimezone(zone(time_zone)),
    }
    if tells_nothing(trigger, facts, text):
        return values
    for name, kind in trigger.facts.items():
        fact = facts.get(name)
        if kind != "id" and fact is not None and fact != "":
            values[name] = _value(fact, kind, time_zone)
    return {**values, "customer": customer}


def tells_nothing(trigger: Trigger, facts: Mapping[str, Any], text: str) -> bool:
    """Is it the text for who has not proved who they are?"""
    return text == brief(trigger, trigger.audience_for(facts))


def _value(fact: Any, kind: Kind, time_zone: str) -> NoticeValue:
    if kind == "yuan":
        return Amount(int(fact))
    if kind == "number":
        return int(fact)
    if kind == "day":
        return date.fromisoformat(str(fact)[:10])
    if kind == "last_day":
        return last_day(datetime.fromisoformat(str(fact)), time_zone)
    if kind == "moment":
        return datetime.fromisoformat(str(fact)).astimezone(zone(time_zone))
    return str(fact)
