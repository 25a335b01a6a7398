"""A button's words, typed: they do what pressing it does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import select

from bot.conversations.content import from_json
from bot.conversations.handoff import DESK_INTENTS
from bot.conversations.models import Conversation, Message
from bot.kit.db import WriteSession
from bot.kit.ids import ConversationId
from bot.messages import QuickReply

LONGEST = 24
"""Characters; no button says more."""
LOOKED_BACK = 6
"""Messages. Further back nobody means a button by its words."""
_AROUND = re.compile(r"[\s，,。.!！~、;；:：“”\"'「」【】]")
_PARTICLES = "吧呀啊哦哈啦"
_SCORE = re.compile(r"([1-5]|[一二三四五])[分星颗]?")
_CHINESE = {char: number for number, char in enumerate("一二三四五", 1)}


def chosen(text: str, replies: Sequence[QuickReply]) -> QuickReply | None:
    """The one of `replies` that says what `text` says, or the score that it names; else None."""
    said = _bare(text)
    if not said:
        return None
    named = [reply for reply in replies if _bare(reply.title) == said]
    if len(named) == 1:
        return named[0]
    scored = {reply.entities.get("score"): reply for reply in replies}
    found = _SCORE.fullmatch(said)
    if found is None or set(scored) != {1, 2, 3, 4, 5}:
        return None
    number = found.group(1)
    return scored[int(number) if number.isdigit() else _CHINESE[number]]


async def typed_button(session: WriteSession, conversation: ConversationId, text: str) -> QuickReply | None:
    """The button of the bot's last answer that `text` says, or one of the desk's a little further back.

    None while a person has the conversation: what is said to people is text.
    """
    if len(text) > LONGEST:
        return None
    rows = await session.execute(
        select(Message.author, Message.content, Conversation.owner)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.conversation_id == conversation)
        .order_by(Message.seq.desc())
        .limit(LOOKED_BACK)
    )
    last_answer = True
    for author, content, owner in rows:
        if owner == "agent":
            return None
        if author == "customer":
            last_answer = False
            continue
        found = chosen(text, from_json(content).quick_replies)
        if found is not None and (last_answer or str(found.intent or "").startswith(DESK_INTENTS)):
            return found
    return None


def _bare(text: str) -> str:
    """Without spaces, full stops and particles, in one way of writing. A question mark stays."""
    return _AROUND.sub("", unicodedata.normalize("NFKC", text).lower()).rstrip(_PARTICLES)
