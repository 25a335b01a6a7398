"""A message's content as JSON, and a customer's text made safe to keep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.kit.errors import BadInput
from bot.messages import Content, InboundMessage, QuickReply

# C0 and C1 controls but tab and newline; PostgreSQL cannot hold NUL. Lone surrogates cannot be encoded.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")


class Empty(BadInput):
    """这条消息是空的，写点什么再发送吧。"""

    code = "empty"


class TooLong(BadInput):
    """这条消息太长了，请分几条发送。"""

    code = "too_long"


def clean_text(raw: str, limit: int) -> str:
    """`raw` without control characters and outer blanks. Raises Empty, or TooLong past `limit` characters."""
    text = _UNPRINTABLE.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not _INVISIBLE.sub("", text):
        raise Empty()
    if len(text) > limit:
        raise TooLong(f"这条消息有 {len(text)} 个字，最多 {limit} 个字，请分几条发送。")
    return text


def inbound_json(message: InboundMessage, text: str) -> dict[str, Any]:
    """What is kept of a customer's message that says `text`."""
    result: dict[str, Any] = {"text": text}
    if message.intent is not None:
        result |= {"intent": message.intent, "entities": dict(message.entities)}
    if message.file is not None:
        result |= {"card": "file", "data": asdict(message.file)}
    if message.event:
        result["event"] = dict(message.event)
    return result


def to_json(content: Content) -> dict[str, Any]:
    """`content` as a JSON object without empty parts."""
    result: dict[str, Any] = {"text": content.text}
    if content.card:
        result["card"] = content.card
        result["data"] = dict(content.data)
    if content.quick_replies:
        result["quick_replies"] = [_quick_reply_to_json(reply) for reply in content.quick_replies]
    if content.number:
        result["number"] = True
    return result


def from_json(value: Mapping[str, Any]) -> Content:
    """The content that `to_json` made, or that the brain answered with."""
    replies = value.get("quick_replies") or ()
    return Content(
        text=value.get("text") or "",
        card=value.get("card"),
        data=value.get("data") or {},
        quick_replies=tuple(
            QuickReply(
                title=reply["title"],
                intent=reply.get("intent"),
                entities=reply.get("entities") or {},
                text=reply.get("text"),
            )
            for reply in replies
        ),
        number=bool(value.get("number")),
    )


def _quick_reply_to_json(reply: QuickReply) -> dict[str, Any]:
    if reply.intent is None:
        return {"title": reply.title, "text": reply.text or reply.title}
    return {"title": reply.title, "intent": reply.intent, "entities": dict(reply.entities)}
