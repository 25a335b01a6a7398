"""What comes after a complaint is filed, and what a contract says: nothing is promised that is not there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.kit.clock import local_date
from bot.kit.ids import CustomerId
from bot.store.complaints.models import Complaint
from bot.store.complaints.service import By, NewComplaint, acknowledge, open_complaint, resolve, take_step
from bot.store.contracts.service import NewContract, NewItem, sign_contract
from tests.actions.conftest import Customer, prove
from tests.actions.talk import Talk


@pytest.fixture
async def talk(visitor: Customer, customer_id: CustomerId) -> Talk:
    """One complaint, acknowledged."""
    await prove(visitor)
    await file(visitor, customer_id, "空调修不好", "a")
    return Talk(visitor)


async def file(visitor: Customer, customer_id: CustomerId, subject: str, key: str) -> Complaint:
    by = By("customer", "本人", visitor.clock(), key)
    async with visitor.runtime.database.write() as session:
        made = await open_complaint(session, NewComplaint(customer_id, subject, subject, "web"), by)
        await acknowledge(session, made.id, By("agent", "小李", visitor.clock(), f"{key}:ack"))
        return made


async def complaint(talk: Talk, number: int = 1) -> Complaint:
    async with talk.customer.runtime.database.read() as session:
        return await session.get_one(Complaint, number)


async def test_the_only_one_is_urged_at_once(talk: Talk) -> None:
    """Nothing to choose, nothing to confirm."""
    assert "已经替您催了" in await talk.begin("action_urge_complaint", "催一下")
    assert (await complaint(talk)).escalation == 1


async def test_of_two_the_meant_one_is_urged(talk: Talk, customer_id: CustomerId) -> None:
    """Chosen by what it is about."""
    await file(talk.customer, customer_id, "快递丢了", "b")
    assert "要催哪一件" in await talk.begin("action_urge_complaint", "催一下")
    assert "快递丢了" in await talk.say("快递那个")
    assert [(await complaint(talk, n)).escalation for n in (1, 2)] == [0, 1]


async def test_another_wish_is_no_choice_though_it_sounds_like_one(
    talk: Talk, customer_id: CustomerId
) -> None:
    """补充一下，快递员还骂人了, asked which one to urge, is meant for itself."""
    await file(talk.customer, customer_id, "快递员态度差", "b")
    await talk.begin("action_urge_complaint", "催一下")
    await talk.say("补充一下，快递员还骂人了", "add_to_complaint", sure=0.95)
    assert talk.passed_on
    assert [(await complaint(talk, n)).escalation for n in (1, 2)] == [0, 0]


async def test_the_one_just_now_is_the_newest(talk: Talk, customer_id: CustomerId) -> None:
    """撤销刚才那个 chooses it; 不撤了 leaves it as it is."""
    talk.customer.pass_time(minutes=5)
    newest = await file(talk.customer, customer_id, "快递员态度差", "b")
    assert newest.number in await talk.begin("action_withdraw_complaint", "撤销刚才那个投诉")
    assert "没有撤销" in await talk.say("不撤了", "withdraw_complaint", sure=0.62)
    assert not talk.asked


async def test_what_happens_when_nobody_answers_is_told(talk: Talk) -> None:
    """24小时没回怎么办 asks what then, not what is promised."""
    said = await talk.begin("action_commitment", "24小时没回怎么办")
    assert "转给主管" in said
    assert "申诉" in said


async def test_what_is_added_is_added_word_for_word(talk: Talk) -> None:
    """Told at once, it is not asked for again."""
    assert "已经记进" in await talk.begin("action_add_to_complaint", "再补充一下，当时邻居王姐也在场")
    assert "补充什么" in await talk.begin("action_add_to_complaint", "补充")
    assert "已经记进" in await talk.say("师傅工号3021")


async def test_one_that_was_answered_is_opened_again(talk: Talk) -> None:
    """With the reason, after a yes."""
    async with talk.customer.runtime.database.write() as session:
        for step in ("assess", "investigate"):
            by = By("agent", "小李", talk.customer.clock(), step)
            await take_step(session, (await complaint(talk)).id, step, by)
        await resolve(
            session, (await complaint(talk)).id, "换新机", By("agent", "小李", talk.customer.clock(), "r")
        )
    assert "哪里没解决" in await talk.begin("action_reopen_complaint", "没解决")
    await talk.say("新机还是坏的", "feedback_dissatisfied")
    assert "已经重新打开" in await talk.say("确认", "affirm")
    assert (await complaint(talk)).state == "investigating"


async def test_a_withdrawal_is_handed_on_and_not_pretended(talk: Talk) -> None:
    """The person in charge closes it; it is not said to be closed."""
    await talk.begin("action_withdraw_complaint", "撤诉")
    said = await talk.say("确定", "affirm")
    assert "交给处理人员" in said
    assert (await complaint(talk)).state == "acknowledged"


async def test_hurry_after_a_complaint_was_told_hurries_the_complaint(talk: Talk) -> None:
    """帮我催一下 names nothing: what was spoken of last is meant; 催一下快递 is about the goods."""
    await talk.begin("action_complaint_status", "投诉怎么样了")
    assert "替您催" not in await talk.begin("action_order", "快递帮我催一下")
    await talk.begin("action_complaint_status", "投诉怎么样了")
    assert "替您催了" in await talk.begin("action_order", "帮我催一下")


async def test_the_right_of_appeal_begins_on_the_fifteenth_day(talk: Talk) -> None:
    """Before it the day is named; after it the right."""
    assert "12月7日 10:00起可以申诉" in await talk.begin("action_appeal", "申诉")
    talk.customer.pass_time(days=15, seconds=1)
    await prove(talk.customer)
    assert "现在就可以申诉" in await talk.begin("action_appeal", "申诉")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("合同包不包含黑色墨粉", "包含。"),
        ("彩色墨粉在不在里面", "不包含。"),
        ("搬运费算吗", "不能替公司答应"),
    ],
)
async def test_only_what_the_contract_says_is_covered(
    talk: Talk, customer_id: CustomerId, asked: str, said: str
) -> None:
    """Included, excluded, and not said."""
    today = local_date(talk.customer.clock())
    items = (NewItem("included", "黑色墨粉"), NewItem("excluded", "彩色墨粉"))
    start = today - timedelta(days=9)
    async with talk.customer.runtime.database.write() as session:
        await sign_contract(session, NewContract("HT1", customer_id, "全包合同", start, None, items))
    assert said in await talk.begin("action_coverage", asked)
    assert not talk.asked


async def test_a_question_without_an_item_is_asked_which(talk: Talk) -> None:
    """What is left of 我办的是什么套餐 is no item that a contract could have."""
    assert "哪一项" in await talk.begin("action_coverage", "我办的是什么套餐，合同里包含什么")
