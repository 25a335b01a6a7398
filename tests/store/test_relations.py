"""Referrals, surveys, dealers, offers, tiers, stages, seasons, rhythm and contacts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.kit.db import Database
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.contacts.models import ContactKind
from bot.store.contacts.service import add_contact, contacts_of, remove_contact
from bot.store.customers.models import Customer, Tier
from bot.store.dealers.service import NewDealer, check_dealer, publish_register
from bot.store.offers.models import Offer
from bot.store.offers.service import CouponNotUsable, cancel_coupon, issue_coupon, own_coupons, use_coupon
from bot.store.orders.reads import reorder_rhythm
from bot.store.orders.service import NewLine, place_order
from bot.store.points.reads import points_summary
from bot.store.referrals.service import (
    join_with_code,
    qualify_referral,
    referral_code,
    referral_summary,
    reward_referral,
)
from bot.store.seasons.models import SeasonProject
from bot.store.seasons.service import projects_on
from bot.store.stages.service import reach_stage, stage_history, stage_of
from bot.store.surveys.models import Method
from bot.store.surveys.service import answer_survey, ask_survey, survey_score
from bot.store.tiers.models import TierBenefit
from bot.store.tiers.service import own_benefits
from tests.store.builders import a_customer, days, note
from tests.store.conftest import NOW


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        return await a_customer(session)


async def test_a_referral_needs_somebody_else_and_a_purchase(database: Database, customer: CustomerId):
    """A wrong code, one's own code, coming twice and a reward before the first purchase are refused."""
    async with database.write() as session:
        friend = await a_customer(session, "李四")
        code = await referral_code(session, customer, NOW)
        assert await referral_code(session, customer, NOW) == code
        referral = await join_with_code(session, friend, code.lower(), note())
        assert not await qualify_referral(session, referral)
    for who, with_code, refusal in (
        (friend, "XXXXXXXX", NotFound),
        (customer, code, BadInput),
        (friend, code, Conflict),
    ):
        with pytest.raises(refusal):
            async with database.write() as session:
                await join_with_code(session, who, with_code, note())
    with pytest.raises(Conflict):
        async with database.write() as session:
            await reward_referral(session, referral, 100, note(), None)


async def test_a_reward_is_given_once(database: Database, customer: CustomerId):
    """After the friend's first purchase the points come, one time, and the summary names nobody."""
    async with database.write() as session:
        friend = await a_customer(session, "李四")
        code = await referral_code(session, customer, NOW)
        referral = await join_with_code(session, friend, code, note())
        await place_order(session, friend, "D1", [NewLine("P", "米", 1, 100)], NOW, state="completed")
        assert await qualify_referral(session, referral)
        same = note()
        for _ in range(2):
            await reward_referral(session, referral, 100, same, None)
        with pytest.raises(Conflict):
            await reward_referral(session, referral, 100, note(), None)
        summary = await referral_summary(session, customer)
        assert (await points_summary(session, customer, NOW)).total == 100
    assert (summary.joined, summary.qualified, summary.rewarded) == (1, 1, 1)


async def test_a_score_has_its_method_beside_it(database: Database):
    """NPS is promoters minus detractors, CSAT the share of 4 and 5, CES the mean; no answers, no score."""
    async with database.write() as session:
        given: dict[Method, tuple[int, ...]] = {"nps": (10, 9, 8, 6), "csat": (5, 4, 3, 1), "ces": (7, 2)}
        for method, answers in given.items():
            for place, score in enumerate(answers):
                who = await a_customer(session, f"{method}{place}")
                survey = await ask_survey(session, who, method, "TS1", NOW)
                assert await ask_survey(session, who, method, "TS1", NOW) == survey
                await answer_survey(session, who, survey, score, NOW, tag="服务")
        await ask_survey(session, await a_customer(session), "nps", "TS2", NOW)
        day = (NOW, NOW + days(1))
        scores = [await survey_score(session, method, *day) for method in given]
        none = await survey_score(session, "nps", NOW + days(1), NOW + days(2))
    assert [(each.value, each.answers, each.asked) for each in scores] == [
        (25.0, 4, 5),
        (50.0, 4, 4),
        (4.5, 2, 2),
    ]
    assert (none.value, none.answers) == (None, 0)


