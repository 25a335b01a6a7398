"""Two wishes in one message: 我有多少积分，卡里还剩多少钱？"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

SEVERAL = "several_requests"
JOINTS = re.compile(
    r"[，,。.；;！!？?\s]+|还有就是|还有|另外|顺便|以及|然后再|再帮我|(?<=分)和|(?<=额)和|(?<=单)和"
)
ANSWERED_TOGETHER = frozenset(
    {
        "ask_points",
        "ask_points_expiry",
        "ask_points_history",
        "redeem_points",
        "ask_balance",
        "transfer_balance",
        "ask_bill",
        "ask_complaint_status",
        "urge_complaint",
        "ask_appeal",
        "ask_membership",
        "ask_promotion",
        "ask_order",
        "reorder",
        "book_visit",
        "ask_coverage",
        "ask_care_card",
        "ask_commitment",
        "verify_agent",
        "my_data",
        "ask_referral",
    }
)
"""Intents with an answer of their own. A complaint is not among them: its story may speak of anything."""
SURE = 0.8
LONGEST = 60
MOST = 3

Parse = dict[str, Any]


def split(text: str) -> list[str]:
    """The clauses of a message, each of at least two characters; the whole text if it is long."""
    if len(text) > LONGEST:
        return [text]
    return [clause for piece in JOINTS.split(text) if len(clause := piece.strip()) >= 2]


def with_parts(parse: Parse, read: Callable[[str], Parse]) -> Parse:
    """`parse`, or one of intent `several_requests` with `parts` if the message surely wishes several things.

    `read` understands a clause. One of the wishes must be what the whole message was taken for: a message
    that means something else as a whole is not taken apart.
    """
    clauses = split(parse.get("text") or "")
    if len(clauses) < 2:
        return parse
    parts: dict[str, Parse] = {}
    for clause in clauses:
        found = read(clause)
        intent = found["intent"]
        if intent["name"] in ANSWERED_TOGETHER and intent["confidence"] >= SURE:
            parts.setdefault(intent["name"], {key: found[key] for key in ("text", "intent", "entities")})
    if not 2 <= len(parts) <= MOST or _likeliest(parse) not in parts:
        return parse
    sure = min(part["intent"]["confidence"] for part in parts.values())
    return {**parse, "intent": {"name": SEVERAL, "confidence": sure}, "parts": list(parts.values())}


def _likeliest(parse: Parse) -> str | None:
    """The likeliest reading, also where none was likely enough: two wishes at once are neither for sure."""
    names = [each["name"] for each in (parse["intent"], *parse.get("intent_ranking", ()))]
    return next((name for name in names if name != "nlu_fallback"), None)
