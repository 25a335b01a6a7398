"""What the bot's answer tells the desk: is a person wanted, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select

from bot.conversations.brain import Answer
from bot.conversations.models import Conversation, Message
from bot.desk.handoff.request import Request
from bot.desk.parses import emotion_of, intent_of
from bot.desk.tickets.models import Reason
from bot.desk.topics import COMPLAINING, MISUNDERSTOOD, TOPIC_OF, TOPICS
from bot.desk.work import Work
from bot.kit.ids import IdentityId
from bot.store.identities.service import access

SURE: Final = 0.6
"""What the bot is less sure of than this counts neither as a complaint nor as a topic."""

_REASONS: Final[frozenset[Reason]] = frozenset(
    {"requested", "not_understood", "anger", "green_channel", "person_only"}
)


def cares(answer: Answer) -> bool:
    """Cheap: might `wanted` find a reason?"""
    intent, _ = intent_of(answer.parse)
    return bool(
        answer.handoff
        or intent in MISUNDERSTOOD
        or intent in COMPLAINING
        or intent in TOPIC_OF
        or intent in ("help", "several_requests")
        or emotion_of(answer.parse)[0] == "angry"
    )


async def wanted(work: Work, row: Conversation, answer: Answer) -> Request | None:
    """The reason to call a person, if there is one: asked for, key account's complaint, anger, two misses."""
    intent, confidence = intent_of(answer.parse)
    label, score = emotion_of(answer.parse)
    angry = label == "angry" and score >= work.rules.anger_score
    topic = TOPIC_OF.get(intent or "") if confidence >= SURE else None
    emotion = "angry" if angry else label
    asked = answer.handoff or {}
    if asked.get("reason") in _REASONS:
        named = asked.get("topic")
        return Request(
            asked["reason"],
            named if named in TOPICS else topic or await _topic_lately(work, row),
            emotion,
            details=asked.get("details") or {},
        )
    if topic is not None and topic in work.rules.person_only:
        return Request("person_only", topic, emotion)
    if intent in COMPLAINING and confidence >= SURE and await _is_key_account(work, row):
        return Request("green_channel", "complaints", emotion)
    if angry and work.rules.anger_handoff:
        return Request("anger", topic or await _topic_lately(work, row), "angry")
    if intent in MISUNDERSTOOD and await _misses(work, row) + 1 >= work.rules.misses:
        return Request("not_understood", await _topic_lately(work, row), emotion)
    return None


async def _is_key_account(work: Work, row: Conversation) -> bool:
    return (await access(work.session, IdentityId(row.identity_id), work.now)).key_account


async def _misses(work: Work, row: Conversation) -> int:
    """How many of the customer's last messages in a row the bot did not understand."""
    count = 0
    for parse in await _parses(work, row, 5):
        if intent_of(parse)[0] not in MISUNDERSTOOD:
            break
        count += 1
    return count


async def _topic_lately(work: Work, row: Conversation) -> Any:
    """What the customer asked about last, within a few messages."""
    for parse in await _parses(work, row, 6):
        intent, confidence = intent_of(parse)
        if intent in TOPIC_OF and confidence >= SURE:
            return TOPIC_OF[intent]
    return None


async def _parses(work: Work, row: Conversation, count: int) -> list[Mapping[str, Any]]:
    """The parses of the customer's last messages that the bot has read, newest first."""
    rows = await work.session.scalars(
        select(Message.parse)
        .where(Message.conversation_id == row.id, Message.author == "customer", Message.parse.is_not(None))
        .order_by(Message.seq.desc())
        .limit(count)
    )
    return [parse for parse in rows if parse]
