"""Redeeming points: chosen in any words, confirmed once, done once."""

from __future__ import annotations

from typing import Any

import pytest

from bot.kit.ids import CustomerId
from bot.store.points.models import CatalogueItem
from bot.store.points.reads import points_summary
from tests.actions import world
from tests.actions.conftest import Customer, prove
from tests.actions.talk import Talk


@pytest.fixture
async def talk(visitor: Customer, customer_id: CustomerId) -> Talk:
    """A verified customer with 3,200 points and a catalogue before them."""
    await prove(visitor)
    await world.catalogue(visitor)
    await world.points(visitor, customer_id, 3_200)
    return Talk(visitor)


async def total(talk: Talk, customer_id: CustomerId) -> int:
    async with talk.customer.runtime.database.read() as session:
        return (await points_summary(session, customer_id, talk.customer.clock())).total


async def test_an_unverified_customer_proves_first_and_is_then_where_they_wanted(
    visitor: Customer, customer_id: CustomerId
) -> None:
    """What the first message said is not asked again after the proof."""
    await world.catalogue(visitor)
    await world.points(visitor, customer_id, 3_200)
    talk = Talk(visitor)
    await talk.begin("action_redeem_points", "我想换个保温杯")
    assert visitor.followup == "identity_form"
    await prove(visitor)
    await visitor.call("action_resume_pending", "123456")
    assert visitor.followup == "task_form"
    assert visitor.slots["task"]["values"] == {"item": "cup"}
    assert visitor.slots["task"]["asked"] == "confirm"


async def test_chosen_by_number_and_confirmed(talk: Talk, customer_id: CustomerId) -> None:
    """The list, 第二个, exactly what will happen, done, and a receipt."""
    asked = await talk.begin("action_redeem_points", "积分换东西")
    assert "3,200 积分" in asked
    assert "2. 保温杯（500 积分）" in asked
    assert "电热水壶" not in asked
    assert "用 500 积分换保温杯，换完还剩 2,700 积分" in await talk.say("第二个")
    assert list(talk.buttons) == ["确认兑换", "改一下", "算了"]
    done = await talk.press("确认兑换")
    assert "换好了：保温杯" in done
    assert "还剩 2,700 积分" in done
    assert not talk.asked
    assert await total(talk, customer_id) == 2_700


@pytest.mark.parametrize(
    ("words", "entities", "item"),
    [
        ("500积分能换的那个", {"points": {"points": 500, "min": 500, "max": 500}}, "保温杯"),
        ("换个杯子", {}, "保温杯"),
        ("洗车那个", {}, "精洗一次"),
        ("代金券吧", {}, "30元代金券"),
        ("3", {"number": 3}, "30元代金券"),
        ("最后一个", {"ordinal": -1}, "30元代金券"),
        ("换个最便宜的", {}, "30元代金券"),
        ("要最贵的", {}, "精洗一次"),
    ],
)
async def test_chosen_in_the_customers_words(
    talk: Talk, words: str, entities: dict[str, Any], item: str
) -> None:
    """A price, half a name, a number, the last one."""
    await talk.begin("action_redeem_points", "换积分")
    assert f"换{item}，" in await talk.say(words, **entities)


async def test_how_many_is_counted_as_the_thing_is_counted(talk: Talk) -> None:
    """两把, two umbrellas; 两张, two vouchers: said at the confirmation, shown anew."""
    await talk.begin("action_redeem_points", "换30元代金券")
    assert "用 600 积分换30元代金券×2" in await talk.say("两张", sure=0.6)


async def test_a_mind_changed_before_the_yes(talk: Talk, customer_id: CustomerId) -> None:
    """不对，换代金券: another thing is confirmed, and only that is bought."""
    await talk.begin("action_redeem_points", "换保温杯")
    assert "换30元代金券" in await talk.say("不对，还是换代金券吧", "deny")
    assert "换30元代金券×3" in await talk.say("来三个")
    await talk.say("好的", "affirm")
    assert await total(talk, customer_id) == 2_300


async def test_more_than_the_points_buy(talk: Talk) -> None:
    """Seven thermos cups are too many: said, and asked again."""
    await talk.begin("action_redeem_points", "换保温杯")
    said = await talk.say("换7个")
    assert "最多能换 6 份" in said
    assert "换保温杯×6" in await talk.say("6")


async def test_something_beyond_the_points_says_what_is_missing(talk: Talk) -> None:
    """Who wants the kettle hears how far it is, and what is within reach."""
    said = await talk.begin("action_redeem_points", "我要换电热水壶")
    assert "电热水壶要 8,000 积分，您还差 4,800" in said
    assert "1. 精洗一次" in said


async def test_never_mind_leaves_the_points_alone(talk: Talk, customer_id: CustomerId) -> None:
    """算了 at any question ends it."""
    await talk.begin("action_redeem_points", "换保温杯")
    assert "积分一分没动" in await talk.press("算了")
    assert not talk.asked
    assert await total(talk, customer_id) == 3_200


async def test_a_no_asks_what_to_change_and_a_second_one_ends_it(talk: Talk, customer_id: CustomerId) -> None:
    """A bare no is not taken for never mind at once."""
    await talk.begin("action_redeem_points", "换保温杯")
    assert "要改哪里" in await talk.say("不对", "deny")
    assert "没动" in await talk.say("不要了", "deny")
    assert not talk.asked
    assert await total(talk, customer_id) == 3_200


