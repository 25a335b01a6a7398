"""Bills, disputes, orders, scores: each line as it stands in the store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.rating import tag_of
from bot.kit.clock import local_date
from bot.kit.ids import CustomerId
from bot.store.bills.service import NewBill, NewBillLine, issue_bill
from bot.store.complaints.reads import complaint_list
from bot.store.orders.reads import recent_orders
from bot.store.orders.service import NewLine, place_order
from tests.actions import world
from tests.actions.conftest import Customer, prove
from tests.actions.talk import Talk


@pytest.fixture
async def talk(visitor: Customer, customer_id: CustomerId) -> Talk:
    """A bill of two lines and an order of three weeks ago."""
    await prove(visitor)
    now = visitor.clock()
    today = local_date(now)
    lines = (NewBillLine("基础套餐", 9_900), NewBillLine("增值业务包", 3_000, explanation="11月5日开通"))
    first, last = today - timedelta(days=40), today - timedelta(days=10)
    async with visitor.runtime.database.write() as session:
        await issue_bill(session, NewBill("ZD1", customer_id, first, last, None, lines), now)
        goods = [NewLine("P-1", "东北大米", 2, 4_590)]
        await place_order(session, customer_id, "D1", goods, now - timedelta(days=21), state="completed")
    return Talk(visitor)


async def test_a_bill_is_told_line_by_line(talk: Talk) -> None:
    """With what explains a line, and a way to doubt it."""
    said = await talk.begin("action_bill", "账单")
    assert "账单一共 129 元" in said
    assert "· 增值业务包 30 元：11月5日开通" in said
    assert "这笔不对" in talk.buttons


async def test_a_doubted_line_becomes_a_complaint_with_that_line(talk: Talk, customer_id: CustomerId) -> None:
    """Found by its amount; the reason by a button; a number in the end."""
    thirty = {"fen": 3_000, "min_fen": 3_000, "max_fen": 3_000}
    assert "哪里不对" in await talk.begin("action_dispute_charge", "多扣了三十", amount=thirty)
    shown = await talk.press("没用过这项")
    assert "增值业务包 30 元" in shown
    assert "投诉编号 TS" in await talk.say("确认", "affirm")
    async with talk.customer.runtime.database.read() as session:
        (line,) = await complaint_list(session, customer_id)
    assert "增值业务包" in line.subject


async def test_a_difference_without_a_unit_finds_the_line(talk: Talk) -> None:
    """上个月账单咋多了30: nobody says 块 there; 多了3笔 is no amount."""
    asked = await talk.begin("action_dispute_charge", "上个月账单咋多了30")
    assert "增值业务包 30 元这一项，哪里不对" in asked
    await talk.press("算了")
    assert "哪一项不对" in await talk.begin("action_dispute_charge", "怎么多了30笔")


async def test_a_question_is_no_choice_of_a_line_that_sounds_alike(talk: Talk) -> None:
    """Asked which line, 你们业务都有啥 is a question, though a line is called 增值业务包."""
    await talk.begin("action_dispute_charge", "扣错了")
    await talk.say("你们业务有啥用", "ask_membership", sure=0.95)
    assert talk.passed_on


async def test_which_card_ends_first_after_all_were_seen(talk: Talk, customer_id: CustomerId) -> None:
    """那快到期的呢, after the balance, is about the cards; without another card it speaks of no transfer."""
    await world.card(talk.customer, customer_id, "6222000000008821", 12_000, days=12)
    await talk.begin("action_balance", "卡里还有多少钱")
    talk.customer.slots["topic"] = "balance"
    alone = await talk.begin("action_points_expiry", "那快到期的呢")
    assert "最早到期的是储值卡（尾号 8821）" in alone
    assert "同类卡" not in alone
    await world.card(talk.customer, customer_id, "6222000000006612", 3_000)
    talk.customer.slots["topic"] = "balance"
    assert "可以转到您另一张同类卡上" in await talk.begin("action_points_expiry", "那快到期的呢")


async def test_which_card_ends_first_is_answered_alone(talk: Talk, customer_id: CustomerId) -> None:
    """Asked so, without a look at them all before; without a card that is said."""
    assert "还没有储值卡" in await talk.begin("action_balance", "哪张快到期了")
    await world.card(talk.customer, customer_id, "6222000000006612", 3_000)
    await world.card(talk.customer, customer_id, "6222000000008821", 12_000, days=12)
    first = await talk.begin("action_balance", "哪张快到期了")
    assert "最早到期的是储值卡（尾号 8821）" in first
    assert "6612" not in first
    assert "6612" in await talk.begin("action_balance", "这张卡里还有多少钱")


async def test_without_a_bill_the_customer_tells(visitor: Customer) -> None:
    """The matter is registered in the customer's words."""
    await prove(visitor)
    talk = Talk(visitor)
    assert "哪一天、扣了多少" in await talk.begin("action_dispute_charge", "乱扣钱")
    assert "上周三扣了我50" in await talk.say("上周三扣了我50", "inform")


