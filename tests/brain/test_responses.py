"""How things are worded."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import UserUttered

from bot.brain.agent import BrainAgent
from bot.brain.responses import BrainResponses
from bot.brain.window import WindowTracker


@pytest.fixture
def responses(loaded: BrainAgent) -> BrainResponses:
    return BrainResponses(domain=loaded.domain)


def heard(*ranking: tuple[str, float]) -> WindowTracker:
    """A tracker whose last message has this ranking."""
    tracker = WindowTracker("c", [])
    readings = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    parse: Any = {"intent": {"name": "nlu_fallback"}, "entities": [], "intent_ranking": readings}
    tracker.update(UserUttered("?", {"name": "nlu_fallback"}, [], parse))
    return tracker


async def titles(responses: BrainResponses, tracker: WindowTracker) -> list[str]:
    draft = await responses.generate("utter_clarify", tracker, "web")
    assert draft is not None
    return [button["title"] for button in draft["buttons"]]


async def test_a_question_back_names_the_two_likeliest_readings(responses: BrainResponses) -> None:
    """And a person."""
    tracker = heard(("nlu_fallback", 0.4), ("ask_points", 0.3), ("ask_balance", 0.2), ("ask_order", 0.1))
    assert await titles(responses, tracker) == ["查积分", "查余额", "转人工"]


async def test_a_person_is_named_once(responses: BrainResponses) -> None:
    """Also when that was the likeliest reading."""
    tracker = heard(("request_human", 0.5), ("ask_points", 0.3))
    assert await titles(responses, tracker) == ["查积分", "转人工"]


async def test_unlikely_readings_are_not_asked_about(responses: BrainResponses) -> None:
    """Gibberish is not met with a guess."""
    draft = await responses.generate("utter_clarify", heard(("ask_points", 0.03), ("greet", 0.02)), "web")
    assert draft is not None
    assert [button["payload"] for button in draft["buttons"]] == ["/request_human", "/help"]
    assert "没" in draft["text"]


async def test_wording_can_be_taken_apart_by_its_reader(responses: BrainResponses) -> None:
    """What Rasa does to a draft does not reach the domain."""
    tracker = heard()
    draft = await responses.generate("utter_greet", tracker, "web")
    assert draft is not None
    draft["buttons"].clear()
    draft.pop("text")
    again = await responses.generate("utter_greet", tracker, "web")
    assert again is not None
    assert len(again["buttons"]) == 4


async def test_slots_are_filled_in() -> None:
    """`{name}` in a response is the slot's value."""
    responses = BrainResponses()
    responses.responses = {"utter_x": [{"text": "您好，{name}"}]}
    assert await responses.generate("utter_x", heard(), "web", name="王女士") == {"text": "您好，王女士"}


async def test_a_channel_can_have_its_own_wording() -> None:
    """The customer's channel decides."""
    responses = BrainResponses()
    responses.responses = {"utter_x": [{"text": "网页"}, {"text": "微信", "channel": "wechat"}]}
    assert await responses.generate("utter_x", heard(), "wechat") == {"text": "微信", "channel": "wechat"}
    assert await responses.generate("utter_x", heard(), "web") == {"text": "网页"}


async def test_a_response_that_does_not_exist_is_none(responses: BrainResponses) -> None:
    """As in Rasa."""
    assert await responses.generate("utter_nope", heard(), "web") is None


@pytest.mark.parametrize(
    ("label", "score", "spoken_to"),
    [("angry", 0.9, True), ("angry", 0.4, False), ("annoyed", 0.9, False), (None, 0, False)],
)
async def test_an_insult_is_not_met_with_a_joke(
    responses: BrainResponses, label: str | None, score: float, spoken_to: bool
) -> None:
    """Who is angry for sure hears so, and can have a person; who only teases hears the usual line."""
    tracker = WindowTracker("c", [])
    parse: Any = {"intent": {"name": "chitchat"}, "entities": [], "intent_ranking": []}
    parse["emotion"] = {"label": label, "score": score} if label else None
    tracker.update(UserUttered("傻子", {"name": "chitchat"}, [], parse))
    draft = await responses.generate("utter_chitchat", tracker, "web")
    assert draft is not None
    assert ("小回" not in draft["text"]) is spoken_to
    assert ("/file_complaint" in [button["payload"] for button in draft["buttons"]]) is spoken_to
