"""What the intent component makes of messages it cannot know."""

from __future__ import annotations

import pytest

from tests.brain.conftest import Take


@pytest.mark.parametrize(
    "text", ["嘎嘎嘎咕咕", "噗噗噗噗", "龘龘龘", "Корзина пуста", "안녕하세요", "。。。"]
)
async def test_what_was_never_seen_is_asked_about(take: Take, text: str) -> None:
    """Its length and shape alone are no reason to be sure."""
    parse = (await take("c-1", text))["parse"]
    assert parse["intent"]["name"] == "nlu_fallback"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("你好", "greet"),
        ("哈哈哈哈", "chitchat"),
        ("谢谢谢谢", "thank"),
        ("查一下龘龘的积分有多少", "ask_points"),
        ("WO YAO TOU SU 我要投诉", "file_complaint"),
        ("20", "inform"),
        ("50.5", "inform"),
        ("8821。", "inform"),
    ],
)
async def test_what_is_known_is_read_as_before(take: Take, text: str, intent: str) -> None:
    """A strange name or sign in it changes nothing."""
    assert (await take("c-1", text))["parse"]["intent"]["name"] == intent
