"""The tier, what it gives, and what is missing to the next."""

from __future__ import annotations

import re

from sqlalchemy.ext.asyncio import AsyncSession

from actions.base import Call, Events
from actions.company import SourcedAction
from bot.kit.ids import CustomerId
from bot.store.tiers.service import Benefit, TierOffer, own_benefits, tier_offers

NEXT = {"查积分": "/ask_points", "优惠活动": "/ask_promotion", "推荐朋友": "/ask_referral"}
MINE = {"看我的等级": "/ask_membership", "优惠活动": "/ask_promotion"}
GENERAL = re.compile(
    r"区别|好处|特权|有?(什么|啥|嘛)用|(哪|几|多少)(些|个|种)?(等级|级别)|(等级|级别)(有哪|怎么分)|说明|条件|门槛"
    r"|(成为|办|入|注册|加入).{0,2}会员|会员(卡)?(怎么|咋)(办|入)|入会"
)
MEMBERS_DAY = re.compile(r"会员日")
UNKNOWN_DAY = "会员日的安排我手里没有，不想说错日子。现在有的优惠我可以念给您听，或者请同事告诉您。"


class Membership(SourcedAction):
    """A tier never makes anything dearer: it is told by what it gives."""

    topic = "membership"
    intent = "ask_membership"
    title = "查会员等级"

    async def answer(self, call: Call) -> Events:
        """What the levels are is nobody's secret; only who asks about themselves is asked who they are."""
        if MEMBERS_DAY.search(call.text):
            call.say(UNKNOWN_DAY, buttons={"优惠活动": "/ask_promotion", "转人工": "/request_human"})
            return []
        if call.is_general:
            async with call.runtime.database.read() as session:
                offers = await tier_offers(session)
            if offers and (GENERAL.search(call.text) or any(each.name in call.text for each in offers)):
                lines = ["会员等级看 12 个月内得了多少积分：", *map(_offer, offers)]
                call.say("\n".join(lines), buttons=MINE)
                return []
        return await super().answer(call)

    async def tell(self, call: Call, session: AsyncSession, customer: CustomerId) -> Events:
        summary = await call.runtime.source.points(session, customer, call.now)
        benefits = await own_benefits(session, customer)
        lines = [f"您现在是{summary.tier or '普通会员'}。", *(_line(benefit) for benefit in benefits)]
        if summary.next_tier:
            missing, name = summary.next_tier.missing, summary.next_tier.name
            reached = (
                (f"12 个月内再得 {missing:,} 积分就升到{name}。") if missing else f"积分已经够升{name}了。"
            )
            lines.append(reached)
        else:
            lines.append("这已经是最高一级了，谢谢您一直在。")
        call.say("\n".join(lines), buttons=NEXT)
        return []


def _line(benefit: Benefit) -> str:
    often = f"，每年 {benefit.per_year} 次" if benefit.per_year else ""
    return f"· {benefit.name}{often}{f'：{benefit.text}' if benefit.text else ''}"


def _offer(offer: TierOffer) -> str:
    takes = f"（满 {offer.threshold:,} 积分）" if offer.threshold else ""
    return f"· {offer.name}{takes}：{'、'.join(offer.benefits) or '积分照常累计'}"
