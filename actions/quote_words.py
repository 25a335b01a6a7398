"""What a customer says about the lines of a quote: which to do, which not, which they have not said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from actions.tasks.consent import asks, is_yes
from bot.store.quotes.models import LineDecision
from bot.store.quotes.reads import QuoteItem

BUTTON = "全部同意"
ALL_OF_THEM = re.compile(
    r"我?(都|全|全部|全都|所有)(都)?(同意|做|要|换|修|可以|好|行|没问题|按这个办?)(的|了|吧|啊|呀|哈)?"
)
NONE_OF_THEM = re.compile(
    r"我?(都|全|全部|全都|一个都|一项都)?先?不(做|要|换|修|同意|弄|用)[了的吧啊呀]{0,3}"
)
NOT_ALL = re.compile(r"(没|不|别|哪).{0,4}(全|都)(部|都|做|同意|要)|不全|不是都|没都")
ONE_BY_ONE = re.compile(r"一项一项|逐项|一个一个|分开|挑着|有的|有些|部分|只做")
REST = re.compile(r"其[他它余]|别的|剩下|另外|剩余")
EXCEPT = re.compile(r"(除了|除掉|除开|除去|除)(.+?)(以外|之外|外)?(的|其[他它余]的?|别的|剩下的?)*都")
CLAUSES = re.compile(r"[，,。.；;！!\s]|但是?|不过")
PLACES = re.compile(
    r"[第、和跟一二三四五六七八九1-9]{1,9}[项个条号行]|第[一二三四五六七八九1-9]|^[1-9一二三四]$"
)
FIRST = re.compile(r"前([一二两三四五六七八九]|\d)")
LAST_ONES = re.compile(r"[后末]([一二两三四五六七八九]|\d)|最后(一)?")
DIGIT = re.compile(r"[一二两三四五六七八九]|\d")
CHINESE = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
LEAST = 2
NO = re.compile(r"不(?!过)|别(?!的)|免|去掉|取消|算了|没必要")
ONLY = re.compile(r"[只光仅]|^就")
MOST = 60


@dataclass(frozen=True, slots=True)
class Said:
    """`how`: all of it, nothing, or line by line; None: none of it. `lines`: those named."""

    how: Literal["all", "none", "each"] | None = None
    lines: Mapping[int, LineDecision] = field(default_factory=dict[int, LineDecision])


def read_lines(text: str, items: Sequence[QuoteItem]) -> Said:
    """What is said of `items`. A question says nothing, and neither does what contradicts itself."""
    plain = unicodedata.normalize("NFKC", text).strip()
    bare = re.sub(r"[，,。.！!\s]", "", plain)
    if not bare or len(bare) > MOST or asks(plain):
        return Said()
    if NOT_ALL.search(bare) and not NONE_OF_THEM.fullmatch(bare):
        return Said("each", _named(plain, items))
    if all(ALL_OF_THEM.fullmatch(each) or is_yes(each, BUTTON) for each in CLAUSES.split(plain) if each):
        return Said("all")
    if NONE_OF_THEM.fullmatch(bare):
        return Said("none")
    lines = _named(plain, items)
    if lines:
        return Said("each", lines)
    return Said("each") if ONE_BY_ONE.search(bare) else Said()


def _named(text: str, items: Sequence[QuoteItem]) -> dict[int, LineDecision]:
    said: dict[int, set[LineDecision]] = {}
    every = [item.line for item in items]

    def note(lines: Sequence[int], decision: LineDecision) -> None:
        for line in lines:
            said.setdefault(line, set()).add(decision)

    named: list[int] = []
    for clause in [each for each in CLAUSES.split(text) if each]:
        if (found := EXCEPT.search(clause)) and (lines := _lines(found.group(2), items)):
            rest = [line for line in every if line not in lines]
            negative = NO.search(clause[found.end() :]) is not None
            note(rest, "refused" if negative else "approved")
            if not negative:
                note(lines, "refused")
            named += every
            continue
        lines = _lines(clause, items)
        decision: LineDecision = "refused" if NO.search(clause) else "approved"
        if not lines and REST.search(clause):
            lines = [line for line in every if line not in named]
        elif lines and ONLY.search(clause) and decision == "approved":
            note([line for line in every if line not in lines], "refused")
        named += lines
        note(lines, decision)
    return {line: next(iter(decisions)) for line, decisions in said.items() if len(decisions) == 1}


def _lines(clause: str, items: Sequence[QuoteItem]) -> list[int]:
    """The lines that a clause names: by place, or by a piece of the name that no other line has."""
    every = [item.line for item in items]
    if found := FIRST.search(clause):
        return every[: _digit(found.group(1))]
    if found := LAST_ONES.search(clause):
        return every[-(_digit(found.group(1)) if found.group(1) else 1) :]
    if found := "".join(each.group() for each in PLACES.finditer(clause)):
        places = [_digit(each) for each in DIGIT.findall(found)]
        return [line for line in every if line in places]
    named: list[int] = []
    for item in items:
        others = [other.name for other in items if other is not item]
        if _shares(clause, item.name, others):
            named.append(item.line)
    return named


def _shares(clause: str, name: str, others: Sequence[str]) -> bool:
    pieces = {name[start : start + LEAST] for start in range(len(name) - LEAST + 1)}
    return any(piece in clause and not any(piece in other for other in others) for piece in pieces)


def _digit(said: str) -> int:
    return int(said) if said.isdigit() else CHINESE[said]
