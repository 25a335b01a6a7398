"""Moving money between one's own cards: the right card, the right amount, seen before it is done."""

from __future__ import annotations

from typing import Any

import pytest

from bot.kit.ids import CustomerId
from bot.store.cards.reads import balance_by_card
from tests.actions import world
from tests.actions.conftest import Customer, prove
from tests.actions.talk import Talk

FIFTY = {"fen": 5_000, "min_fen": 5_000, "max_fen": 5_000}
TWENTY = {"fen": 2_000, "min_fen": 2_000, "max_fen": 2_000}
SOME = {"fen": None, "min_fen": 20_000, "max_fen": 90_000}


@pytest.fixture
async def talk(visitor: Customer, customer_id: CustomerId) -> Talk:
    """Three cards of one type: 8821 with 120 + 20 bonus, 6612 with 30, 3305 empty."""
    await prove(visitor)
    await world.card(visitor, customer_id, "6222000000008821", 12_000, 2_000)
    await world.card(visitor, customer_id, "6222000000006612", 3_000)
    await world.card(visitor, customer_id, "6222000000003305", 0)
    return Talk(visitor)


async def balances(talk: Talk, customer_id: CustomerId) -> dict[str, int]:
    async with talk.customer.runtime.database.read() as session:
        cards = (await balance_by_card(session, customer_id, talk.customer.clock())).cards
    return {card.number[-4:]: card.principal + card.bonus for card in cards}


async def test_from_card_to_card(talk: Talk, customer_id: CustomerId) -> None:
    """From which, to which, how much; what of it is bonus is shown; then it is done."""
    assert "从哪张卡转出" in await talk.begin("action_transfer_balance", "转余额")
    assert "转到哪张卡" in await talk.press("尾号 8821")
    assert "要转多少" in await talk.say("6612那张")
    shown = await talk.say("50块", amount={"fen": 5_000, "min_fen": 5_000, "max_fen": 5_000})
    assert "从尾号 8821 转 50 元到尾号 6612（本金 30 元，赠送 20 元，转过去性质不变）" in shown
    assert "还剩 90 元" in shown
    assert "转好了" in await talk.press("确认转")
    assert await balances(talk, customer_id) == {"8821": 9_000, "6612": 8_000, "3305": 0}


@pytest.mark.parametrize(
    ("words", "entities", "shown"),
    [
        ("20", {"number": 20}, "转 20 元"),
        ("二十块", {"amount": TWENTY}, "转 20 元"),
        ("全部", {}, "转 140 元"),
        ("都转过去吧", {}, "转 140 元"),
        ("五十", {}, "转 50 元"),
    ],
)
async def test_amounts_as_people_say_them(
    talk: Talk, words: str, entities: dict[str, Any], shown: str
) -> None:
    """A bare number is yuan; 全部 is all there is."""
    await talk.begin("action_transfer_balance", "转余额")
    await talk.say("8821")
    await talk.say("6612")
    assert shown in await talk.say(words, **entities)


async def test_a_vague_or_too_large_amount_is_asked_for_again(talk: Talk) -> None:
    """几百 is no amount; more than there is is refused in a sentence, never cut down."""
    await talk.begin("action_transfer_balance", "转余额")
    await talk.say("8821")
    await talk.say("6612")
    assert "准确的数" in await talk.say("几百吧", amount=SOME)
    assert "只有 140 元" in await talk.say("500")
    assert "转 20 元" in await talk.say("20")


async def test_everything_in_one_message(talk: Talk) -> None:
    """The amount and both cards at once: straight to the confirmation."""
    said = await talk.begin("action_transfer_balance", "把8821里的20块转到6612", amount=TWENTY)
    assert "从尾号 8821 转 20 元到尾号 6612" in said


async def test_no_the_other_card(talk: Talk, customer_id: CustomerId) -> None:
    """不对，是尾号3305那张: the card chosen last is corrected, the rest stays."""
    await talk.begin("action_transfer_balance", "转余额")
    await talk.say("8821")
    await talk.say("6612")
    await talk.say("20", number=20)
    shown = await talk.say("不对，是尾号3305那张", "deny")
    assert "从尾号 8821 转 20 元到尾号 3305" in shown
    await talk.say("对", "affirm")
    assert (await balances(talk, customer_id))["3305"] == 2_000


