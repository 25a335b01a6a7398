"""The tone of an answer: what the customer's mood asks for, decided in one place.

An angry customer hears one apology, is not sold anything, and can always have a person. A worried one is
told first that it is being looked after.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk.events import SlotSet

ONCE_IN = timedelta(hours=1)
MOST_BUTTONS = 4
SURE = 0.55
"""A feeling less sure than this is not spoken to: an apology to who is calm is odd."""
SELLING = ("/redeem_points", "/ask_promotion", "/ask_referral", "/reorder", "/ask_membership")
PERSON = {"title": "转人工", "payload": "/request_human"}
SORRY_ALREADY = ("抱歉", "对不起", "不好意思", "很遗憾")
WORDS = {"angry": "让您生气了，真对不起。", "worried": "您别着急，我来看看。"}


def mood(parse: Mapping[str, Any]) -> str:
    """calm, pleased, worried, annoyed or angry, as the brain reads it; calm where it is not sure."""
    emotion = parse.get("emotion") or {}
    return str(emotion["label"]) if emotion and float(emotion.get("score") or 0) >= SURE else "calm"


def suit(
    messages: list[dict[str, Any]], parse: Mapping[str, Any], slots: Mapping[str, Any], now: datetime
) -> list[dict[str, Any]]:
    """Change what is about to be said to suit the customer's mood; the events that remember it."""
    felt = mood(parse)
    if felt == "angry":
        _sell_nothing(messages)
    if not messages or felt not in WORDS or _soothed(slots, now):
        return []
    first = str(messages[0].get("text") or "")
    if not any(word in first for word in SORRY_ALREADY):
        messages[0]["text"] = WORDS[felt] + first
    return [SlotSet("soothed_at", now.isoformat())]


def _sell_nothing(messages: list[dict[str, Any]]) -> None:
    for message in messages:
        message["buttons"] = [
            button for button in message.get("buttons") or () if not button["payload"].startswith(SELLING)
        ]
    if messages:
        buttons = messages[-1]["buttons"]
        if PERSON not in buttons and len(buttons) < MOST_BUTTONS:
            buttons.append(PERSON)


def _soothed(slots: Mapping[str, Any], now: datetime) -> bool:
    before = slots.get("soothed_at")
    return bool(before) and now - datetime.fromisoformat(before) < ONCE_IN
