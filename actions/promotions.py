"""Offers: the published ones, the same for everybody, and the customer's own coupons."""

from __future__ import annotations

from actions.base import Call, CustomerAction, Events
from actions.say import day, yuan
from bot.kit.clock import local_date
from bot.store.access.service import open_own_data
from bot.store.identities.service import access
from bot.store.offers.models import Offer
from bot.store.offers.service import CouponView, current_offers, own_coupons

PROVE = {"看我的券": "/identity", "会员权益": "/ask_membership"}
NEXT = {"会员权益": "/ask_membership", "查积分": "/ask_points"}


class Promotions(CustomerAction):
    """Asked for, never pushed. Own coupons are told only to who has proved who they are."""

    topic = "promotion"
    intent = "ask_promotion"
    title = "看优惠活动"

    async def answer(self, call: Call) -> Events:
        async with call.runtime.database.write() as session:
            offers = await current_offers(session, call.now)
            seen = await access(session, call.identity, call.now)
            coupons: list[CouponView] = []
            if seen.verified:
                customer = await open_own_data(session, seen, self.topic, call.now)
                coupons = await own_coupons(session, customer, call.now)
        today = local_date(call.now, call.time_zone)
        lines = [
            (f"· {o.name}，{day(local_date(o.until, call.time_zone), today)}结束：{o.terms}") for o in offers
        ]
        text = "\n".join(["现在的活动，对所有顾客都一样：", *lines]) if lines else "现在没有正在进行的活动。"
        if coupons:
            text += "\n您手里可用的券：\n" + "\n".join(_coupon(each, call) for each in coupons)
        call.say(text, buttons=NEXT if seen.verified else PROVE)
        return []


def _coupon(coupon: CouponView, call: Call) -> str:
    until = day(local_date(coupon.expires_at, call.time_zone), local_date(call.now, call.time_zone))
    return f"· {coupon.name}（{worth(coupon)}），{until}前用，券号 {coupon.code}"


def worth(offer: Offer | CouponView) -> str:
    """ "8 折", "减 20 元，满 100 元可用"."""
    if offer.kind == "percent":
        pay = 100 - offer.value
        off = f"{pay // 10} 折" if pay % 10 == 0 else f"{pay / 10:.1f} 折"
    else:
        off = f"减 {yuan(offer.value)}"
    return f"{off}，满 {yuan(offer.minimum)}可用" if offer.minimum else off
