"""The birthday offer: given to whom it was sent, once a year, with its code."""

from __future__ import annotations

from actions.base import Call, Events, PersonalAction
from actions.notices.memory import newest, note
from actions.promotions import worth
from actions.say import day
from actions.tasks.consent import asks
from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.errors import NotFound
from bot.kit.ids import CustomerId
from bot.store.offers.service import issue_coupon, own_coupons

OFFERS = {"优惠活动": "/ask_promotion", "转人工": "/request_human"}
YEAR = 4


class ClaimOffer(PersonalAction):
    """Nobody claims what was sent to somebody else, whoever sits before the screen."""

    topic = "claim_offer"
    intent = "claim_offer"
    title = "领优惠"

    async def tell(self, call: Call, session: WriteSession, customer: CustomerId) -> Events:
        notice = newest(call, "birthday_7d")
        offer = str(notice.facts.get("offer") or "") if notice else ""
        if notice is None or not offer or notice.customer != customer:
            call.say("现在没有等您领取的优惠。公开的活动大家都一样，随时可以看。", buttons=OFFERS)
            return []
        if asks(call.text):
            call.say("您有一份生日优惠还没领，要领就说“领优惠”。", buttons={"领优惠": "/claim_offer"})
            return []
        occasion = f"birthday:{str(notice.facts.get('birthday'))[:YEAR]}"
        try:
            code = await issue_coupon(session, customer, offer, occasion, note(call, notice, "claim"))
        except NotFound:
            call.say("抱歉，这项优惠已经结束了，没能给您领上。", buttons=OFFERS)
            return []
        coupons = await own_coupons(session, customer, call.now)
        coupon = next((each for each in coupons if each.code == code), None)
        if coupon is None:
            call.say("这张券您已经用过了，祝您生日快乐。")
            return []
        until = day(local_date(coupon.expires_at, call.time_zone), local_date(call.now, call.time_zone))
        call.say(
            f"领好了，祝您生日快乐：{coupon.name}（{worth(coupon)}），券号 {coupon.code}，{until}前用。"
            f"{coupon.terms}"
        )
        return []
