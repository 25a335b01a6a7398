"""What comes in and goes out at the brain's door: docs/protocols/brain.md as types."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.brain.settings import MAX_TEXT

MAX_ID = 255


class Refused(Exception):
    """The call cannot be served: HTTP `status`, error `code`, and a sentence for a developer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        super().__init__(message)

    def body(self) -> bytes:
        return orjson.dumps({"error": {"code": self.code, "message": self.message}})


@dataclass(frozen=True)
class TurnRequest:
    """One message of a customer: exactly one of `text` and `intent`."""

    message_id: str
    conversation: str
    text: str | None = None
    intent: str | None = None
    entities: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def decode(cls, body: bytes) -> TurnRequest:
        """Check and read a request body; raises `Refused`."""
        given = _object(body)
        text, intent = given.get("text"), given.get("intent")
        if (text is None) == (intent is None):
            raise _bad("give exactly one of text and intent")
        if text is not None:
            if not isinstance(text, str) or not text.strip():
                raise _bad("text must be a string that says something")
            if len(text) > MAX_TEXT:
                raise Refused(413, "too_long", f"text is longer than {MAX_TEXT} characters")
        elif not isinstance(intent, str) or not intent:
            raise _bad("intent must be a name")
        return cls(
            _id(given, "message_id"),
            _id(given, "conversation"),
            text,
            intent,
            _mapping(given, "entities"),
            _mapping(given, "metadata"),
        )

    def parse(self) -> dict[str, Any] | None:
        """The parse a pressed button carries; None for text, which has yet to be understood."""
        if self.intent is None:
            return None
        intent = {"name": self.intent, "confidence": 1.0}
        return {
            "text": f"/{self.intent}",
            "intent": intent,
            "intent_ranking": [intent],
            "entities": [{"entity": name, "value": value} for name, value in self.entities.items()],
        }


@dataclass(frozen=True)
class ParseRequest:
    """A text that somebody else answers, and that is to be understood all the same."""

    text: str

    @classmethod
    def decode(cls, body: bytes) -> ParseRequest:
        """Check and read a request body; raises `Refused`."""
        text = _object(body).get("text")
        if not isinstance(text, str) or not text.strip():
            raise _bad("text must be a string that says something")
        if len(text) > MAX_TEXT:
            raise Refused(413, "too_long", f"text is longer than {MAX_TEXT} characters")
        return cls(text)


def encode_message(message: dict[str, Any]) -> dict[str, Any]:
    """A message of Rasa's as the contract has it: a card if its custom data names one, else a text."""
    custom = message.get("custom") or {}
    encoded: dict[str, Any] = {"type": "text", "text": message.get("text") or ""}
    if custom.get("card"):
        encoded.update(type="card", card=custom["card"], data=custom.get("data") or {})
    if custom.get("number"):
        encoded["number"] = True
    encoded["quick_replies"] = [_quick_reply(button) for button in message.get("buttons") or ()]
    return encoded


def _quick_reply(button: dict[str, Any]) -> dict[str, Any]:
    payload = button.get("payload") or button["title"]
    if not payload.startswith("/"):
        return {"title": button["title"], "text": payload}
    name, brace, rest = payload[1:].partition("{")
    return {
        "title": button["title"],
        "intent": name.strip(),
        "entities": orjson.loads(brace + rest) if brace else {},
    }


def encode_parse(parse: dict[str, Any]) -> dict[str, Any]:
    """What was understood: intent, likeliest readings, entities and where they stand, emotion or null."""
    return {
        "text": parse.get("text"),
        "intent": _scored(parse["intent"]),
        "ranking": [_scored(each) for each in parse.get("intent_ranking") or ()],
        "entities": [
            {key: entity[key] for key in ("entity", "value", "text", "start", "end") if key in entity}
            for entity in parse.get("entities") or ()
        ],
        "emotion": parse.get("emotion"),
    }


def encode_answer(
    messages: list[dict[str, Any]], parse: dict[str, Any], actions: list[str], took_ms: float
) -> str:
    """The 200 body of a turn, as JSON text: it is stored as it is sent."""
    answer = {
        "messages": [encode_message(message) for message in messages if _shows(message)],
        "parse": encode_parse(parse),
        "actions": actions,
        "handoff": _handoff(messages),
        "took_ms": round(took_ms, 1),
    }
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def encode_reading(parse: dict[str, Any]) -> str:
    """The 200 body of a parse, as JSON text."""
    return orjson.dumps({"parse": encode_parse(parse)}, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _handoff(messages: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What the actions of this turn want of the desk, merged; None if nothing."""
    wishes = [wish for message in messages if (wish := (message.get("custom") or {}).get("handoff"))]
    if not wishes:
        return None
    details = {name: value for wish in wishes for name, value in (wish.get("details") or {}).items()}
    return {**{name: value for wish in wishes for name, value in wish.items() if value}, "details": details}


def _shows(message: dict[str, Any]) -> bool:
    """A wish for the desk alone is no message to the customer."""
    return bool(message.get("text")) or "handoff" not in (message.get("custom") or {})


def _scored(intent: dict[str, Any]) -> dict[str, Any]:
    return {"name": intent.get("name"), "confidence": intent.get("confidence", 0.0)}


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        given = _mended(body)
    if not isinstance(given, dict):
        raise _bad("the body must be a JSON object")
    return given


def _mended(body: bytes) -> Any:
    """The JSON of `body` with every lone half of a surrogate pair, which browsers can send, made U+FFFD."""
    try:
        whole = json.dumps(json.loads(body), ensure_ascii=False)
        return json.loads(whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except (ValueError, RecursionError) as error:
        raise _bad(f"the body is not JSON: {error}") from error


def _id(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID or "\x00" in value:
        raise _bad(f"{name} must be a string of 1 to {MAX_ID} characters")
    return value


def _mapping(given: dict[str, Any], name: str) -> dict[str, Any]:
    value = given.get(name) or {}
    if not isinstance(value, dict):
        raise _bad(f"{name} must be an object")
    return value


def _bad(message: str) -> Refused:
    return Refused(400, "bad_request", message)
