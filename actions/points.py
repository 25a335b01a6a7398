"""Points: how many, and which expire."""

from __future__ import annotations

from typing import Any

from actions.base import Call, Events, PersonalAction
from actions.say import day
from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.ids import CustomerId
from bot.store.points.reads import PointsSummary, points_summary


class Points(PersonalAction):
    """How many points there are; the next to expire are part of the answer."""

    topic = "points"
    intent = "ask_points"
    title = "查积分"

    async def tell(self, call: Call, session: WriteSession, customer: CustomerId) -> Events:
        summary = await points_summary(session, customer, call.now)
        call.say(
            _total(summary, call),
            card="points",
            data=_card(summary),
            buttons={"查余额": "/ask_balance", "投诉进度": "/ask_complaint_status"},
        )
        return []


class PointsExpiry(PersonalAction):
    """Which points expire, and when."""

    topic = "points_expiry"
    intent = "ask_points_expiry"
    title = "查快到期的积分"

    async def tell(self, call: Call, session: WriteSession, customer: CustomerId) -> Events:
        summary = await points_summary(session, customer, call.now)
        if not summary.expiring:
            call.say(f"放心，您的 {summary.total:,} 积分在未来 90 天内都不会到期。")
            return []
        today = local_date(call.now, call.time_zone)
        lines = "；".join(f"{day(lot.on, today)}到期 {lot.points:,} 积分" for lot in summary.expiring)
        call.say(f"您快到期的积分：{lines}。到期当天结束前都可以用。", card="points", data=_card(summary))
        return []


def _total(summary: PointsSummary, call: Call) -> str:
    if summary.total == 0:
        return "您现在没有可用的积分。"
    text = f"您现在有 {summary.total:,} 积分。"
    if summary.expiring:
        first = summary.expiring[0]
        today = local_date(call.now, call.time_zone)
        text += f"其中 {first.points:,} 积分{day(first.on, today)}到期。"
    return text


def _card(summary: PointsSummary) -> dict[str, Any]:
    """The `points` card of docs/protocols/webchat.md."""
    return {
        "total": summary.total,
        "tier": summary.tier,
        "expiring": [{"points": lot.points, "on": lot.on.isoformat()} for lot in summary.expiring],
    }
