"""Filing a complaint: listened to first, nothing asked twice, a number and a promise."""

from __future__ import annotations

import pytest

from actions.complain import category_of, subject_of
from bot.kit.ids import CustomerId
from bot.store.complaints.reads import complaint_list
from tests.actions.conftest import Customer, prove
from tests.actions.talk import Talk


@pytest.fixture
async def talk(visitor: Customer) -> Talk:
    await prove(visitor)
    return Talk(visitor)


async def complaints(talk: Talk, customer_id: CustomerId) -> list[str]:
    async with talk.customer.runtime.database.read() as session:
        return [line.subject for line in await complaint_list(session, customer_id)]


async def test_a_complaint_from_the_first_word_to_its_number(talk: Talk, customer_id: CustomerId) -> None:
    """What happened, what is wished for, when to call; shown once, then a number and 24 hours."""
    assert "发生了什么" in await talk.begin("action_file_complaint", "我要投诉")
    assert "希望我们怎么处理" in await talk.say("昨天师傅迟到了三个小时，态度还很差", "feedback_dissatisfied")
    await talk.press("退款")
    shown = await talk.say("下午三点以后", "inform")
    assert "· 事情：昨天师傅迟到了三个小时，态度还很差" in shown
    assert "· 希望：退款" in shown
    assert "· 联系时间：下午三点以后" in shown
    receipt = await talk.press("确认提交")
    assert "投诉编号 TS20261122" in receipt
    assert "24 小时内给您首次答复，也就是明天 10:00前" in receipt
    assert await complaints(talk, customer_id) == ["昨天师傅迟到了三个小时"]


async def test_a_story_told_at_once_is_not_asked_for_again(talk: Talk) -> None:
    """The first message says it all: the next question is the wish."""
    said = await talk.begin("action_file_complaint", "我要投诉，上周修的空调今天又坏了")
    assert "希望我们怎么处理" in said


async def test_whatever_the_story_sounds_like_it_is_the_story(talk: Talk) -> None:
    """Asked what happened, even a sentence about points is an answer; a clear question is not."""
    await talk.begin("action_file_complaint", "投诉")
    await talk.say("我有多少积分？", "ask_points", sure=0.97)
    assert talk.passed_on
    assert "希望" in await talk.say("我的500积分没给我加上", "ask_points", sure=0.97)


@pytest.mark.parametrize(
    ("aside", "intent"), [("你是真人还是机器人", "chitchat"), ("最近有啥优惠活动没", "ask_promotion")]
)
async def test_a_question_without_its_mark_is_still_one(talk: Talk, aside: str, intent: str) -> None:
    """It is answered by its rule, and does not end up in the complaint."""
    await talk.begin("action_file_complaint", "投诉")
    await talk.say(aside, intent, sure=0.97)
    assert talk.passed_on


@pytest.mark.parametrize("words", ["嗯", "好的", "行吧。"])
async def test_a_nod_is_no_story(talk: Talk, words: str) -> None:
    """Who is asked what happened and says 嗯 has told nothing yet."""
    await talk.begin("action_file_complaint", "我要投诉")
    said = await talk.say(words, "affirm")
    assert "发生了什么" in said
    assert "希望" not in said


async def test_no_wish_and_no_time_are_fine(talk: Talk) -> None:
    """没有 is an answer, and nothing is made up for it."""
    await talk.begin("action_file_complaint", "我要投诉，快递员把我的箱子摔坏了")
    await talk.say("没有", "deny")
    shown = await talk.say("不用", "deny")
    assert "· 希望" not in shown
    assert "· 联系时间" not in shown


async def test_never_mind_files_nothing(talk: Talk, customer_id: CustomerId) -> None:
    """Until the yes, nothing is registered."""
    await talk.begin("action_file_complaint", "我要投诉，快递员把我的箱子摔坏了")
    await talk.say("算了不投诉了", "cancel")
    assert not talk.asked
    assert await complaints(talk, customer_id) == []


async def test_with_one_under_way_it_is_asked_which_is_meant(talk: Talk, customer_id: CustomerId) -> None:
    """Nobody files the same thing twice by accident; a second matter is a second complaint."""
    for _ in range(2):
        await talk.begin("action_file_complaint", "我要投诉，快递员把我的箱子摔坏了")
        if "新的事" in talk.text:
            await talk.say("是另外一件事", "inform")
            assert "希望" in talk.text
        await talk.say("退款", "inform")
        await talk.say("随时", "inform")
        await talk.say("确认", "affirm")
    assert len(await complaints(talk, customer_id)) == 2
    await talk.begin("action_file_complaint", "我还要投诉")
    said = await talk.say("就补充这一件吧", "add_to_complaint")
    assert "补充什么" in said
    assert "已经记进" in await talk.say("箱子里的东西也碎了", "inform")
    assert not talk.asked


async def test_anger_is_met_with_one_apology_and_a_person(talk: Talk) -> None:
    """The apology comes once; a person is offered; nothing is sold."""
    said = await talk.begin("action_file_complaint", "气死我了我要投诉你们", emotion="angry")
    assert said.startswith("让您生气了，真对不起。")
    assert "转人工" in talk.buttons
    said = await talk.say("师傅迟到三小时还骂人", "feedback_dissatisfied", emotion="angry")
    assert "对不起" not in said


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("客服态度太差还挂我电话", "服务态度"),
        ("莫名其妙扣了我三十块钱", "收费"),
        ("等了三天还没来", "时效"),
        ("修了两次还是坏的", "质量"),
        ("我有个事", "其他"),
    ],
)
def test_the_category_is_worked_out(text: str, category: str) -> None:
    """Nobody is asked for what their words already say."""
    assert category_of(text) == category


def test_the_subject_is_the_first_clause_that_says_something() -> None:
    """Short enough for a list."""
    assert subject_of("我要投诉！师傅昨天没来，也不打电话") == "师傅昨天没来"


async def test_what_belongs_to_the_open_one_goes_into_it(talk: Talk, customer_id: CustomerId) -> None:
    """Asked which is meant, the customer tells more: it is kept, word for word, and nothing new is filed."""
    await talk.begin("action_file_complaint", "我要投诉，上周修的空调今天又坏了")
    await talk.press("尽快处理")
    await talk.press("随时")
    await talk.press("确认提交")
    await talk.begin("action_file_complaint", "投诉")
    said = await talk.say("补充一点，外机也在漏水", "add_to_complaint")
    assert "已经记进 TS20261122" in said
    assert len(await complaints(talk, customer_id)) == 1
