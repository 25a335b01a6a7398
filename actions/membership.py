"""The tier, what it gives, and what is missing to the next."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from actions.base import Call, Events
from actions.company import SourcedAction
from bot.kit.ids import CustomerId
from bot.store.tiers.service import Benefit, own_benefits

NEXT = {"查积分": "/ask_points", "优惠活动": "/ask_promotion", "推荐朋友": "/ask_referral"}


class Membership(SourcedAction):
    """A tier never makes anything dearer: it is told by what it gives."""

    topic = "membership"
    intent = "ask_membership"
    title = "查会员等级"

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
