"""What happened before a person took over, told from the log: nothing in it is made up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message
from bot.desk.masks import mask_phone
from bot.desk.parses import emotion_of, intent_of
from bot.desk.tickets.models import Ticket, TicketEntry
from bot.desk.topics import ACTION_NAMES, INTENT_NAMES, MISUNDERSTOOD
from bot.kit.ids import IdentityId
from bot.store.identities.service import access

LOOK_BACK: Final = 60
"""Messages before the ticket's opening that are looked at."""

_SMALL_TALK: Final = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "chitchat", "inform", "help"})

LABELS: Final[dict[str, str]] = {
    "what": "要办的事",
    "which": "哪张卡或哪笔订单",
    "wish": "希望怎么解决",
}

_ENTITY_LABELS: Final[dict[str, str]] = {
    "phone": "手机号",
    "member_number": "会员号",
    "card_number": "卡号",
    "complaint_number": "投诉编号",
    "order_number": "订单号",
    "quote_number": "报价单号",
    "amount": "金额",
    "points": "积分数",
    "product": "商品",
    "time": "时间",
}

_EMOTIONS: Final = {"pleased": "满意", "worried": "担心", "annoyed": "不耐烦", "angry": "生气"}


async def summary(
    session: AsyncSession, ticket: Ticket, conversation: Conversation, now: Any
) -> dict[str, Any]:
    """`Summary` of docs/protocols/desk.md: what was asked, tried and collected up to the ticket's opening."""
    rows = list(
        await session.scalars(
            select(Message)
            .where(
                Message.conversation_id == ticket.conversation_id,
                Message.seq <= ticket.opened_seq,
                Message.seq > ticket.opened_seq - LOOK_BACK,
                Message.author == "customer",
            )
            .order_by(Message.seq)
        )
    )
    after_last = await _after_last_ticket(session, ticket)
    heard = [row for row in rows if row.seq > after_last]
    entries = await session.scalars(
        select(TicketEntry).where(TicketEntry.ticket_id == ticket.id).order_by(TicketEntry.number)
    )
    who = await access(session, IdentityId(conversation.identity_id), now)
    asked, tried = _asked(heard), _tried(heard)
    details = _details(entries)
    noted = {part for item in details for part in (item["value"], *item["value"].split("；"))}
    told = [item for item in await _told_waiting(session, ticket) if item["value"] not in noted]
    collected = [*details, *_mentioned(heard), *told]
    emotions = _emotions(heard)
    failures = sum(1 for row in heard if row.parse and intent_of(row.parse)[0] in MISUNDERSTOOD)
    return {
        "asked": asked,
        "tried": tried,
        "collected": collected,
        "emotion": emotions,
        "verified": who.verified,
        "failures": failures,
        "text": _text(asked, tried, collected, emotions, failures, verified=who.verified),
    }


async def _after_last_ticket(session: AsyncSession, ticket: Ticket) -> int:
    """Where the story of this ticket begins: after the one before it."""
    last = await session.scalar(
        select(Ticket.opened_seq)
        .where(Ticket.conversation_id == ticket.conversation_id, Ticket.id < ticket.id)
        .order_by(Ticket.id.desc())
        .limit(1)
    )
    return last or 0


async def _told_waiting(session: AsyncSession, ticket: Ticket) -> list[dict[str, Any]]:
    """What the customer wrote between the opening and the first agent, in their own words."""
    statement = (
        select(Message.content)
        .where(
            Message.conversation_id == ticket.conversation_id,
            Message.seq > ticket.opened_seq,
            Message.author == "customer",
        )
        .order_by(Message.seq)
        .limit(LOOK_BACK)
    )
    if ticket.assigned_at is not None:
        statement = statement.where(Message.created_at < ticket.assigned_at)
    texts = [content["text"] for content in await session.scalars(statement) if "intent" not in content]
    return [{"name": "told", "label": "排队时补充", "value": str(text)[:200]} for text in texts]


def _asked(rows: Sequence[Message]) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = []
    for row in rows:
        pressed = row.content.get("intent")
        intent, confidence = (pressed, 1.0) if pressed else intent_of(row.parse)
        if intent in _SMALL_TALK or intent is None or str(intent).startswith("desk_"):
            continue
        asked.append(
            {
                "seq": row.seq,
                "text": str(row.content.get("text") or "")[:200],
                "intent": intent,
                "name": INTENT_NAMES.get(intent, intent),
                "confidence": round(confidence, 2),
            }
        )
    return asked


def _tried(rows: Sequence[Message]) -> list[dict[str, Any]]:
    """Each step once, where it was tried first; what has no name is no news to an agent."""
    tried: dict[str, dict[str, Any]] = {}
    for row in rows:
        for action in (row.parse or {}).get("actions") or ():
            name = ACTION_NAMES.get(action)
            if name is not None:
                tried.setdefault(name, {"seq": row.seq, "action": action, "name": name})
    return list(tried.values())


def _details(entries: Iterable[TicketEntry]) -> list[dict[str, Any]]:
    found: dict[str, str] = {}
    for entry in entries:
        if entry.kind == "details":
            found |= entry.data
        if entry.kind == "message" and entry.text:
            found["message"] = entry.text
    labels = {**LABELS, "message": "留言"}
    return [
        {
            "name": name,
            "label": labels.get(name, "附件" if name.startswith("file_") else name),
            "value": value,
        }
        for name, value in found.items()
    ]


def _mentioned(rows: Sequence[Message]) -> list[dict[str, Any]]:
    """Numbers and names that the customer wrote; codes are secrets and stay out."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        for entity in (row.parse or {}).get("entities") or ():
            name, text = entity.get("entity"), str(entity.get("text") or "")
            if name in _ENTITY_LABELS and text:
                value = mask_phone(text) or text if name == "phone" else text
                found[(name, text)] = {"name": name, "label": _ENTITY_LABELS[name], "value": value}
    return list(found.values())


def _emotions(rows: Sequence[Message]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in rows:
        label, score = emotion_of(row.parse)
        if label is not None:
            found.append({"seq": row.seq, "label": label, "score": round(score, 2)})
    return found


def _text(
    asked: Sequence[Mapping[str, Any]],
    tried: Sequence[Mapping[str, Any]],
    collected: Sequence[Mapping[str, Any]],
    emotions: Sequence[Mapping[str, Any]],
    failures: int,
    *,
    verified: bool,
) -> str:
    """The same in sentences."""
    parts = [f"客户{'已' if verified else '未'}验证身份。"]
    if asked:
        parts.append("依次提到：" + "、".join(dict.fromkeys(item["name"] for item in asked)) + "。")
    if tried:
        parts.append("小回做过：" + "、".join(dict.fromkeys(item["name"] for item in tried)) + "。")
    if failures:
        parts.append(f"有 {failures} 句小回没听懂。")
    if collected:
        parts.append("已知：" + "；".join(f"{item['label']} {item['value']}" for item in collected) + "。")
    strong = [_EMOTIONS[item["label"]] for item in emotions if item["label"] in _EMOTIONS]
    if strong:
        parts.append(f"情绪：{' → '.join(dict.fromkeys(strong))}。")
    return "".join(parts)