async def test_the_same_again_in_the_customers_own_amount(talk: Talk, customer_id: CustomerId) -> None:
    """Their usual two are proposed; three are ordered; the same turn again orders nothing."""
    assert ("东北大米×2，按上次的价格 45.90 元一份，共 91.80 元") in await talk.begin(
        "action_reorder", "再来一单"
    )
    assert "×3" in await talk.say("这次来三袋")
    before = dict(talk.customer.slots)
    assert "订单号 DD20261122" in await talk.say("好", "affirm")
    talk.customer.slots, talk.asked = before, True
    assert "订单号 DD20261122" in await talk.say("好", "affirm")
    async with talk.customer.runtime.database.read() as session:
        assert len(await recent_orders(session, customer_id, 9)) == 2


async def test_orders_say_where_they_are(talk: Talk) -> None:
    """And one that does not exist under this name is not found."""
    assert "东北大米×2，91.80 元，已完成（D1）" in await talk.begin("action_order", "我的订单")
    assert "没有编号为 D9 的订单" in await talk.begin("action_order", "D9", order_number="D9")


async def test_two_wishes_get_two_answers(talk: Talk, customer_id: CustomerId) -> None:
    """Questions first, a task last, whatever their order in the message."""
    await world.catalogue(talk.customer)
    await world.points(talk.customer, customer_id, 600)
    parts = [
        {"text": "换个保温杯", "intent": {"name": "redeem_points"}, "entities": []},
        {"text": "看下账单", "intent": {"name": "ask_bill"}, "entities": []},
    ]
    said = await talk.several("换个保温杯，再看下账单", parts)
    assert said.index("账单一共") < said.index("用 500 积分换保温杯")


async def test_a_score_is_kept_with_what_it_is_about(talk: Talk) -> None:
    """A low one offers to have it put right."""
    await talk.begin("action_rate_service", "")
    await talk.say("2分")
    assert "让您不满意了" in await talk.say("师傅来得太慢")
    assert "登记投诉" in talk.buttons


@pytest.mark.parametrize(
    ("words", "tag"), [("师傅态度好", "人员"), ("等了太久", "时间"), ("太贵了", "货币"), ("嗯", None)]
)
def test_words_are_tagged_by_value_and_cost(words: str, tag: str | None) -> None:
    """Four values, four costs; nothing when they do not say."""
    assert tag_of(words) == tag


async def test_why_a_line_is_wrong_may_begin_with_a_no(talk: Talk) -> None:
    """没用过这项, typed instead of pressed, is the reason and not the lack of one."""
    await talk.begin("action_dispute_charge", "增值业务包不对", "dispute_charge")
    assert "您的说明：没用过这项" in await talk.say("没用过这项", "nlu_fallback", sure=0.4)


async def test_and_that_one_after_the_balance(talk: Talk, customer_id: CustomerId) -> None:
    """油卡呢 asks for the balance again; without 呢, what is meant is asked."""
    await world.card(talk.customer, customer_id, "6222000000008821", 12_000)
    await talk.customer.call("action_balance", "卡里还有多少", "ask_balance")
    await talk.customer.call("action_follow_up", "油卡", "inform")
    assert "您想用它查什么" in talk.customer.said[-1]["text"]
    await talk.customer.call("action_follow_up", "储值卡呢", "inform")
    assert "尾号 8821" in talk.customer.said[-1]["text"]
