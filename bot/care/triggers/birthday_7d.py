"""A week before the customer's own declared birthday: the published birthday offer.

Who was born on 29 February celebrates on the 28th in other years. Due up to two days late, then no more.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, extract, or_, select

from bot.care.due import Due
from bot.care.sql import table
from bot.care.trigger import DAY, LATER, STOP, Goal, Reply, Trigger
from bot.kit.clock import local_date
from bot.store.customers.models import Customer
from bot.store.offers.models import Coupon, Offer

OFFER = "birthday"
AHEAD = (7, 6, 5)


def due(at: Due) -> Select[Any]:
    number = extract("month", Customer.birthday) * 100 + extract("day", Customer.birthday)
    reached = [number == at.month_day(days) for days in AHEAD]
    leap = [number == at.leap_birthday(days) for days in AHEAD]
    current = (Offer.code == OFFER, Offer.since <= at.now, Offer.until > at.now)
    return at.rows(
        table(Customer),
        Customer.id,
        ("year:", at.year(AHEAD[0])),
        birthday=Customer.birthday,
        offer=select(Offer.code).where(*current).scalar_subquery(),
        gift=select(Offer.name).where(*current).scalar_subquery(),
    ).where(Customer.birthday.is_not(None), or_(*reached, *leap))


def this_year(facts: Mapping[str, Any], now: datetime, time_zone: str) -> dict[str, Any]:
    """The day on which the customer celebrates next."""
    born, today = date.fromisoformat(facts["birthday"]), local_date(now, time_zone)
    days = (_celebrated(born, year) for year in (today.year, today.year + 1))
    return {"birthday": next(day for day in days if day >= today).isoformat()}


def _celebrated(born: date, year: int) -> date:
    if (born.month, born.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return born.replace(year=year)


TRIGGER = Trigger(
    name="birthday_7d",
    title="生日优惠",
    due=due,
    facts={"birthday": "day", "offer": "text", "gift": "text"},
    more=this_year,
    text="{customer}，您的生日快到了，提前祝您生日快乐！[给您留了{gift}，要现在领吗？]",
    brief="我们给您留了一份心意，验证身份后可以查看。",
    watches=("customer", "consent"),
    audience="marketing",
    priority=70,
    cool_down=300 * DAY,
    lasting=5 * DAY,
    hold_out=10,
    goal=Goal(
        "领取优惠",
        Coupon.customer_id,
        Coupon.issued_at,
        where=lambda: Coupon.offer_code == OFFER,
    ),
    replies=(Reply("领取", "care_yes", when={"gift": True}), LATER, STOP),
)
