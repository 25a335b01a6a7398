"""What the door takes and gives (docs/protocols/brain.md)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.brain.settings import MAX_TEXT
from bot.brain.turns import Refused, TurnRequest, encode_answer, encode_message, encode_parse

GOOD = {"message_id": "m-1", "conversation": "c-1", "text": "你好", "metadata": {"identity": 17}}


def decode(**changes: Any) -> TurnRequest:
    body = {**GOOD, **changes}
    return TurnRequest.decode(json.dumps({k: v for k, v in body.items() if v is not None}).encode())


def test_a_text_has_yet_to_be_understood() -> None:
    """Text carries no parse."""
    assert decode().text == "你好"
    assert decode().parse() is None


def test_a_pressed_button_carries_its_parse() -> None:
    """Intent and entities become a parse that is certain."""
    parse = decode(text=None, intent="ask_points", entities={"card_number": "8821"}).parse()
    assert parse is not None
    assert parse["intent"] == {"name": "ask_points", "confidence": 1.0}
    assert parse["entities"] == [{"entity": "card_number", "value": "8821"}]


@pytest.mark.parametrize(
    "changes",
    [
        {"intent": "greet"},
        {"text": None},
        {"text": "  "},
        {"text": 7},
        {"text": None, "intent": ""},
        {"message_id": None},
        {"message_id": "x" * 256},
        {"conversation": 5},
        {"conversation": "a\x00b"},
        {"metadata": [1]},
        {"entities": "x"},
    ],
)
def test_a_malformed_request_is_refused(changes: dict[str, Any]) -> None:
    """Each with 400 and the name of what is wrong."""
    with pytest.raises(Refused) as refused:
        decode(**changes)
    assert (refused.value.status, refused.value.code) == (400, "bad_request")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'"text"'])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    """Not a crash."""
    with pytest.raises(Refused) as refused:
        TurnRequest.decode(body)
    assert refused.value.status == 400


def test_a_text_that_is_too_long_is_refused() -> None:
    """413 past the limit, and not at it."""
    assert decode(text="字" * MAX_TEXT).text
    with pytest.raises(Refused) as refused:
        decode(text="字" * (MAX_TEXT + 1))
    assert (refused.value.status, refused.value.code) == (413, "too_long")


def test_half_a_surrogate_pair_does_no_harm() -> None:
    """Browsers can send one; it is replaced, the message is not lost."""
    body = b'{"message_id": "m", "conversation": "c", "text": "\\ud83d\\u597d"}'
    assert TurnRequest.decode(body).text == "\ufffd好"


def test_a_message_with_a_card_is_a_card() -> None:
    """Its text stays complete for channels without cards."""
    message = {
        "text": "您有 3,200 积分",
        "custom": {"card": "points", "data": {"total": 3200}},
        "buttons": None,
    }
    assert encode_message(message) == {
        "type": "card",
        "card": "points",
        "data": {"total": 3200},
        "text": "您有 3,200 积分",
        "quick_replies": [],
    }


def test_buttons_become_quick_replies() -> None:
    """A payload with a slash is an intent with entities, any other is what would be typed."""
    buttons = [
        {"title": "查积分", "payload": "/ask_points"},
        {"title": "尾号8821", "payload": '/inform{"card_number": "8821"}'},
        {"title": "好", "payload": "好的"},
    ]
    assert encode_message({"text": "?", "buttons": buttons})["quick_replies"] == [
        {"title": "查积分", "intent": "ask_points", "entities": {}},
        {"title": "尾号8821", "intent": "inform", "entities": {"card_number": "8821"}},
        {"title": "好", "text": "好的"},
    ]


def test_the_parse_says_what_was_understood_and_nothing_of_how() -> None:
    """Entities keep their place in the text; emotion is null when nobody judged it."""
    parse = {
        "text": "幺三八",
        "intent": {"name": "inform", "confidence": 0.9},
        "intent_ranking": [{"name": "inform", "confidence": 0.9, "id": 3}],
        "entities": [
            {"entity": "phone", "value": "138", "text": "幺三八", "start": 0, "end": 3, "extractor": "x"}
        ],
        "text_tokens": [(0, 1)],
    }
    assert encode_parse(parse) == {
        "text": "幺三八",
        "intent": {"name": "inform", "confidence": 0.9},
        "ranking": [{"name": "inform", "confidence": 0.9}],
        "entities": [{"entity": "phone", "value": "138", "text": "幺三八", "start": 0, "end": 3}],
        "emotion": None,
    }


def test_a_wish_for_the_desk_is_lifted_and_shows_nothing() -> None:
    """What several actions want of the desk is merged; only what has words is a message."""
    parse = {"text": "人工", "intent": {"name": "request_human", "confidence": 1.0}}
    messages = [
        {"text": None, "custom": {"handoff": {"reason": "requested", "topic": None, "details": {"a": "1"}}}},
        {"text": "好的", "custom": {"handoff": {"topic": "points", "details": {"b": "2"}}}},
    ]
    answer = json.loads(encode_answer(messages, parse, [], 1.0))
    assert answer["handoff"] == {"reason": "requested", "topic": "points", "details": {"a": "1", "b": "2"}}
    assert [message["text"] for message in answer["messages"]] == ["好的"]
    assert json.loads(encode_answer([], parse, [], 1.0))["handoff"] is None
