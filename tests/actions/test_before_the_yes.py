"""At a confirmation: nothing moves but on its own button or a plain yes, and all is shown again."""

from __future__ import annotations

import pytest

from bot.kit.ids import CustomerId
from bot.store.cards.reads import balance_by_card
from bot.store.complaints.reads import complaint_list
from tests.actions import world
from tests.actions.conftest import Customer, prove
from tests.actions.talk import Talk

FIFTY = {"fen": 5_000, "min_fen": 5_000, "max_fen": 5_000}
SHOWN = "从尾号 8821 转 50 元到尾号 6612"


@pytest.fixture
async def talk(visitor: Customer, customer_id: CustomerId) -> Talk:
    await prove(visitor)
    await world.card(visitor, customer_id, "6222000000008821", 12_000, 2_000)
    await world.card(visitor, customer_id, "6222000000006612", 3_000)
    await world.card(visitor, customer_id, "6222000000003305", 1_000)
    return Talk(visitor)


async def held(talk: Talk, customer: CustomerId) -> dict[str, int]:
    async with talk.customer.runtime.database.read() as session:
        cards = (await balance_by_card(session, customer, talk.customer.clock())).cards
    return {card.number[-4:]: card.principal + card.bonus for card in cards}


async def to_the_yes(talk: Talk) -> None:
    assert SHOWN in await talk.begin("action_transfer_balance", "从8821转50块到6612", amount=FIFTY)


NO_YES = (
    "怎么转 转过去啥时候到账 转账要多久 能转不 好贵 好的等下 👍 转了 知道了 好的，但是别扣手续费 如果免费就转"
)


@pytest.mark.parametrize("said", NO_YES.split(" "))
@pytest.mark.parametrize("intent", ["transfer_balance", "affirm", "inform"])
async def test_no_reply_but_a_yes_moves_money(
    talk: Talk, customer_id: CustomerId, said: str, intent: str
) -> None:
    """Whatever the models take it for; and what would be done is shown whole, with its buttons."""
    await to_the_yes(talk)
    answer = await talk.say(said, intent, sure=1.0)
    assert "转好了" not in answer
    assert await held(talk, customer_id) == {"8821": 14_000, "6612": 3_000, "3305": 1_000}
    if "不急" in answer:
        return
    assert SHOWN in answer
    assert "确认转" in talk.buttons
    assert "转好了" in await talk.say("好的", "transfer_balance")


async def test_a_question_is_answered_before_all_is_shown_again(talk: Talk) -> None:
    """What is true of every transfer is said; what is not known is not made up."""
    await to_the_yes(talk)
    assert "马上就到" in await talk.say("转过去啥时候到账", "transfer_balance")
    assert "不想说错" in await talk.say("这个会影响我的等级吗", "inform")
    assert "转人工" in talk.buttons


async def test_a_button_of_an_earlier_confirmation_confirms_nothing_else(
    talk: Talk, customer_id: CustomerId
) -> None:
    """The old message's 确认转 stands under another amount."""
    await to_the_yes(talk)
    old = talk.buttons["确认转"]
    assert "转 20 元" in await talk.say("改成20块", amount={"fen": 2_000, "min_fen": 2_000, "max_fen": 2_000})
    assert talk.buttons["确认转"] != old
    mark = old.partition('"pick": "')[2].partition('"')[0]
    assert "转好了" not in await talk.say("", "affirm", pick=mark)
    assert "转好了" not in await talk.say("", "affirm")
    assert (await held(talk, customer_id))["8821"] == 14_000
    assert "转好了" in await talk.press("确认转")


async def test_what_has_changed_meanwhile_is_shown_before_it_is_done(
    talk: Talk, customer_id: CustomerId
) -> None:
    """The card has other money now: the yes was to what stood there."""
    await to_the_yes(talk)
    async with talk.customer.runtime.database.write() as session:
        from bot.store.cards.service import top_up

        cards = (await balance_by_card(session, customer_id, talk.customer.clock())).cards
        card = next(each for each in cards if each.number.endswith("8821"))
        await top_up(session, card.card_id, 500, world.note(talk.customer, "more"))
    said = await talk.say("好的", "affirm")
    assert "有变化" in said
    assert "还剩 95 元" in said
    assert "转好了" in await talk.say("好的", "affirm")


async def test_who_wants_a_moment_loses_nothing(talk: Talk, customer_id: CustomerId) -> None:
    """我再想想: it waits, and a later yes is to what is still there."""
    await to_the_yes(talk)
    assert "不急" in await talk.say("我再想想", "cancel", sure=0.95)
    assert (await held(talk, customer_id))["8821"] == 14_000
    assert "转好了" in await talk.say("好，转吧", "affirm")


