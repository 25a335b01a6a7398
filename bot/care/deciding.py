"""Decide whether a message goes out now, later or never, and say why. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from bot.care.people import Line, Person
from bot.care.rules import Rules, capped_until, cool_until, quiet_until
from bot.care.trigger import Audience, Trigger
from bot.store.care.service import PURPOSES, own_purpose

Outcome = Literal["sent", "sending", "deferred", "parked", "suppressed", "lapsed", "held_out", "to_agent"]

REASONS: Final[Mapping[str, str]] = {
    "sent": "发出",
    "not_true": "情况已经变了，不用再说",
    "too_late": "过了还值得说的时间",
    "erased": "客户已注销",
    "refused": "客户拒绝过",
    "no_consent": "客户没有同意接收营销消息",
    "open_complaint": "客户有没办完的投诉",
    "running": "客户正在对话",
    "in_queue": "客户正在排队等人工",
    "agent": "人工客服正在服务",
    "told_agent": "人工客服正在服务，已提醒客服",
    "snoozed": "客户说过晚点再说",
    "quiet": "客户那里是免打扰时间",
    "cool_down": "刚发过同类消息",
    "cap_day": "今天发得够多了",
    "cap_week": "这周发得够多了",
    "marketing_day": "今天的营销消息够多了",
    "marketing_week": "这周的营销消息够多了",
    "no_channel": "没有可以联系到客户的渠道",
    "left": "客户取消了关注",
    "quota": "微信现在不让发（客户很久没有说话，也没有可用的模板）",
    "busy": "渠道或机器人积压，先等一等",
    "down": "渠道现在发不出去",
    "no_template": "公众号没有这类通知的模板",
    "not_in_time": "没能及时发出，重新决定",
    "unknown": "平台没有说收没收到，不再重发",
    "hold_out": "在对照组里",
}
"""Every reason there is, as operators read it."""

COMPLAINT_AGAIN: Final = timedelta(hours=12)
AGENT_AGAIN: Final = timedelta(hours=1)
QUEUE_AGAIN: Final = timedelta(minutes=10)
NO_CHANNEL_AGAIN: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Matter:
    """An occurrence whose turn it is."""

    trigger: Trigger
    key: str
    facts: Mapping[str, Any]
    expires_at: datetime
    again: bool = False
    """It came back after a snooze: the customer asked for it."""

    @property
    def audience(self) -> Audience:
        return self.trigger.audience_for(self.facts)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided; `until` when it comes up again."""

    outcome: Outcome
    reason: str
    until: datetime | None = None


def against(matter: Matter, person: Person, rules: Rules, now: datetime) -> Verdict | None:
    """What speaks against sending now, whatever the channel; None when nothing does."""
    final = _never(matter, person, now)
    if final is not None:
        return Verdict("suppressed", final)
    later = _later(matter, person, rules, now)
    if later is None:
        return None
    return put_off(matter, *later)


def put_off(matter: Matter, reason: str, until: datetime, outcome: Outcome = "deferred") -> Verdict:
    """Later; never, when it is not worth saying any more by then."""
    if until >= matter.expires_at:
        return Verdict("suppressed", reason)
    return Verdict(outcome, reason, until)


def _never(matter: Matter, person: Person, now: datetime) -> str | None:
    if person.erased:
        return "erased"
    if now >= matter.expires_at:
        return "too_late"
    channels = {line.channel for line in person.lines if line.channel in matter.trigger.channels}
    if channels:
        reasons = [refusal(matter, person, channel) for channel in sorted(channels)]
        if all(reasons):
            return reasons[0]
        return None
    return refusal(matter, person, "")


def refusal(matter: Matter, person: Person, channel: str) -> str | None:
    """Why the customer's own decisions forbid this on a channel: "refused" or "no_consent"."""
    trigger = matter.trigger
    purposes = (own_purpose(trigger.name), *PURPOSES.get(trigger.name, ()))
    if matter.audience == "marketing" and "marketing" not in purposes:
        purposes = (*purposes, "marketing")
    said = {purpose: person.decision(purpose, channel) for purpose in purposes}
    if any(decision in ("refused", "withdrawn") for decision in said.values()):
        return "refused"
    if matter.audience == "marketing" and said.get("marketing") != "given":
        return "no_consent"
    return None


def _later(matter: Matter, person: Person, rules: Rules, now: datetime) -> tuple[str, datetime] | None:
    trigger, service = matter.trigger, matter.audience == "service"
    snoozed = person.snoozed.get(trigger.name)
    if snoozed is not None and snoozed > now:
        return "snoozed", snoozed
    if not service:
        if person.open_complaint:
            return "open_complaint", now + COMPLAINT_AGAIN
        if any(line.owner == "agent" for line in person.lines):
            return "agent", now + AGENT_AGAIN
        if any(line.owner == "queue" for line in person.lines):
            return "in_queue", now + QUEUE_AGAIN
    silence = rules.talking if service else rules.running
    if person.wrote_at is not None and person.wrote_at > now - silence:
        return "running", person.wrote_at + silence
    quiet = quiet_until(now, person.time_zone, rules)
    if quiet is not None:
        return "quiet", quiet
    cool = None if matter.again else cool_until(person.told, trigger.name, trigger.cool_down, now)
    if cool is not None:
        return "cool_down", cool
    return capped_until(person.told, matter.audience, now, person.time_zone, rules)


def lines_for(matter: Matter, person: Person) -> list[Line]:
    """The conversations this may go to, that in which the customer wrote last first."""
    allowed = [
        line
        for line in person.lines
        if line.channel in matter.trigger.channels and refusal(matter, person, line.channel) is None
    ]
    return sorted(allowed, key=lambda line: line.wrote_at.timestamp() if line.wrote_at else 0.0, reverse=True)
