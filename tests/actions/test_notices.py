"""What customers answer to notices, against a real store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions.notices.steps import STEPS
from bot.kit.ids import CustomerId
from bot.store.bills.models import Bill, BillLine
from bot.store.care.models import CareSnooze
from bot.store.care.service import PURPOSES
from bot.store.complaints.service import By, NewComplaint, open_complaint
from bot.store.consents.service import decision
from bot.store.facts.service import facts_for
from bot.store.identities.service import verify_by_merchant
from bot.store.offers.models import Offer
from bot.store.points.reads import points_summary
from bot.store.quotes import service as quotes
from bot.store.quotes.reads import quote_view
from bot.store.seasons.models import SeasonProject
from bot.store.surveys.service import survey_score
from tests.actions import world
from tests.actions.conftest import Customer
from tests.actions.talk import Talk


class Noticed(Talk):
    """A customer who has been sent notices."""

    def __init__(self, customer: Customer, id_: CustomerId) -> None:
        super().__init__(customer)
        self.id = id_

    async def notice(self, trigger: str, care_id: int = 1, **facts: Any) -> None:
        """A notice has gone out; nothing may be said to it."""
        self._new_message()
        entities = {
            "care_id": care_id,
            "customer": self.id,
            "trigger": trigger,
            "occurrence": f"{trigger}:{care_id}",
            **facts,
        }
        await self._call("action_notice", "", f"EXTERNAL_{trigger}", entities)
        assert self.said == []
        assert self.customer.slots["notice_waits"]

    async def bare_event(self, trigger: str) -> None:
        """An event without what every event carries."""
        self._new_message()
        await self._call("action_notice", "", f"EXTERNAL_{trigger}", {"amount": 3})

    def again(self) -> None:
        """The next message is the last one, delivered again."""
        self._messages -= 1

    async def answer(self, action: str, text: str = "", intent: str = "affirm", **entities: Any) -> str:
        """What the rules would have answer this message."""
        self._new_message()
        await self._call(f"action_{action}", text, intent, entities)
        if self.customer.followup == "task_form":
            await self._ask(text, intent)
        return self.text

    async def prove(self) -> None:
        async with self.customer.runtime.database.write() as session:
            await verify_by_merchant(
                session, self.customer.identity, "HM10000017", self.customer.clock(), timedelta(hours=1)
            )

    async def snoozed(self) -> list[tuple[str, datetime]]:
        async with self.customer.runtime.database.read() as session:
            rows = await session.execute(
                select(CareSnooze.occurrence, CareSnooze.until).order_by(CareSnooze.id)
            )
            return [(row[0], row[1]) for row in rows]

    async def decided(self, purpose: str) -> str | None:
        async with self.customer.runtime.database.read() as session:
            return await decision(session, self.id, purpose)


@pytest.fixture
async def talk(visitor: Customer, customer_id: CustomerId) -> Noticed:
    """Known, not verified: notices come, nothing is told without proof."""
    talk = Noticed(visitor, customer_id)
    async with visitor.runtime.database.write() as session:
        seen = await verify_by_merchant(
            session, visitor.identity, "HM10000017", visitor.clock() - timedelta(days=2), timedelta(hours=1)
        )
    assert seen.customer_id == customer_id
    return talk


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026; the clock of these tests stands at the 22nd, 10:00 in Shanghai."""
    return datetime(2026, 11, day, hour - 8, minute, tzinfo=UTC)


# ---- yes


async def test_a_yes_to_expiring_points_redeems_after_the_proof(talk: Noticed) -> None:
    """好，换个保温杯: proof first, then the cup is confirmed and paid, with a receipt."""
    await world.catalogue(talk.customer)
    await world.points(talk.customer, talk.id, 3_200, days=30)
    await talk.notice("points_expiring", amount=3_200, expires="2026-12-22T16:00:00Z")
    await talk.answer("notice_yes", "好，换个保温杯")
    assert talk.customer.followup == "identity_form"
    assert talk.said == [], "no figure before the proof"
    assert talk.customer.slots["notice_waits"] is None
    await talk.prove()
    talk.customer.slots["code"] = "checked"
    assert "用 500 积分换保温杯" in await talk.resume()
    assert "换好了：保温杯" in await talk.say("好的", "affirm")
    async with talk.customer.runtime.database.read() as session:
        assert (await points_summary(session, talk.id, talk.customer.clock())).total == 2_700