async def test_a_survey_is_answered_once_within_its_scale(database: Database, customer: CustomerId):
    """Out of range, somebody else's, or a second, different answer is refused."""
    async with database.write() as session:
        stranger = await a_customer(session, "李四")
        survey = await ask_survey(session, customer, "csat", "TS1", NOW)
        for _ in range(2):
            await answer_survey(session, customer, survey, 4, NOW)
    for who, score, refusal in (
        (customer, 6, BadInput),
        (customer, 0, BadInput),
        (stranger, 4, NotFound),
        (customer, 5, Conflict),
    ):
        with pytest.raises(refusal):
            async with database.write() as session:
                await answer_survey(session, who, survey, score, NOW)


def dealer(number: str, name: str, until: date = date(2026, 12, 31), **more: Any) -> NewDealer:
    return NewDealer(number, name, date(2026, 1, 1), until, **more)


async def test_a_dealer_is_looked_up_with_the_registers_date(database: Database):
    """By number or exact name, by part of a name from four characters on, and always with the day."""
    today = date(2026, 11, 22)
    async with database.write() as session:
        assert (await check_dealer(session, "A1", today)).as_of is None
        await publish_register(
            session,
            date(2026, 11, 1),
            "官网",
            [
                dealer("A1", "长江通信器材有限公司", region="武汉"),
                dealer("A2", "黄河数码", until=date(2026, 6, 30)),
                dealer("A3", "珠江电子", state="revoked"),
            ],
            NOW,
        )
        asked = ("a1", "黄河数码", "珠江电子", "长江通信", "长江", "没有这家公司", "%%%%")
        answers = [await check_dealer(session, text, today) for text in asked]
    assert {answer.as_of for answer in answers} == {date(2026, 11, 1)}
    assert [[found.standing for found in answer.found] for answer in answers] == [
        ["valid"],
        ["expired"],
        ["revoked"],
        ["valid"],
        [],
        [],
        [],
    ]


async def test_a_register_is_replaced_only_by_a_newer_one(database: Database):
    """An older, an empty or a doubled list is refused; a newer one replaces all."""
    async with database.write() as session:
        await publish_register(session, date(2026, 11, 1), "官网", [dealer("A1", "甲")], NOW)
    for day, dealers in ((1, [dealer("A2", "乙")]), (2, []), (2, [dealer("A2", "乙"), dealer("A2", "丙")])):
        with pytest.raises(BadInput):
            async with database.write() as session:
                await publish_register(session, date(2026, 10 + (day == 2), day), "官网", dealers, NOW)
    async with database.write() as session:
        await publish_register(session, date(2026, 11, 20), "官网", [dealer("A2", "乙")], NOW)
        assert (await check_dealer(session, "A1", NOW.date())).found == ()


async def test_a_coupon_is_given_once_for_an_occasion_and_used_once(database: Database, customer: CustomerId):
    """One birthday is one coupon; it takes off what was published, from the published amount on."""
    async with database.write() as session:
        session.add(
            Offer(
                code="birthday",
                name="生日 8 折",
                terms="满 100 元可用",
                kind="percent",
                value=20,
                minimum=10_000,
                since=NOW,
                until=NOW + days(365),
                coupon_days=7,
            )
        )
        await session.flush()
        codes = {await issue_coupon(session, customer, "birthday", "birthday:2026", note()) for _ in range(2)}
        (code,) = codes
        (own,) = await own_coupons(session, customer, NOW)
        assert own.expires_at - NOW < days(8)
        stranger = await a_customer(session, "李四")
    for who, amount, at, refusal in (
        (customer, 9_999, NOW, CouponNotUsable),
        (customer, 20_000, NOW + days(9), CouponNotUsable),
        (stranger, 20_000, NOW, NotFound),
    ):
        with pytest.raises(refusal):
            async with database.write() as session:
                await use_coupon(session, who, code, amount, note(at=at))
    async with database.write() as session:
        same = note()
        assert [await use_coupon(session, customer, code, 20_001, same) for _ in range(2)] == [4_000, 4_000]
        assert await own_coupons(session, customer, NOW) == []
        with pytest.raises(Conflict):
            await cancel_coupon(session, customer, code, note())
    with pytest.raises(NotFound):
        async with database.write() as session:
            await issue_coupon(session, customer, "birthday", "x", note(at=NOW + days(365)))


