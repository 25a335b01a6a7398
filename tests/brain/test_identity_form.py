"""Proving who one is in the middle of a conversation, with customers as they are."""

from __future__ import annotations

import pytest

from bot.brain.agent import BrainAgent
from bot.brain.tracker_store import BrainTrackerStore
from bot.brain.turn_log import TurnLog
from tests.brain.actions import CODE, NUMBER, Actions
from tests.brain.conftest import Take, texts, use_store


async def test_an_unverified_customer_is_asked_and_then_answered(take: Take) -> None:
    """Asked for points, the bot asks for number and code, then answers what was asked."""
    assert texts(await take("c", "/ask_points")) == ["号码？"]
    assert texts(await take("c", NUMBER)) == ["验证码？"]
    answer = await take("c", CODE)
    assert answer["actions"] == ["identity_form", "action_resume_pending", "action_points"]
    assert texts(answer) == ["这是 action_points 的答案"]
    assert answer["messages"][0]["card"] == "points"


async def test_a_verified_customer_is_answered_at_once(take: Take, actions: Actions) -> None:
    """Nobody proves twice."""
    actions.verified.add("c")
    assert texts(await take("c", "/ask_balance")) == ["这是 action_balance 的答案"]


async def test_proof_for_its_own_sake_ends_quietly(take: Take) -> None:
    """With nothing pending the form ends and the bot listens."""
    await take("c", "/identity")
    await take("c", NUMBER)
    assert (await take("c", CODE))["actions"] == ["identity_form", "action_resume_pending"]
    assert (await take("c", "/thank"))["actions"] == ["utter_thank"]


async def test_a_wrong_number_is_asked_again(take: Take) -> None:
    """What the validator says is said, and the question stays."""
    await take("c", "/ask_points")
    assert texts(await take("c", "12345")) == ["号码不对。"]
    assert texts(await take("c", NUMBER)) == ["验证码？"]


@pytest.mark.parametrize("said", ["/chitchat", "/thank", "/greet", "/help", "/out_of_scope", "/snooze"])
async def test_an_aside_is_answered_and_the_question_repeated(take: Take, said: str) -> None:
    """Small talk in the middle of the form gets its answer, then the form asks again."""
    await take("c", "/ask_points")
    answer = await take("c", said)
    assert answer["actions"][0].startswith("utter_")
    assert texts(answer)[-1] == "号码？"
    assert texts(await take("c", NUMBER)) == ["验证码？"]


@pytest.mark.parametrize("said", ["/nlu_fallback", "/inform"])
async def test_what_is_not_understood_repeats_the_question(take: Take, said: str) -> None:
    """Gibberish in the form is no reason to fall out of it."""
    await take("c", "/ask_points")
    answer = await take("c", said)
    assert answer["actions"] == ["utter_form_unclear", "identity_form"]
    assert texts(answer)[-1] == "号码？"


@pytest.mark.parametrize("said", ["/affirm", "/identity", "/resend_code"])
async def test_a_bare_yes_repeats_the_question(take: Take, said: str) -> None:
    """A yes to the question for a number is no number."""
    await take("c", "/ask_points")
    answer = await take("c", said)
    assert answer["actions"] == ["utter_form_go_on", "identity_form"]
    assert texts(answer)[-1] == "号码？"


async def test_another_question_in_the_form_takes_its_place(take: Take) -> None:
    """Who asks for the balance meanwhile gets the balance after the proof."""
    await take("c", "/ask_points")
    assert texts(await take("c", "/ask_balance")) == ["号码？"]
    await take("c", NUMBER)
    assert texts(await take("c", CODE)) == ["这是 action_balance 的答案"]


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ("/cancel", "utter_identity_left"),
        ("/deny", "utter_identity_left"),
        ("/request_human", "action_request_human"),
        ("/goodbye", "utter_goodbye"),
    ],
)
async def test_the_form_can_be_left(take: Take, actions: Actions, said: str, last: str) -> None:
    """Never mind, no, a person, goodbye: the form is over and what it knew is forgotten."""
    await take("c", "/ask_points")
    await take("c", NUMBER)
    answer = await take("c", said)
    assert answer["actions"][-1] == last
    await take("c", "/ask_points")
    assert actions.calls[-1]["tracker"]["slots"]["identity_number"] is None
    assert texts(await take("c", NUMBER)) == ["验证码？"]


async def test_a_new_code_can_be_wanted(take: Take) -> None:
    """The validator sends it and the form waits for it."""
    await take("c", "/ask_points")
    await take("c", NUMBER)
    assert texts(await take("c", "/resend_code")) == ["又发了一次。"]
    assert texts(await take("c", "111111")) == ["验证码不对。"]
    assert texts(await take("c", CODE)) == ["这是 action_points 的答案"]


async def test_the_validator_can_end_the_form(take: Take) -> None:
    """Locked out: the form ends, nothing stays pending, the next message is an ordinary one."""
    await take("c", "/ask_points")
    await take("c", NUMBER)
    answer = await take("c", "000000")
    assert texts(answer) == ["锁住了。"]
    assert answer["actions"] == ["identity_form", "action_resume_pending"]
    assert (await take("c", "/thank"))["actions"] == ["utter_thank"]


async def test_the_form_survives_two_hundred_odd_messages(take: Take) -> None:
    """However long a customer strays, the form is still there and still leads to the answer."""
    await take("c", "/ask_points")
    odd = ["12345", "/chitchat", "/nlu_fallback", "99999", "/thank", "/affirm", "/ask_points", "/inform"]
    for turn in range(200):
        answer = await take("c", odd[turn % len(odd)])
        assert texts(answer)[-1] in ("号码？", "号码不对。")
    await take("c", NUMBER)
    assert texts(await take("c", CODE)) == ["这是 action_points 的答案"]


async def test_a_restart_in_the_middle_of_the_form_is_not_noticed(
    take: Take, agent: BrainAgent, log: TurnLog
) -> None:
    """After each message the brain starts anew from what is stored."""

    async def restarted(said: str) -> list[str]:
        use_store(agent, BrainTrackerStore(log=log))
        return texts(await take("c", said))

    assert await restarted("/ask_points") == ["号码？"]
    assert (await restarted("/chitchat"))[-1] == "号码？"
    assert await restarted("4444") == ["号码不对。"]
    assert await restarted(NUMBER) == ["验证码？"]
    assert (await restarted("/nlu_fallback"))[-1] == "验证码？"
    assert await restarted(CODE) == ["这是 action_points 的答案"]