async def test_a_yes_to_an_ending_card_transfers_from_that_card(talk: Noticed) -> None:
    """The card of the notice is not asked for again, nor taken for the answer to the next question."""
    await talk.prove()
    first = await world.card(talk.customer, talk.id, "620588218821", 12_000, days=20)
    await world.card(talk.customer, talk.id, "620588216612", 3_000)
    await world.card(talk.customer, talk.id, "620588217777", 500)
    await talk.notice("card_expiring", card_id=first, expires="2026-12-12")
    assert "转到哪张卡" in await talk.answer("notice_yes", "好的")
    await talk.say("尾号6612")
    assert "从尾号 8821 转 120 元到尾号 6612" in await talk.say("全部")
    assert "转好了" in await talk.press("确认转")


async def test_the_hall_the_top_up_and_the_bill_are_explained(talk: Noticed) -> None:
    """What to bring and until when; what is on the card; the very bill that the notice was about."""
    await talk.prove()
    old = await world.card(talk.customer, talk.id, "620588218821", 12_000, days=-60)
    await talk.notice("card_hall_window", 1, card_id=old, hall_until="2026-12-23")
    hall = await talk.answer("notice_yes", "好的")
    assert "120 元" in hall
    assert "身份证件" in hall
    await talk.notice("balance_low", 2, card_id=old)
    assert "营业厅" in await talk.answer("notice_yes", "怎么充", "affirm")
    async with talk.customer.runtime.database.write() as session:
        for number, month, total in (("ZD1", 9, 5_000), ("ZD2", 10, 90_000), ("ZD3", 11, 4_000)):
            bill = Bill(
                number=number,
                customer_id=talk.id,
                period_from=date(2026, month, 1),
                period_to=date(2026, month, 28),
                total=total,
                due_on=None,
                state="open",
                issued_at=talk.customer.clock(),
            )
            session.add(bill)
            await session.flush()
            session.add(
                BillLine(
                    bill_id=bill.id, line=1, name="流量费", quantity=1, unit="", amount=total, explanation=""
                )
            )
    await talk.notice("abnormal_charge", 3, number="ZD2")
    assert "900 元" in await talk.answer("notice_yes", "好的")
    await talk.begin("action_dispute_charge", bill_number="ZD2")
    assert "10月1日至10月28日" in talk.text


async def test_a_late_reply_is_urged_and_progress_goes_on_where_it_waits(talk: Noticed) -> None:
    """The complaint is the notice's; a no to a reported solution reopens it."""
    await talk.prove()
    async with talk.customer.runtime.database.write() as session:
        made = [
            await open_complaint(
                session,
                NewComplaint(talk.id, subject, "等了三天", "web", "时效"),
                By("customer", "本人", talk.customer.clock(), f"k{n}"),
            )
            for n, subject in enumerate(("师傅没来", "多收了钱"))
        ]
    number = made[0].number
    await talk.notice("sla_breach", 1, number=number)
    urged = await talk.answer("notice_yes", "好的")
    assert "已经替您催了" in urged
    assert number in urged
    await talk.notice("complaint_progress", 2, number=number, state="waiting_customer")
    assert f"要给 {number}" in await talk.answer("notice_yes", "好的")
    await talk.say("算了", "cancel")
    assert number in await talk.answer("ask_notice", "刚才说的那个", "ask_notice")
    await talk.notice("complaint_progress", 3, number=number, state="responded")
    assert "没有已经答复" in await talk.answer("notice_no", "没解决", "deny")