async def test_benefits_are_those_of_the_tier(database: Database, customer: CustomerId):
    """Without a tier there are none."""
    async with database.write() as session:
        session.add(Tier(code="gold", name="金卡", rank=2, threshold=1))
        await session.flush()
        session.add(TierBenefit(tier_code="gold", code="line", name="专线", text="", per_year=None))
        assert await own_benefits(session, customer) == []
        (await session.get_one(Customer, customer)).tier_code = "gold"
        await session.flush()
        assert [each.name for each in await own_benefits(session, customer)] == ["专线"]


async def test_a_stage_is_noted_with_its_reasons(database: Database, customer: CustomerId):
    """The same stage again is no change, and a stage without reasons is refused."""
    async with database.write() as session:
        assert await stage_of(session, customer) is None
        assert await reach_stage(session, customer, "尝鲜者", {"orders": 1}, NOW)
        assert not await reach_stage(session, customer, "尝鲜者", {"orders": 1}, NOW)
        assert await reach_stage(session, customer, "回头客", {"orders": 3}, NOW)
        with pytest.raises(BadInput):
            await reach_stage(session, customer, "光顾人", {}, NOW)
        history = await stage_history(session, customer)
    assert [(each.stage, each.reasons) for each in history] == [
        ("回头客", {"orders": 3}),
        ("尝鲜者", {"orders": 1}),
    ]


async def test_a_season_may_cross_the_new_year(database: Database):
    """A winter from November to February is on in both years, and off in summer."""
    async with database.write() as session:
        session.add(SeasonProject(code="winter", name="暖冬护理", text="", starts=1101, ends=228))
        session.add(SeasonProject(code="summer", name="防晒", text="", starts=601, ends=831))
        await session.flush()
        days_ = (date(2026, 12, 31), date(2027, 2, 28), date(2027, 3, 1), date(2027, 6, 1))
        on = [[each.code for each in await projects_on(session, day)] for day in days_]
    assert on == [["winter"], ["winter"], [], ["summer"]]


async def test_a_rhythm_takes_three_purchases(database: Database, customer: CustomerId):
    """The middle interval and amount of what was really bought; twice is not a rhythm yet."""
    async with database.write() as session:
        for place, (ago, quantity) in enumerate(((90, 2), (61, 2), (30, 5))):
            lines = [NewLine("P-001", "大米", quantity, 4_590)]
            if place:
                lines.append(NewLine("P-002", "油", 1, 100))
            at = NOW - days(ago)
            await place_order(session, customer, f"D{place}", lines, at, state="completed")
        await place_order(session, customer, "D9", [NewLine("P-001", "大米", 9, 1)], NOW, state="cancelled")
        (rhythm,) = await reorder_rhythm(session, customer, NOW)
    assert (rhythm.sku, rhythm.every_days, rhythm.quantity) == ("P-001", 30, 2)
    assert rhythm.next_at - rhythm.last_at == timedelta(days=30)


async def test_contact_points_are_cleaned_and_kept_once(database: Database, customer: CustomerId):
    """A wrong e-mail or phone is refused; the same one twice is one; only the owner removes it."""
    async with database.write() as session:
        stranger = await a_customer(session, "李四")
        ids = {
            await add_contact(session, customer, "phone", text, "送货", NOW)
            for text in ("138 0013 8000", "+8613800138000")
        }
        (contact,) = ids
        await remove_contact(session, stranger, contact)
        assert [each.value for each in await contacts_of(session, customer)] == ["+8613800138000"]
        await remove_contact(session, customer, contact)
        assert await contacts_of(session, customer) == []
        wrong: tuple[tuple[ContactKind, str], ...] = (("phone", "12"), ("email", "a@b"), ("address", "  "))
        for kind, value in wrong:
            with pytest.raises(BadInput):
                await add_contact(session, customer, kind, value, "x", NOW)