async def test_another_amount_at_the_last_moment(talk: Talk) -> None:
    """改成30: shown anew before it is done."""
    await talk.begin("action_transfer_balance", "转余额")
    await talk.say("8821")
    await talk.say("6612")
    await talk.say("20", number=20)
    thirty = {"fen": 3_000, "min_fen": 3_000, "max_fen": 3_000}
    assert "转 30 元" in await talk.say("改成30块吧", amount=thirty)


async def test_an_expired_card_is_sent_to_the_hall_with_the_date(
    visitor: Customer, customer_id: CustomerId
) -> None:
    """Self-service ends with the card; the three months at the hall are named."""
    await prove(visitor)
    await world.card(visitor, customer_id, "6222000000008821", 8_800, 1_200, days=-20)
    await world.card(visitor, customer_id, "6222000000006612", 0)
    said = await Talk(visitor).begin("action_transfer_balance", "把过期那张卡的钱转出来")
    assert "已经到期" in said
    assert "里面的 100 元要在营业厅转" in said
    assert "2027年2月2日前" in said


async def test_with_one_card_there_is_nowhere_to_move_it(visitor: Customer, customer_id: CustomerId) -> None:
    """Said plainly; the money stays."""
    await prove(visitor)
    await world.card(visitor, customer_id, "6222000000008821", 8_800)
    assert "没有第二张同类的有效卡" in await Talk(visitor).begin("action_transfer_balance", "转余额")


async def test_a_card_may_be_described(talk: Talk, customer_id: CustomerId) -> None:
    """快到期的那张, 钱少的那张: a card need not be named by number; an amount told early is kept."""
    await world.card(talk.customer, customer_id, "6222000000007919", 9_000, days=12)
    assert "从哪张卡转出" in await talk.begin("action_transfer_balance", "转余额")
    said = await talk.say("转50块", "transfer_balance", amount=FIFTY)
    assert "好的，转 50 元。" in said
    assert "从哪张卡转出" in said
    assert "转到哪张卡" in await talk.say("快到期的那张", "ask_points_expiry")
    assert "从尾号 7919 转 50 元到尾号 8821" in await talk.say("钱多的那张")


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("快到期的卡", "ask_points_expiry"),
        ("快到期的那张", "ask_points_expiry"),
        ("余额少的那张", "ask_balance"),
        ("第一张", "inform"),
        ("1", "inform"),
        ("尾号7919", "inform"),
        ("7919", "inform"),
        ("就7919的那张吧", "transfer_balance"),
    ],
)
async def test_each_way_of_naming_a_card(
    talk: Talk, customer_id: CustomerId, words: str, intent: str
) -> None:
    """Whatever the brain takes the words for, they answer the question that is open."""
    await world.card(talk.customer, customer_id, "6222000000007919", 1_000, days=12)
    listed = await talk.begin("action_transfer_balance", "转余额")
    assert "\n1. 储值卡（尾号 7919），10 元" in listed
    await talk.say(words, intent)
    await talk.say("尾号3305")
    assert "从尾号 7919 转 10 元" in await talk.say("全部")


async def test_a_number_is_no_goodbye(talk: Talk) -> None:
    """Whatever the brain makes of it, 20 answers how much."""
    await talk.begin("action_transfer_balance", "转余额")
    await talk.say("8821")
    await talk.say("6612")
    assert "转 20 元" in await talk.say("20", "goodbye", sure=0.6)


async def test_a_place_is_no_amount(talk: Talk) -> None:
    """第二张, asked how much, moves no two yuan."""
    await talk.begin("action_transfer_balance", "转余额")
    await talk.say("8821")
    await talk.say("6612")
    said = await talk.say("第二张")
    assert "确认一下" not in said
    assert "要转多少" in said