async def test_a_visit_is_booked_for_what_is_due(talk: Noticed) -> None:
    """Of several services the maintenance is meant."""
    from bot.store.bookings.models import ServiceOffered, Slot

    await talk.prove()
    starts = talk.customer.clock() + timedelta(days=1)
    async with talk.customer.runtime.database.write() as session:
        for code, name in (("fix", "上门维修"), ("care", "定期保养")):
            session.add(ServiceOffered(code=code, name=name, minutes=60, offered=True))
            await session.flush()
            session.add(
                Slot(
                    service_code=code,
                    place=f"{name}组",
                    starts_at=starts,
                    ends_at=starts + timedelta(hours=1),
                    capacity=1,
                    taken=0,
                )
            )
    await talk.notice("maintenance_due", asset_id=1, asset="印得快 200", plan="季度保养")
    assert "定期保养组" in await talk.answer("notice_yes", "好的")


async def _quoted(talk: Noticed) -> int:
    lines = (("换机油", 30_000), ("换轮胎", 80_000))
    note = world.note(talk.customer, "quote")
    async with talk.customer.runtime.database.write() as session:
        quote = await quotes.make_quote(session, talk.id, "宝来保养", quotes.Offer(lines), note)
        note = world.note(talk.customer, "requote")
        dearer = quotes.Offer((("换机油", 30_000), ("换轮胎", 90_000)), ready_at=utc(24, 18))
        await quotes.requote(session, quote.id, dearer, note)
        return quote.id


async def test_a_changed_quote_is_agreed_to_line_by_line(talk: Noticed) -> None:
    """A yes to the notice is no consent: what is done is chosen, shown, and confirmed."""
    await talk.prove()
    await _quoted(talk)
    async with talk.customer.runtime.database.read() as session:
        number = (await quote_view(session, talk.id)).number  # type: ignore[union-attr]
    await talk.notice("quote_change", number=number, version=2)
    shown = await talk.answer("notice_yes", "好的")
    assert "2. 换轮胎 900 元" in shown
    assert "合计 1,200 元（原来 1,100 元）" in shown
    assert "换机油，300 元：做吗" in await talk.press("逐项选")
    await talk.say("做")
    summary = await talk.say("不做", "deny")
    assert "同意：换机油 300 元，共 300 元。" in summary
    assert "不做：换轮胎。" in summary
    assert "记下了" in await talk.press("确认")
    async with talk.customer.runtime.database.read() as session:
        view = await quote_view(session, talk.id)
    assert view is not None
    assert [item.decision for item in view.items] == ["approved", "refused"]


async def test_nobody_agrees_to_a_price_that_changed_meanwhile(talk: Noticed) -> None:
    """The yes comes after a newer version: nothing is recorded, the new one is shown."""
    await talk.prove()
    quote = await _quoted(talk)
    await talk.notice("quote_change", number=None, version=2)
    await talk.answer("notice_yes", "好的")
    assert "同意：" in await talk.press("全部同意")
    async with talk.customer.runtime.database.write() as session:
        dearer = quotes.Offer((("换机油", 30_000), ("换轮胎", 99_000)))
        await quotes.requote(session, quote, dearer, world.note(talk.customer, "again"))
    again = await talk.press("确认")
    assert "又有变动" in again
    assert "换轮胎 990 元" in again
    async with talk.customer.runtime.database.read() as session:
        view = await quote_view(session, talk.id)
    assert view is not None
    assert [item.decision for item in view.items] == [None, None]


async def test_whom_the_new_time_does_not_suit_gets_a_person(talk: Noticed) -> None:
    """不行 to a later time: nothing is begun meanwhile."""
    await talk.prove()
    await _quoted(talk)
    await talk.notice("eta_change", number=None, ready="2026-11-24T10:00:00Z")
    said = await talk.answer("notice_no", "不行", "deny")
    assert "不会开工" in said
    assert talk.said[0]["custom"]["handoff"]["details"]["时间"]


