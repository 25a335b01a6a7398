"""The customer's own referral code, and what became of it."""

from __future__ import annotations

import re

from actions.base import Call, Events, PersonalAction
from bot.kit.db import WriteSession
from bot.kit.ids import CustomerId
from bot.store.referrals.service import referral_code, referral_summary

GENERAL = re.compile(r"好处|奖励|规则|怎么|咋|如何|什么|啥|送")
HOW = (
    "推荐朋友是这样：您有一个推荐码，朋友注册时填上，完成第一笔消费后您就有奖励。"
    "请在征得朋友同意后再分享，我们不会替您联系他们。"
)
NEXT = {"查积分": "/ask_points", "看看能换什么": "/redeem_points"}


class Referral(PersonalAction):
    """Only counts are told: who came is their own affair."""

    topic = "referral"
    intent = "ask_referral"
    title = "看推荐码"

    async def answer(self, call: Call) -> Events:
        """How it works is the same for everybody."""
        if await call.is_strangers_question(GENERAL):
            call.say(HOW, buttons={"看我的推荐码": "/ask_referral", "会员权益": "/ask_membership"})
            return []
        return await super().answer(call)

    async def tell(self, call: Call, session: WriteSession, customer: CustomerId) -> Events:
        code = await referral_code(session, customer, call.now)
        summary = await referral_summary(session, customer)
        text = f"您的推荐码是 {code}。朋友注册时填上，完成第一笔消费后您就有奖励。"
        if summary.joined:
            text += f"已经有 {summary.joined} 位朋友用过，{summary.rewarded} 份奖励已到账。"
        call.say(text + "请在征得朋友同意后再分享，我们不会替您联系他们。", buttons=NEXT)
        return []
