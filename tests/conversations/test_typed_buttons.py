"""What a button says can be typed: it does what pressing does, and no other words do."""

from __future__ import annotations

import pytest

from bot.conversations.brain import Answer
from bot.conversations.typed import chosen
from bot.kit.ids import ConversationId
from bot.messages import Content, QuickReply
from tests.conversations.conftest import House

POINTS = QuickReply("查积分", intent="ask_points", entities={"a": 1})
GO_ON = QuickReply("接着办", text="继续")
RATED = tuple(
    QuickReply(name, intent="desk_rate", entities={"score": score})
    for score, name in zip((5, 4, 3, 2, 1), ("非常满意", "满意", "一般", "不满意", "很不满意"), strict=True)
)


async def offered(house: House, *replies: QuickReply) -> ConversationId:
    """A conversation whose last answer has these buttons; the next one has none."""
    house.brain.behave = lambda turn: Answer(
        (Content("选吧", quick_replies=replies if len(house.brain.turns) == 1 else ()),), None, ()
    )
    conversation = await house.open()
    await house.say(conversation, "你好", "typed---1")
    await house.until(conversation, 2)
    return conversation


@pytest.mark.parametrize("typed", ["查积分", "查积分吧", " 查 积分。", "“查积分”", "查积分！"])
async def test_a_buttons_words_typed_do_what_it_does(house: House, typed: str) -> None:
    """The brain is given the button's own parse, and the log keeps what was typed."""
    conversation = await offered(house, POINTS, GO_ON)
    await house.say(conversation, typed, "typed---2")
    texts = await house.until(conversation, 4)
    assert (house.brain.turns[1].intent, house.brain.turns[1].entities) == ("ask_points", {"a": 1})
    assert texts[2] == typed.strip()


async def test_a_button_that_stands_for_words_says_them(house: House) -> None:
    conversation = await offered(house, POINTS, GO_ON)
    await house.say(conversation, "接着办", "typed---2")
    await house.until(conversation, 4)
    assert (house.brain.turns[1].intent, house.brain.turns[1].text) == (None, "继续")


@pytest.mark.parametrize("typed", ["查积分？", "怎么查积分", "查", "1", "不查积分"])
async def test_other_words_are_words(house: House, typed: str) -> None:
    """A question mark makes a question of them; a digit is no button where nobody numbered them."""
    conversation = await offered(house, POINTS, GO_ON)
    await house.say(conversation, typed, "typed---2")
    await house.until(conversation, 4)
    assert house.brain.turns[1].intent is None


async def test_a_button_of_an_older_answer_is_only_words(house: House) -> None:
    conversation = await offered(house, POINTS)
    for number, said in enumerate(("嗯", "查积分"), 2):
        await house.say(conversation, said, f"typed---{number}")
        await house.until(conversation, 2 * number)
    assert house.brain.turns[2].intent is None


@pytest.mark.parametrize(
    ("typed", "score"),
    [
        ("非常满意", 5),
        ("满意", 4),
        ("5分", 5),
        ("1", 1),
        ("５", 5),
        ("一星", 1),
        ("不满意", 2),
        ("很不满意。", 1),
    ],
)
def test_a_rating_is_typed_as_words_or_as_its_score(typed: str, score: int) -> None:
    """1 is one star, wherever the button stands."""
    reply = chosen(typed, RATED)
    assert reply is not None
    assert reply.entities["score"] == score


@pytest.mark.parametrize("typed", ["6", "0", "满意吗", "非常不满", "10分", "", "。"])
def test_what_is_no_score_rates_nothing(typed: str) -> None:
    assert chosen(typed, RATED) is None


def test_two_buttons_that_say_the_same_are_told_apart_by_pressing() -> None:
    assert chosen("好", (QuickReply("好", intent="a"), QuickReply("好吧", intent="b"))) is None