async def test_the_birthday_offer_is_given_once_and_only_to_whom_it_was_sent(talk: Noticed) -> None:
    """Claimed twice, it is one coupon with one code; whoever else proves who they are gets nothing."""
    now = talk.customer.clock()
    async with talk.customer.runtime.database.write() as session:
        session.add(
            Offer(
                code="birthday",
                name="生日八折",
                terms="全场可用。",
                kind="percent",
                value=20,
                minimum=0,
                since=now - timedelta(days=9),
                until=now + timedelta(days=90),
                coupon_days=30,
            )
        )
    await talk.prove()
    await talk.notice("birthday_7d", 1, birthday="2026-11-29", offer="birthday")
    first = await talk.answer("notice_yes", "好呀")
    code = first.partition("券号 ")[2][:12]
    assert "8 折" in first
    assert code in await talk.answer("claim_offer", "领取", "claim_offer")
    talk.id = CustomerId(talk.id + 1)
    await talk.notice("birthday_7d", 2, birthday="2026-11-29", offer="birthday")
    assert "没有等您领取" in await talk.answer("claim_offer", "领取", "claim_offer")


async def test_the_season_is_told_and_the_code_shown(talk: Noticed) -> None:
    """The project by its name, to anybody; the referral code to who proved."""
    async with talk.customer.runtime.database.write() as session:
        session.add(
            SeasonProject(
                code="winter", name="冬季护理", text="换防冻液。", starts=1101, ends=228, offered=True
            )
        )
    await talk.notice("season_care", 1, project="winter")
    assert "换防冻液" in await talk.answer("notice_yes", "好的")
    await talk.prove()
    await talk.notice("referral_ask", 2)
    assert "推荐码是" in await talk.answer("notice_yes", "好的")


# ---- words


@pytest.mark.parametrize("said", ["5分", "五分", "5"])
async def test_a_survey_takes_the_score_without_a_proof(talk: Noticed, said: str) -> None:
    """It tells nothing, so nobody has to prove anything; it counts for the case it was about."""
    await talk.notice("survey", about="complaint:TS1")
    assert "愿意说一句吗" in await talk.answer("notice_words", said, "inform")
    assert "谢谢" in await talk.say("师傅很耐心", "feedback_satisfied")
    now = talk.customer.clock()
    async with talk.customer.runtime.database.read() as session:
        score = await survey_score(session, "csat", now - timedelta(days=1), now + timedelta(days=1))
    assert (score.value, score.answers) == (100.0, 1)


async def test_words_about_the_service_are_kept_and_the_score_asked(talk: Noticed) -> None:
    """What was said is not asked for again; somebody else has to prove who they are."""
    await talk.notice("survey", about="complaint:TS1")
    assert "打几分" in await talk.answer("notice_words", "就是慢了点", "feedback_dissatisfied")
    assert "让您不满意了" in await talk.say("3分")
    talk.id = CustomerId(talk.id + 1)
    await talk.notice("survey", 2, about="complaint:TS2")
    await talk.answer("notice_words", "5分", "inform")
    assert talk.customer.followup == "identity_form"


@pytest.mark.parametrize(
    ("action", "words", "intent", "kind", "answer"),
    [
        ("notice_words", "上次师傅态度很差", "feedback_dissatisfied", "problem", "对不起"),
        ("notice_words", "你们太贵了", "feedback_dissatisfied", "price", "对所有顾客都一样"),
        ("notice_no", "最近没需要，用不上", "deny", "no_need", "就不打扰了"),
        ("notice_yes", "就是离得太远", "affirm", "other", "记下了"),
        ("notice_words", "我病了住院呢", "inform", "other", "记下了"),
    ],
)
async def test_why_somebody_stays_away_is_asked_and_only_its_kind_kept(
    talk: Noticed, action: str, words: str, intent: str, kind: str, answer: str
) -> None:
    """Nothing is offered before the answer, and the words themselves go nowhere."""
    await talk.notice("win_back", order_id=1, days=120)
    assert answer in await talk.answer(action, words, intent)
    assert "优惠券" not in talk.text
    async with talk.customer.runtime.database.read() as session:
        facts = await facts_for(session, talk.id, "service_improvement", talk.customer.clock())
    assert [(fact.name, fact.value) for fact in facts] == [("leave_reason", kind)]