async def test_to_change_something_can_be_typed(talk: Talk) -> None:
    """改一下 does what its button does."""
    await to_the_yes(talk)
    assert "要改哪里" in await talk.say("改一下", "move_visit", sure=0.95)
    assert "转 20 元" in await talk.say("20块", amount={"fen": 2_000, "min_fen": 2_000, "max_fen": 2_000})


async def test_everything_has_a_button_that_works(talk: Talk) -> None:
    """全部, pressed, is all there is."""
    await talk.begin("action_transfer_balance", "转余额")
    await talk.say("8821")
    await talk.say("6612")
    assert "转 140 元" in await talk.press("全部")


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("转50块到尾号6612", "从哪张卡转出"),
        ("把6612的钱转回去10块", "转到哪张卡"),
        ("给我转50", "从哪张卡转出"),
        ("给我把8821的钱转走50块", "转到哪张卡"),
    ],
)
async def test_direction_is_understood_or_asked(talk: Talk, said: str, asked: str) -> None:
    """A card is where the money comes from or goes to as the words say, else it is asked."""
    assert asked in await talk.begin("action_transfer_balance", said, amount=FIFTY)


async def test_a_target_told_first_is_kept(talk: Talk) -> None:
    """转50块到尾号6612: only the card that gives is asked for."""
    await talk.begin("action_transfer_balance", "转50块到尾号6612", amount=FIFTY, card_number="6612")
    assert SHOWN in await talk.say("8821")


async def test_a_source_told_first_is_kept(talk: Talk) -> None:
    await talk.begin("action_transfer_balance", "把8821的钱转回去50", amount=FIFTY, card_number="8821")
    assert SHOWN in await talk.say("6612")


async def test_both_cards_in_either_order(talk: Talk) -> None:
    said = await talk.begin("action_transfer_balance", "转50块到6612，从8821出", amount=FIFTY)
    assert SHOWN in said


async def test_a_shorter_life_of_the_money_is_told_before(visitor: Customer, customer_id: CustomerId) -> None:
    """Who moves money to a card that ends sooner sees that before saying yes; not the other way."""
    await prove(visitor)
    await world.card(visitor, customer_id, "6222000000008821", 12_000, days=300)
    await world.card(visitor, customer_id, "6222000000006612", 3_000, days=20)
    talk = Talk(visitor)
    assert "时间会变短" in await talk.begin("action_transfer_balance", "从8821转50块到6612", amount=FIFTY)
    await talk.say("算了", "cancel")
    back = {"fen": 1_000, "min_fen": 1_000, "max_fen": 1_000}
    assert "时间会变短" not in await talk.begin("action_transfer_balance", "从6612转10块到8821", amount=back)


async def test_a_question_about_urging_urges_nothing(visitor: Customer, customer_id: CustomerId) -> None:
    """催办有用吗 is a question: what urging does is said, and it is done on a yes."""
    from bot.store.complaints.service import By, NewComplaint, open_complaint

    await prove(visitor)
    async with visitor.runtime.database.write() as session:
        await open_complaint(
            session,
            NewComplaint(customer_id, "师傅迟到", "师傅迟到三小时", "web", "时效"),
            By("customer", "本人", visitor.clock(), "key-1"),
        )
    talk = Talk(visitor)
    assert "要催吗" in await talk.begin("action_urge_complaint", "催办有用吗")
    assert "已经替您催了" not in await talk.say("催了会怎样", "urge_complaint")
    assert "已经替您催了" in await talk.say("好的", "affirm")
    async with visitor.runtime.database.read() as session:
        assert len(await complaint_list(session, customer_id, 5)) == 1


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("1", 1),
        ("5", 5),
        ("２", 2),
        ("三", 3),
        ("4分", 4),
        ("一星", 1),
        ("非常满意", 5),
        ("不满意", 2),
        ("很不满意", 1),
    ],
)
async def test_a_number_is_the_score_and_no_button(visitor: Customer, said: str, score: int) -> None:
    """打分, then 1, is one star; the first button says five."""
    await prove(visitor)
    talk = Talk(visitor)
    assert "几分" in await talk.begin("action_rate_service", "打分")
    assert "愿意说一句" in await talk.say(said)
    assert visitor.slots["task"]["values"]["score"] == score


async def test_a_question_about_the_score_is_none(visitor: Customer) -> None:
    await prove(visitor)
    talk = Talk(visitor)
    await talk.begin("action_rate_service", "打分")
    assert "愿意说一句" not in await talk.say("5分是最好吗")
