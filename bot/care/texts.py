"""Texts with placeholders: checked before they are used, and filled in the customer's own zone.

`{amount}` is a fact of the trigger; `{customer}` how the customer is addressed, `{company}` who we are. What
stands in square brackets is left out when a fact in it is not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from bot.care.trigger import Audience, Kind, Trigger
from bot.kit.clock import zone
from bot.kit.errors import BadInput
from bot.store.dates import last_day

ALWAYS: Final = ("customer", "company")
LONGEST: Final = 500
WAY_OUT: Final[Mapping[Audience, str]] = {
    "service": "",
    "survey": "不想参加的话回复“TD”，以后不再问您。",
    "marketing": "不想再收到这类消息，回复“TD”即可退订。",
}
"""How to end it, at the end of every message that the customer may not have wished for."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def placeholders(trigger: Trigger) -> tuple[str, ...]:
    """What a text of this trigger may use."""
    return (*ALWAYS, *(name for name, kind in trigger.facts.items() if kind != "id"))


def check_text(trigger: Trigger, text: str) -> None:
    """Raises BadInput with a sentence that says what to change."""
    known = placeholders(trigger)
    if not text.strip():
        raise BadInput("文案不能是空的。")
    if len(text) > LONGEST:
        raise BadInput(f"文案有 {len(text)} 个字，最多 {LONGEST} 个字。")
    unknown = [name for name in _PLACEHOLDER.findall(text) if name not in known]
    if unknown:
        names = "、".join(f"{{{name}}}" for name in known)
        raise BadInput(f"没有 {{{unknown[0]}}} 这个占位符，可以用的有：{names}。")
    bare = _PLACEHOLDER.sub("", text)
    if "{" in bare or "}" in bare:
        raise BadInput("花括号不成对：占位符写成 {amount} 这样。")
    if "[" in _OPTIONAL.sub("", text) or "]" in _OPTIONAL.sub("", text):
        raise BadInput("方括号不成对，也不能套在一起。")


def render(
    trigger: Trigger,
    text: str,
    facts: Mapping[str, Any],
    *,
    customer: str,
    company: str,
    time_zone: str,
    audience: Audience,
) -> str:
    """The message as the customer reads it, with its way out."""
    words = {"customer": customer, "company": company}
    for name, kind in trigger.facts.items():
        words[name] = written(facts.get(name), kind, time_zone)

    def optional(match: re.Match[str]) -> str:
        inside = match.group(1)
        return inside if all(words.get(name) for name in _PLACEHOLDER.findall(inside)) else ""

    kept = _OPTIONAL.sub(optional, text)
    return _PLACEHOLDER.sub(lambda match: words.get(match.group(1), ""), kept) + WAY_OUT[audience]


def brief(trigger: Trigger, audience: Audience) -> str:
    """The message for who has not proved who they are."""
    return trigger.brief + WAY_OUT[audience]


def written(value: Any, kind: Kind, time_zone: str) -> str:
    """A fact as it is read; empty when it is not known."""
    if value is None or value == "":
        return ""
    if kind == "yuan":
        yuan, fen = divmod(abs(int(value)), 100)
        return f"{'-' if int(value) < 0 else ''}{yuan:,}" + (f".{fen:02d}" if fen else "")
    if kind == "number":
        return f"{int(value):,}"
    if kind == "day":
        return _day(date.fromisoformat(str(value)[:10]))
    if kind == "last_day":
        return _day(last_day(datetime.fromisoformat(str(value)), time_zone))
    if kind == "moment":
        local = datetime.fromisoformat(str(value)).astimezone(zone(time_zone))
        return f"{_day(local.date())} {local:%H:%M}"
    return str(value)


def masked(name: str) -> str:
    """A name as the desk shows it to who has not opened the customer: 王*明."""
    return name[0] + "*" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "") if name else ""


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