async def test_a_bare_yes_to_why_asks_for_it(talk: Noticed) -> None:
    """And a bare no is the end."""
    await talk.notice("win_back", 1)
    assert "是哪里没做好" in await talk.answer("notice_yes", "好的")
    assert "对不起" in await talk.press("有的没做好")
    await talk.notice("win_back", 2)
    assert await talk.answer("notice_no", "不用了", "deny") == "好的，知道了。需要的时候随时找我。"


# ---- later


def _time(since: str, until: str) -> dict[str, str]:
    return {"from": f"{since}+08:00", "to": f"{until}+08:00"}


@pytest.mark.parametrize(
    ("text", "entities", "until", "told"),
    [
        ("晚点再说", {}, utc(23, 10), "明天 10:00再提醒您"),
        ("明天上午", {"time": _time("2026-11-23T08:00:00", "2026-11-23T12:00:00")}, utc(23, 9), "明天 9:00"),
        ("后天", {"time": _time("2026-11-24T00:00:00", "2026-11-25T00:00:00")}, utc(24, 10), "后天 10:00"),
        ("晚八点", {"time": _time("2026-11-22T20:00:00", "2026-11-22T21:00:00")}, utc(22, 20), "今天 20:00"),
        (
            "夜里十一点",
            {"time": _time("2026-11-22T23:00:00", "2026-11-23T00:00:00")},
            utc(23, 8),
            "夜里不打扰您",
        ),
        (
            "凌晨三点",
            {"time": _time("2026-11-23T03:00:00", "2026-11-23T04:00:00")},
            utc(23, 8),
            "夜里不打扰您",
        ),
        ("今早", {"time": _time("2026-11-22T06:00:00", "2026-11-22T10:00:00")}, utc(23, 10), "明天 10:00"),
        ("到期前三天", {"duration": {"min": 3, "max": 3, "unit": "day"}}, utc(25, 9), "11月25日 9:00"),
        (
            "下个月",
            {"time": _time("2026-12-01T00:00:00", "2027-01-01T00:00:00")},
            utc(27, 10),
            "11月28日截止",
        ),
    ],
)
async def test_later_is_the_time_that_was_said(
    talk: Noticed, text: str, entities: dict[str, Any], until: datetime, told: str
) -> None:
    """Kept and told; never at night, never after it is too late. Needs no proof."""
    await talk.notice("points_expiring", 7, amount=800, expires="2026-11-28T16:00:00Z")
    said = await talk.answer("notice_later", text, "snooze", **entities)
    assert told in said
    assert await talk.snoozed() == [("points_expiring:7", until)]


async def test_too_late_for_later_is_said_and_nothing_kept(talk: Noticed) -> None:
    """It ends today."""
    await talk.notice("points_expiring", 7, amount=800, expires="2026-11-22T16:00:00Z")
    assert "来不及再提醒" in await talk.answer("notice_later", "明天再说", "snooze")
    assert await talk.snoozed() == []


async def test_the_same_message_twice_is_one_reminder_and_a_button_means_its_own_notice(
    talk: Noticed,
) -> None:
    """An older notice's button counts for the older one."""
    await talk.notice("card_expiring", 1)
    await talk.notice("points_expiring", 2)
    await talk.answer("notice_later", "", "care_later", care_id=1)
    talk.again()
    await talk.answer("notice_later", "", "care_later", care_id=1)
    assert [occurrence for occurrence, _ in await talk.snoozed()] == ["card_expiring:1"]


# ---- never again


@pytest.mark.parametrize("text", ["别再发了", "TD", "退订", "不要再给我发了", ""])
async def test_marketing_is_refused_in_a_word(talk: Noticed, text: str) -> None:
    """Recorded, one sentence, no question, no button; the other notices go on."""
    await talk.notice("reorder_due", 1, sku="a4")
    said = await talk.answer("notice_stop", text, "privacy_optout", **({} if text else {"care_id": 1}))
    assert said == "好的，以后不再给您发活动和推荐消息了。"
    assert not talk.buttons
    assert await talk.decided("marketing") == "withdrawn"
    assert await talk.decided("care:points_expiring") is None
    assert talk.customer.slots["notice_known"] is None


