"""Rank what an agent might answer to the customer's last words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select

from bot.conversations.models import Conversation, Message
from bot.desk.audit.looks import log_look
from bot.desk.canned.filling import known_of
from bot.desk.canned.models import CannedReply
from bot.desk.canned.service import fill
from bot.desk.suggestions.facts import TELLERS
from bot.desk.tickets.holding import Person
from bot.desk.topics import TOPIC_OF
from bot.desk.work import Work
from bot.kit.ids import IdentityId
from bot.store.identities.service import access

MOST: Final = 5
LEAST: Final = 0.15
"""What fits less than this is not worth reading."""
READINGS: Final = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reply, how well it fits (0 to 1), and where it comes from."""

    text: str
    score: float
    source: str
    intent: str | None
    canned: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As docs/protocols/desk.md has it."""
        return {
            "text": self.text,
            "from": self.source,
            "canned": self.canned,
            "intent": self.intent,
            "confidence": round(self.score, 3),
        }


async def suggest(
    work: Work, row: Conversation, message: Message, person: Person, company: str
) -> list[Suggestion]:
    """Replies to this message of the customer's, the best first; none of them says what is not known."""
    readings = _readings(message.parse)
    text = str(message.content.get("text") or "")
    found = await _facts(work, row, readings, person)
    known = await known_of(work.session, work.rules, work.now, row, person.name, company)
    replies = await work.session.scalars(
        select(CannedReply).where(or_(CannedReply.agent_id.is_(None), CannedReply.agent_id == person.id))
    )
    for reply in replies:
        filled, missing = fill(reply.text, known)
        intent, score = _fit(reply, readings, text)
        if not missing and score >= LEAST:
            found.append(Suggestion(filled, score, "canned", intent, reply.id))
    best: dict[str, Suggestion] = {}
    for each in sorted(found, key=lambda each: -each.score):
        best.setdefault(each.text, each)
    return list(best.values())[:MOST]


async def last_words(work: Work, row: Conversation) -> Message | None:
    """The customer's newest text, unless it was answered."""
    newest = await work.session.scalar(
        select(Message)
        .where(Message.conversation_id == row.id, Message.author != "system")
        .order_by(Message.seq.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return newest if newest is not None and newest.author == "customer" else None


async def _facts(
    work: Work, row: Conversation, readings: Sequence[tuple[str, float]], person: Person
) -> list[Suggestion]:
    wanted = [(intent, score) for intent, score in readings if intent in TELLERS and score >= LEAST]
    who = await access(work.session, IdentityId(row.identity_id), work.now)
    if not wanted or not who.verified or who.customer_id is None:
        return []
    found: list[Suggestion] = []
    for intent, score in wanted:
        text = await TELLERS[intent](work, who.customer_id)
        if text is not None:
            found.append(Suggestion(text, score, "facts", intent))
    await log_look(work, who.customer_id, "suggestion", row, person)
    return found


def _readings(parse: Mapping[str, Any] | None) -> list[tuple[str, float]]:
    """The likeliest intents with their confidence."""
    ranking = (parse or {}).get("ranking") or [(parse or {}).get("intent") or {}]
    read = [(each.get("name"), float(each.get("confidence") or 0)) for each in ranking[:READINGS]]
    return [(name, score) for name, score in read if name]


def _fit(reply: CannedReply, readings: Sequence[tuple[str, float]], text: str) -> tuple[str | None, float]:
    """How well a canned reply answers: its intents count whole, its topic half, shared words a third."""
    best: tuple[str | None, float] = (None, _likeness(text, f"{reply.title}{reply.text}") / 3)
    for intent, confidence in readings:
        weight = 0.95 if intent in reply.intents else 0.5 if TOPIC_OF.get(intent) == reply.topic else 0.0
        if reply.topic is None and intent not in reply.intents:
            weight = 0.0
        score = confidence * weight + best[1] * 0.05
        if score > best[1]:
            best = (intent, score)
    return best


def _likeness(asked: str, answer: str) -> float:
    """The share of the question's pairs of characters that stand in the answer."""
    pairs = {asked[at : at + 2] for at in range(len(asked) - 1)}
    return sum(1 for pair in pairs if pair in answer) / len(pairs) if pairs else 0.0