@pytest.mark.parametrize("words", ["50", "不对，50", "50块", "改成50吧"])
async def test_a_bare_number_at_the_last_moment_is_another_amount(talk: Talk, words: str) -> None:
    """Shown anew; nothing else on the table is a number."""
    await talk.begin("action_transfer_balance", "从8821转20到6612", amount=TWENTY)
    assert "转 50 元到尾号 6612" in await talk.say(words, "nlu_fallback", sure=0.4, number=50)


@pytest.mark.parametrize(
    "words", ["改成别的卡转", "换另一张转", "转到其他卡", "能转多少？", "转10块的", "转错卡了"]
)
async def test_the_wish_with_something_changed_is_no_yes(
    talk: Talk, customer_id: CustomerId, words: str
) -> None:
    """Money moves on a yes to what was shown, never on the same wish for something else."""
    before = await balances(talk, customer_id)
    await talk.begin("action_transfer_balance", "从8821转20到6612", amount=TWENTY)
    assert "转好了" not in await talk.say(words, "transfer_balance")
    assert await balances(talk, customer_id) == before


async def test_the_wish_again_is_a_yes(talk: Talk) -> None:
    """帮我转余额, to what was shown, wants just that."""
    await talk.begin("action_transfer_balance", "从8821转20到6612", amount=TWENTY)
    assert "转好了" in await talk.say("帮我转余额", "transfer_balance")


async def test_another_card_at_the_last_moment_by_its_place(talk: Talk, customer_id: CustomerId) -> None:
    """改成第二张转: counted in the list above, and shown anew."""
    before = await balances(talk, customer_id)
    await talk.begin("action_transfer_balance", "从8821转20到6612", amount=TWENTY)
    shown = await talk.say("改成转到第二张", "transfer_balance")
    assert "从尾号 8821 转 20 元到尾号 3305" in shown
    assert await balances(talk, customer_id) == before


async def test_a_number_that_is_no_amount_moves_none(talk: Talk) -> None:
    """不对，3305, more than there is, names a card."""
    await talk.begin("action_transfer_balance", "从8821转20到6612", amount=TWENTY)
    assert "转 20 元到尾号 3305" in await talk.say("不对，3305", "deny")


async def test_an_open_question_does_not_nag(talk: Talk, customer_id: CustomerId) -> None:
    """Two other questions, and it is put aside with one sentence; 继续 brings it back whole."""
    await talk.begin("action_transfer_balance", "转余额")
    first = await talk.aside("action_points", "我还有多少积分", "ask_points")
    assert "接着刚才的「转余额」" in first
    assert "1." not in first
    assert "给您留着" in await talk.aside("action_points", "我还有多少积分", "ask_points")
    assert "转余额" not in await talk.aside("action_points", "我还有多少积分", "ask_points")
    said = await talk.say("继续", "affirm")
    assert "从哪张卡转出？\n1." in said


async def test_a_yes_to_what_was_put_aside_is_asked_for_again(talk: Talk, customer_id: CustomerId) -> None:
    """After other questions a bare yes moves no money before the customer has seen again what will happen."""
    before = await balances(talk, customer_id)
    await talk.begin("action_transfer_balance", "从8821转20到6612", amount=TWENTY)
    for _ in range(2):
        await talk.aside("action_points", "我还有多少积分", "ask_points")
    assert "从尾号 8821 转 20 元到尾号 6612" in await talk.say("好的", "affirm")
    assert await balances(talk, customer_id) == before
    assert "转好了" in await talk.say("好的", "affirm")


async def test_a_task_inside_a_task(talk: Talk, customer_id: CustomerId) -> None:
    """Redeem in the middle of a transfer: it is done first, then the transfer goes on."""
    await world.catalogue(talk.customer)
    await world.points(talk.customer, customer_id, 600)
    await talk.begin("action_transfer_balance", "转余额")
    await talk.say("8821")
    assert "换保温杯" in await talk.begin("action_redeem_points", "先帮我换个保温杯")
    said = await talk.say("好的", "affirm")
    assert "换好了" in said
    assert "接着刚才的「转余额」" in said
    assert "转到哪张卡" in said
    assert "要转多少" in await talk.say("6612")