async def test_the_last_one_is_gone_meanwhile(talk: Talk, customer_id: CustomerId) -> None:
    """Somebody else takes the last one before the yes: no points are lost, another is offered."""
    await talk.begin("action_redeem_points", "换精洗")
    async with talk.customer.runtime.database.write() as session:
        from sqlalchemy import update

        await session.execute(update(CatalogueItem).where(CatalogueItem.code == "wash").values(stock=0))
    said = await talk.say("确认", "affirm")
    assert "换完了" in said
    assert "1. 保温杯" in said
    assert await total(talk, customer_id) == 3_200


async def test_a_yes_the_next_day_is_asked_for_again(talk: Talk, customer_id: CustomerId) -> None:
    """The proof has ended over night, and a stale question is shown again before points move."""
    await talk.begin("action_redeem_points", "换保温杯")
    talk.customer.pass_time(hours=20)
    await talk.say("好的", "affirm")
    assert talk.then == "identity_form"
    await prove(talk.customer)
    assert "再跟您确认一遍" in await talk.resume()
    assert await total(talk, customer_id) == 3_200
    await talk.say("确认", "affirm")
    assert await total(talk, customer_id) == 2_700


async def test_the_same_message_twice_buys_once(talk: Talk, customer_id: CustomerId) -> None:
    """The brain sends a turn again when its own end failed: one redemption, one receipt."""
    await talk.begin("action_redeem_points", "换保温杯")
    before = dict(talk.customer.slots)
    await talk.say("确认", "affirm")
    talk.customer.slots = before
    talk.asked = True
    assert "换好了" in await talk.say("确认", "affirm")
    assert await total(talk, customer_id) == 2_700


async def test_a_question_in_the_middle_is_left_to_its_rule_and_then_asked_again(talk: Talk) -> None:
    """我的余额呢 is answered by its own action; the form then repeats its question."""
    await talk.begin("action_redeem_points", "换积分")
    await talk.say("卡里还有多少钱", "ask_balance")
    assert talk.passed_on
    await talk.customer.call("action_ask_step")
    assert "想要哪一样" in talk.customer.said[0]["text"]


async def test_what_is_not_understood_is_said_and_a_person_offered_the_second_time(talk: Talk) -> None:
    """Two failures to understand offer a person beside the choices."""
    await talk.begin("action_redeem_points", "换积分")
    assert "没看明白" in await talk.say("嗯呢那啥", "out_of_scope", sure=0.4)
    assert "转人工" not in talk.buttons
    await talk.say("就那个嘛", "nlu_fallback", sure=0.2)
    assert "转人工" in talk.buttons


async def test_a_person_is_wanted_in_the_middle(talk: Talk) -> None:
    """The wish is left to its rule, which ends the form and has the task forgotten."""
    await talk.begin("action_redeem_points", "换积分")
    await talk.say("转人工", "request_human")
    assert talk.passed_on
    await talk.customer.call("action_leave_task")
    assert talk.customer.slots["task"] is None


async def test_a_moment_please(talk: Talk) -> None:
    """Who says wait is waited for, and not asked again at once."""
    await talk.begin("action_redeem_points", "换保温杯")
    said = await talk.say("等一下哈", "snooze")
    assert "不急" in said
    assert "确认一下" not in said
    assert "换好了" in await talk.say("好了，确认", "affirm")


async def test_without_points_it_says_how_far_the_nearest_thing_is(visitor: Customer) -> None:
    """Nothing is asked that cannot lead anywhere."""
    await prove(visitor)
    await world.catalogue(visitor)
    talk = Talk(visitor)
    assert ("最容易换的是30元代金券，要 300 积分，还差 300 积分") in await talk.begin(
        "action_redeem_points", "换"
    )
    assert not talk.asked


async def test_just_like_that_is_a_yes_to_a_confirmation(talk: Talk, customer_id: CustomerId) -> None:
    """就这样吧 says goodbye elsewhere; to "shall I?" it says yes."""
    await talk.begin("action_redeem_points", "换保温杯")
    assert "换好了" in await talk.say("就这样吧", "goodbye", sure=0.99)
    assert await total(talk, customer_id) == 2_700


async def test_another_one_is_named_in_few_words(talk: Talk, customer_id: CustomerId) -> None:
    """不对，换那个券, to the summary of a cup: the voucher is shown."""
    await talk.begin("action_redeem_points", "积分换个保温杯")
    assert "代金券" in await talk.say("不对，换那个券", "deny", sure=0.76)
    assert await total(talk, customer_id) == 3_200


@pytest.mark.parametrize("words", ["等等，换第一个", "不对，第一个", "还是第一个吧", "要第一样"])
async def test_another_one_is_picked_by_its_place_in_the_list(talk: Talk, words: str) -> None:
    """The list is still above in the chat when the confirmation is shown."""
    asked = await talk.begin("action_redeem_points", "积分换东西")
    first = asked.partition("1. ")[2].partition("（")[0]
    assert "换保温杯" in await talk.say("第二个")
    assert f"换{first}" in await talk.say(words, "snooze", sure=0.45)


async def test_a_wish_that_begins_with_a_no_is_no_answer(talk: Talk) -> None:
    """别再给我发广告 is left to its own rule, and the redemption waits."""
    await talk.begin("action_redeem_points", "积分换个保温杯")
    await talk.say("别再给我发广告短信了", "privacy_optout", sure=0.99)
    assert talk.passed_on
