"""How messages are put into words for channels that show text: split, numbered, cards as lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.messages import Content, QuickReply

TEXT_BYTES = 2048
"""The longest text of a customer-service message on either platform."""

_BORDERS = (
    re.compile(r"\n\s*"),
    re.compile(r"(?<=[。！？!?；;…])[”」』）)]*\s*"),
    re.compile(r"(?<=[，、,：:])\s*|(?<=\.)\s+|\s+"),
)


def split(text: str, limit: int = TEXT_BYTES) -> list[str]:
    """`text` in pieces of at most `limit` bytes, cut at paragraphs, else sentences, else clauses."""
    rest, pieces = text.strip(), []
    while len(rest.encode()) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        pieces.append(rest)
    return pieces


def _cut(text: str, limit: int) -> int:
    """Where to cut: the last border within the limit, of the best kind that does not waste half of it."""
    longest = _fitting(text, limit)
    for border in _BORDERS:
        ends = [match.end() for match in border.finditer(text) if 0 < match.end() <= longest]
        if ends and ends[-1] * 2 > longest:
            return ends[-1]
    return longest


def _fitting(text: str, limit: int) -> int:
    """How many characters fit into `limit` bytes, not ending inside an emoji that is made of several."""
    fits = len(text.encode()[:limit].decode("utf-8", "ignore"))
    while fits > 1 and (
        text[fits] in "\u200d\ufe0f\u20e3" or text[fits - 1] == "\u200d" or _skin(text[fits])
    ):
        fits -= 1
    return fits


def _skin(char: str) -> bool:
    return "\U0001f3fb" <= char <= "\U0001f3ff"


def shorten(text: str, limit: int) -> str:
    """`text` in at most `limit` bytes, with an ellipsis where it was cut."""
    if len(text.encode()) <= limit:
        return text
    return text[: _fitting(text, limit - len("…".encode()))] + "…"


def numbered(text: str, replies: Sequence[QuickReply], *, number: bool = False) -> str:
    """`text` with its choices as a numbered list; without numbers, where a `number` is the answer itself."""
    if number and replies:
        return f"{text}\n\n（也可以回复：{' / '.join(reply.title for reply in replies)}）"
    lines = "\n".join(f"{number}. {reply.title}" for number, reply in enumerate(replies, 1))
    return f"{text}\n\n{lines}\n（回复数字选择）" if replies else text


def in_words(content: Content) -> str:
    """The content as text: what it says, and what its card shows beyond that."""
    lines = _CARDS[content.card](content.data) if content.card in _CARDS else []
    return "\n".join([content.text, *lines]) if lines else content.text


def _points(data: Mapping[str, Any]) -> list[str]:
    expiring = data.get("expiring") or []
    if len(expiring) < 2:
        return []
    return ["", "到期明细：", *(f"· {_day(lot['on'])}  {lot['points']:,} 积分" for lot in expiring)]


def _balance(data: Mapping[str, Any]) -> list[str]:
    states = {"expiring": "，快到期了", "expired": "，已过期"}
    lines: list[str] = []
    for card in data.get("cards") or []:
        lines += ["", f"【{card['type']} {card['number']}】"]
        lines.append(f"· 本金 {_yuan(card['principal'])}，赠送 {_yuan(card['bonus'])}")
        if card.get("held"):
            lines.append(f"· 暂存待领 {_yuan(card['held'])}")
        until = f"有效期至 {_day(card['valid_until'])}" if card.get("valid_until") else "长期有效"
        lines.append(f"· {until}{states.get(card.get('state', ''), '')}")
    return lines


def _complaint(data: Mapping[str, Any]) -> list[str]:
    steps = (data.get("timeline") or [])[-4:]
    lines = ["", f"【{data['number']}】{data.get('state_text', '')}"] if data.get("number") else []
    lines += [f"· {step['text']}" for step in steps]
    if data.get("next_step"):
        lines.append(f"下一步：{data['next_step']}")
    return lines


_CARDS = {"points": _points, "balance": _balance, "complaint": _complaint}


def _yuan(fen: int) -> str:
    whole, cents = divmod(fen, 100)
    return f"{whole:,}.{cents:02d} 元" if cents else f"{whole:,} 元"


def _day(iso: str) -> str:
    year, month, day = iso[:10].split("-")
    return f"{year}年{int(month)}月{int(day)}日"
