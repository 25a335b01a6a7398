"""What the bot does with what customers say, topic by topic."""

from __future__ import annotations

from itertools import pairwise

import pytest
from rasa.shared.core.constants import DEFAULT_INTENTS

from bot.brain.agent import BrainAgent
from tests.brain.actions import Actions
from tests.brain.conftest import Take, texts


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("你好", "utter_greet"),
        ("谢谢你啊", "utter_thank"),
        ("再见", "utter_goodbye"),
        ("你能帮我做什么", "utter_help"),
        ("我要转人工", "action_request_human"),
        ("我有多少积分", "action_points"),
        ("我的积分什么时候过期", "action_points_expiry"),
        ("卡里还剩多少钱", "action_balance"),
        ("我的投诉处理得怎么样了", "action_complaint_status"),
        ("算了", "utter_cancel"),
    ],
)
async def test_plain_words_lead_where_they_should(
    take: Take, actions: Actions, said: str, action: str
) -> None:
    """Typed, not pressed: the words go through understanding."""
    actions.verified.add("c")
    assert (await take("c", said))["actions"] == [action]


async def test_no_intent_is_without_an_answer(agent: BrainAgent, take: Take, actions: Actions) -> None:
    """Whatever is understood, the bot says something of its own choosing, once."""
    processor = agent.processor
    assert processor is not None
    for intent in sorted(processor._intents):
        actions.verified.add(intent)
        answer = await take(intent, f"/{intent}")
        if intent.startswith("EXTERNAL_") and intent != "EXTERNAL_handback":
            assert answer["actions"] == ["action_notice"], intent
            continue
        assert answer["actions"] != ["action_default_fallback"], intent
        assert len(answer["messages"]) >= 1 or answer["actions"] == ["action_identity", "identity_form"], (
            intent
        )


async def test_every_button_leads_somewhere(agent: BrainAgent) -> None:
    """Payloads of the domain name intents of the domain."""
    domain = agent.domain
    assert domain is not None
    payloads = {
        button["payload"]
        for variations in domain.responses.values()
        for variation in variations
        for button in variation.get("buttons", [])
    }
    assert {payload.lstrip("/") for payload in payloads} <= set(domain.intents)


async def test_every_topic_can_be_asked_back_about(agent: BrainAgent) -> None:
    """Each intent a customer may have meant has a button in the question back."""
    domain = agent.domain
    assert domain is not None
    asked = {button["payload"].lstrip("/") for button in domain.responses["utter_clarify"][0]["buttons"]}
    plain = {
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "cancel",
        "inform",
        "chitchat",
        "several_requests",
        # Only ever pressed, under a notice.
        "care_yes",
        "care_later",
        "care_stop",
        "leave_reason",
    }
    said = {intent for intent in domain.intents if not intent.startswith("EXTERNAL_")}
    assert said - set(DEFAULT_INTENTS) - plain == asked


async def test_two_misses_in_a_row_offer_a_person(take: Take) -> None:
    """The first asks back, the second offers; a yes then means the person."""
    assert (await take("c", "/nlu_fallback"))["actions"] == ["utter_clarify"]
    assert (await take("c", "/nlu_fallback"))["actions"] == ["utter_offer_person"]
    assert (await take("c", "/affirm"))["actions"] == ["action_request_human"]


async def test_a_miss_long_ago_does_not_count(take: Take) -> None:
    """Only in a row."""
    await take("c", "/nlu_fallback")
    await take("c", "/thank")
    assert (await take("c", "/nlu_fallback"))["actions"] == ["utter_clarify"]


@pytest.mark.parametrize("first", ["/out_of_scope", "/nlu_fallback"])
@pytest.mark.parametrize("second", ["/out_of_scope", "/nlu_fallback"])
async def test_misses_of_either_kind_count_together(take: Take, first: str, second: str) -> None:
    """Out of scope and not understood are one thing to a customer."""
    await take("c", first)
    assert (await take("c", second))["actions"] == ["utter_offer_person"]


async def test_a_person_is_not_forced_on_anyone(take: Take) -> None:
    """A no to the offer goes on with the bot."""
    await take("c", "/nlu_fallback")
    await take("c", "/nlu_fallback")
    assert (await take("c", "/deny"))["actions"] == ["utter_rephrase"]


async def test_what_is_out_of_scope_names_a_way_on_and_a_yes_takes_it(take: Take) -> None:
    """No dead end."""
    answer = await take("c", "/out_of_scope")
    person = {"intent": "request_human", "title": "转人工", "entities": {}}
    assert person in answer["messages"][0]["quick_replies"]
    assert (await take("c", "/affirm"))["actions"] == ["action_request_human"]


async def test_after_an_action_that_follows_up_the_bot_listens(take: Take, actions: Actions) -> None:
    """No fallback at the end of a chain no rule speaks of."""
    from tests.brain.actions import follow_up, reply

    actions.also["action_request_human"] = lambda call: reply(events=[follow_up("utter_help")])
    assert (await take("c", "/request_human"))["actions"] == ["action_request_human", "utter_help"]
    assert (await take("c", "/thank"))["actions"] == ["utter_thank"]


async def test_the_bot_does_not_say_the_same_words_twice_running(take: Take) -> None:
    """Where there are several ways to say it."""
    said = [texts(await take("c", "/thank"))[0] for _ in range(12)]
    assert all(one != next_one for one, next_one in pairwise(said))


async def test_vague_words_are_asked_about_and_a_button_settles_it(take: Take, actions: Actions) -> None:
    """The two likeliest readings and a person are the buttons; the pressed one is what is meant."""
    actions.verified.add("c")
    answer = await take("c", "查一下")
    assert answer["actions"] == ["utter_clarify"]
    assert answer["parse"]["intent"]["name"] == "nlu_fallback"
    likeliest = [each["name"] for each in answer["parse"]["ranking"] if each["name"] != "nlu_fallback"]
    offered = [reply["intent"] for reply in answer["messages"][0]["quick_replies"]]
    assert offered == [*likeliest[:2], "request_human"]
    pressed = await take("c", f"/{offered[0]}")
    assert pressed["parse"]["intent"] == {"name": offered[0], "confidence": 1.0}
    assert pressed["actions"][0].startswith("action_")


async def test_vague_words_twice_offer_a_person(take: Take) -> None:
    """Typed, not pressed."""
    assert (await take("c", "查一下"))["actions"] == ["utter_clarify"]
    assert (await take("c", "帮我弄一下那个"))["actions"] == ["utter_offer_person"]
    assert (await take("c", "好的"))["actions"] == ["action_request_human"]