async def test_a_service_notice_is_refused_by_itself(talk: Noticed) -> None:
    """Who wants no word of expiring points still hears of their complaint, and of marketing as before."""
    await talk.notice("points_expiring", 1)
    assert (
        await talk.answer("notice_stop", "别再发了", "privacy_optout")
        == "好的，以后不再给您发积分到期的通知了。"
    )
    assert await talk.decided("care:points_expiring") == "withdrawn"
    assert await talk.decided("marketing") is None


async def test_everything_can_be_refused_at_once(talk: Noticed) -> None:
    """所有消息都别发了."""
    await talk.notice("points_expiring", 1)
    assert "不再主动给您发消息" in await talk.answer("notice_stop", "所有消息都别发了", "privacy_optout")
    for purpose in ("marketing", "survey", "birthday", "care:points_expiring", "care:card_expiring"):
        assert await talk.decided(purpose) == "withdrawn", purpose


@pytest.mark.parametrize("text", ["我要注销账户", "把我的资料删掉"])
async def test_the_end_of_the_account_is_another_matter(talk: Noticed, text: str) -> None:
    """It takes proof, and a yes to its consequences."""
    await talk.notice("reorder_due", 1, sku="a4")
    await talk.answer("notice_stop", text, "privacy_optout")
    assert talk.customer.followup == "identity_form"
    assert await talk.decided("marketing") is None


# ---- the rest


async def test_another_answer_ends_the_wait_but_not_the_memory(talk: Noticed) -> None:
    """After 查积分 a bare 好的 is no yes to the card; 刚才说的那个 still finds it, for a week."""
    await talk.prove()
    await world.card(talk.customer, talk.id, "620588218821", 12_000, days=20)
    await talk.notice("card_expiring", 1)
    await talk.begin("action_points", "我有多少积分")
    assert talk.customer.slots["notice_waits"] is None
    assert "120 元" in await talk.answer("ask_notice", "刚才说的那个", "ask_notice")
    assert talk.customer.slots["notice_waits"]
    talk.customer.pass_time(days=8)
    assert "最近几天没有" in await talk.answer("ask_notice", "刚才说的那个", "ask_notice")


async def test_a_proof_given_for_a_notice_leads_to_what_it_was_about(talk: Noticed) -> None:
    """有一条提醒，验证身份后告诉您: who proves is told, without asking again."""
    await world.points(talk.customer, talk.id, 800, days=6)
    await talk.notice("points_expiring", amount=800, expires="2026-11-28T16:00:00Z")
    await talk.answer("identity", "验证身份", "identity")
    assert talk.customer.followup == "identity_form"
    await talk.prove()
    talk.customer.slots["code"] = "checked"
    assert "到期 800 积分" in await talk.resume()
    assert talk.customer.slots["notice_waits"]


async def test_a_yes_days_later_is_a_yes_to_nothing(talk: Noticed) -> None:
    """A notice waits three days for its yes."""
    await talk.notice("points_expiring", 1)
    talk.customer.pass_time(days=4)
    await talk.answer("notice_yes", "好的")
    assert talk.customer.followup == "utter_affirm"


async def test_a_notice_before_the_last_yes_of_a_task_makes_it_ask_again(talk: Noticed) -> None:
    """The 好的 may have been meant for the notice: money moves only for a yes to exactly this."""
    await talk.prove()
    await world.catalogue(talk.customer)
    await world.points(talk.customer, talk.id, 3_200)
    await talk.begin("action_redeem_points", "换保温杯")
    await talk.notice("complaint_progress", number="TS1", state="investigating")
    assert "再跟您确认一遍" in await talk.say("好的", "affirm")
    assert "换好了" in await talk.say("好的", "affirm")


async def test_an_event_without_its_facts_is_ignored(talk: Noticed) -> None:
    """Nothing is said, nothing remembered."""
    await talk.bare_event("points_expiring")
    assert talk.said == []
    assert talk.customer.slots == {}


def test_every_trigger_that_customers_are_told_of_has_its_step() -> None:
    """A notice without one would lead nowhere."""
    assert set(STEPS) == set(PURPOSES)
