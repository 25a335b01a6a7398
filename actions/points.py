"""Points: how many, which expire, where they came from and went."""

from __future__ import annotations

import re

from sqlalchemy.ext.asyncio import AsyncSession

from actions.balance import BalanceByCard
from actions.base import Call, Events
from actions.company import SourcedAction
from actions.say import day, yuan
from bot.kit.clock import local_date
from bot.kit.ids import CustomerId
from bot.store.points.models import EarningRule
from bot.store.points.reads import PointsMovement, PointsSummary, earning_rules, points_history

KINDS = {
    "earn": "获得",
    "redeem": "兑换",
    "expire": "到期",
    "reverse": "退回",
    "adjust": "调整",
}
EARNING = re.compile(
    r"(怎么|如何|咋|怎样).{0,6}(得|攒|赚|获|积|累|算|来)|积分规则|多少钱.{0,4}积?分"
    r"|消费.{0,6}(多少|几).{0,2}分"
)
LASTING = re.compile(
    r"会.{0,3}(过期|到期|清零|作废|失效)|有效期|永久|(多久|多长时间|几年|几个月|什么时候).{0,4}(过期|到期|清零|失效|有效)"
)
MISSING = re.compile(r"没.{0,4}(到账|加|给|积上|记上|收到)|少了|不见|缺了|漏|没有到|还没到|不对")
UNKNOWN_RULES = "攒积分的规则我手里没有，请同事告诉您，免得说错。"
NEXT = {"看看能换什么": "/redeem_points", "积分明细": "/ask_points_history", "查余额": "/ask_balance"}
CHECK = {"登记核查": "/file_complaint", "转人工": "/request_human"}
SHOWN = 5


class Points(SourcedAction):
    """How many points there are; who misses some sees the latest movements and a way to have them checked."""

    topic = "points"
    intent = "ask_points"
    title = "查积分"

    async def answer(self, call: Call) -> Events:
        if call.entity("about") == "earning" or EARNING.search(call.text):
            return await _rules(call, "积分这样攒：")
        return await super().answer(call)

    async def tell(self, call: Call, session: AsyncSession, customer: CustomerId) -> Events:
        summary = await call.runtime.source.points(session, customer, call.now)
        if MISSING.search(call.text):
            text = f"您现在有 {summary.total:,} 积分。{await _latest(call, session, customer, SHOWN)}"
            call.say(f"{text}\n如果有一笔没到账，我帮您登记核查，24 小时内给您答复。", buttons=CHECK)
            return []
        call.say(_total(summary, call), card="points", data=summary.as_card(), buttons=NEXT)
        return []


class PointsExpiry(SourcedAction):
    """Which points expire, and when."""

    topic = "points_expiry"
    intent = "ask_points_expiry"
    title = "查快到期的积分"

    async def answer(self, call: Call) -> Events:
        if await call.is_strangers_question(LASTING):
            return await _rules(call, "能用多久，看积分是怎么得来的：")
        return await super().answer(call)

    async def tell(self, call: Call, session: AsyncSession, customer: CustomerId) -> Events:
        if call.slots.get("topic") == "balance" and "分" not in call.text:
            return await BalanceByCard().tell_expiring(call, session, customer)  # 那快过期的呢
        summary = await call.runtime.source.points(session, customer, call.now)
        if not summary.expiring:
            call.say(
                f"放心，您的 {summary.total:,} 积分在未来 90 天内都不会到期。",
                buttons={"查积分": "/ask_points", "看看能换什么": "/redeem_points"},
            )
            return []
        today = local_date(call.now, call.time_zone)
        lines = "；".join(f"{day(lot.on, today)}到期 {lot.points:,} 积分" for lot in summary.expiring)
        call.say(
            f"您快到期的积分：{lines}。到期当天结束前都可以用。",
            card="points",
            data=summary.as_card(),
            buttons={"看看能换什么": "/redeem_points", "积分明细": "/ask_points_history"},
        )
        return []


class PointsHistory(SourcedAction):
    """The latest movements."""

    topic = "points_history"
    intent = "ask_points_history"
    title = "看积分明细"

    async def tell(self, call: Call, session: AsyncSession, customer: CustomerId) -> Events:
        text = await _latest(call, session, customer, SHOWN * 2)
        call.say(text, buttons={"查积分": "/ask_points", "有一笔不对": "/file_complaint"})
        return []


async def _rules(call: Call, head: str) -> Events:
    """How points are earned, and how long they last, is nobody's secret."""
    async with call.runtime.database.read() as session:
        rules = await earning_rules(session, call.now)
    text = "\n".join([head, *map(_rule, rules)]) if rules else UNKNOWN_RULES
    call.say(
        text, buttons={"查积分": "/ask_points", "会员权益": "/ask_membership", "转人工": "/request_human"}
    )
    return []


def _rule(rule: EarningRule) -> str:
    lasts = f"{rule.valid_months} 个月内有效" if rule.valid_months else "长期有效"
    return f"· {rule.name}：每消费 {yuan(rule.per_fen)}得 {rule.points} 积分，{lasts}"


async def _latest(call: Call, session: AsyncSession, customer: CustomerId, limit: int) -> str:
    if call.runtime.source.remote:
        return "每一笔的明细在公司的业务系统里，我这里看不到，需要的话请人工同事帮您查。"
    return _recent(await points_history(session, customer, limit), call)


def _recent(history: list[PointsMovement], call: Call) -> str:
    if not history:
        return "您还没有积分记录。"
    today = local_date(call.now, call.time_zone)
    lines = [
        f"· {day(local_date(each.at, call.time_zone), today)} {KINDS.get(each.kind, '变动')} {each.points:+,}"
        for each in history
    ]
    return "\n".join(["最近的积分记录：", *lines])


def _total(summary: PointsSummary, call: Call) -> str:
    if summary.total == 0:
        return "您现在没有可用的积分。"
    text = f"您现在有 {summary.total:,} 积分。"
    if summary.expiring:
        first = summary.expiring[0]
        today = local_date(call.now, call.time_zone)
        text += f"其中 {first.points:,} 积分{day(first.on, today)}到期。"
    return text
