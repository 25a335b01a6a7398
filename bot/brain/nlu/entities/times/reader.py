"""Finds expressions of time and joins their parts: 下周三 + 下午 + 三点半 + 以前, 周一 + 到 + 周五.

Value: {"from": ISO 8601, "to": ISO 8601 (exclusive), "grain"}, both in the customer's zone; grain is minute,
hour, part, day, week, month, quarter or year. 周五以前 and 周五以后 have an open end, which is null. 三点以前
and 三点以后 end with the day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.brain.nlu.entities.found import Found, JsonValue, Moment
from bot.brain.nlu.entities.times.clock import (
    CLOCK,
    PART,
    PART_AFTER_DAY,
    PART_BEFORE_CLOCK,
    clock,
    part_of_day,
)
from bot.brain.nlu.entities.times.days import PATTERNS, Days
from bot.brain.nlu.entities.times.relative import read_relative

_PART = re.compile(PART)
_PART_AFTER_DAY = re.compile(rf"\s?的?(?P<part>{PART_AFTER_DAY})")
_CLOCK = re.compile(rf"(?:(?P<part>{PART_BEFORE_CLOCK})的?\s?)?{CLOCK}")
_CLOCK_NEXT = re.compile(rf"\s?的?\s?[,，]?(?:(?P<part>{PART_AFTER_DAY})的?\s?)?{CLOCK}")
_LONGEST = 32
"""A time of day has fewer characters: no farther than this is looked past where a date begins."""
_EDGE = re.compile(
    r"(?P<about>左右|前后|上下)|(?P<before>之前|以前|前(?![面台后天几两]))|(?P<after>之后|以后|过后|后(?![面天来台续半]))|(?P<since>起|开始)"
)
_TO = re.compile(r"\s?(?:到|至|-|~|—)\s?")


@dataclass(frozen=True)
class Span:
    """An interval of time in the customer's zone; None is an open end."""

    since: datetime | None
    until: datetime | None
    grain: str

    def value(self) -> JsonValue:
        return {
            "from": self.since.isoformat() if self.since else None,
            "to": self.until.isoformat() if self.until else None,
            "grain": self.grain,
        }


Resolve = Callable[[Moment], "Span | None"]


@dataclass(frozen=True)
class Piece:
    """An expression of time in the text and how to work it out."""

    start: int
    end: int
    resolve: Resolve


def read_times(text: str) -> Iterator[Found]:
    """Every date and time in `text` (half width)."""
    pieces = list(_pieces(text))
    pieces.reverse()
    while pieces:
        piece = pieces.pop()
        joint = _TO.match(text, piece.end)
        if joint and pieces and pieces[-1].start == joint.end():
            piece = _between(piece, pieces.pop())
        piece = _with_edge(text, piece)
        yield Found("time", piece.start, piece.end, text[piece.start : piece.end], _value(piece.resolve), 5)


def _value(resolve: Resolve) -> Callable[[Moment], JsonValue]:
    def value(moment: Moment) -> JsonValue:
        span = resolve(moment)
        return span.value() if span else None

    return value


def _pieces(text: str) -> Iterator[Piece]:
    """Dates with what follows them, and times of day by themselves, left to right."""
    at = 0
    dates = _dates(text)
    dates.reverse()
    while at < len(text):
        while dates and dates[-1][0] < at:
            dates.pop()
        found = dates[-1] if dates else None
        clock_found = _first_clock(text, at, found[0] if found else len(text))
        if clock_found:
            yield clock_found
            at = clock_found.end
        elif found:
            piece = _date_piece(text, *found)
            yield piece
            at = piece.end
        else:
            return


def _dates(text: str) -> list[tuple[int, int, Callable[[Moment], Span | None]]]:
    """Non-overlapping days and relative times, longest first where they compete."""
    found = [
        (m.start(), m.end(), _days(m, read)) for pattern, read in PATTERNS for m in pattern.finditer(text)
    ]
    found += [(m.start(), m.end(), _relative(m, read)) for m, read in read_relative(text)]
    kept: list[tuple[int, int, Resolve]] = []
    taken = bytearray(len(text))
    for each in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
        if not any(taken[each[0] : each[1]]):
            kept.append(each)
            taken[each[0] : each[1]] = b"\x01" * (each[1] - each[0])
    return sorted(kept, key=lambda f: f[0])


def _days(m: re.Match[str], read: Callable[[re.Match[str], date], Days | None]) -> Resolve:
    def resolve(moment: Moment) -> Span | None:
        days = read(m, moment.now.date())
        return (
            Span(_midnight(moment, days.first), _midnight(moment, days.after), days.grain) if days else None
        )

    return resolve


def _relative(
    m: re.Match[str], read: Callable[[re.Match[str], datetime], tuple[datetime, datetime, str] | None]
) -> Resolve:
    def resolve(moment: Moment) -> Span | None:
        span = read(m, moment.now)
        return Span(*span) if span else None

    return resolve


def _midnight(moment: Moment, day: date) -> datetime:
    return datetime.combine(day, time(), moment.now.tzinfo)


def _date_piece(text: str, start: int, end: int, resolve: Resolve) -> Piece:
    m = _CLOCK_NEXT.match(text, end)
    if m and (said := clock(m, m.group("part"), after_day=True)):
        return Piece(start, m.end(), _at(resolve, said.since, said.until, said.grain))
    part = _PART_AFTER_DAY.match(text, end)
    if part:
        said = part_of_day(part.group("part"))
        return Piece(start, part.end(), _at(resolve, said.since, said.until, said.grain))
    return Piece(start, end, resolve)


def _first_clock(text: str, at: int, before: int) -> Piece | None:
    for pattern in (_CLOCK, _PART):
        for m in pattern.finditer(text, at, before if pattern is _PART else before + _LONGEST):
            if m.start() >= before:
                break
            said = clock(m, m.group("part")) if pattern is _CLOCK else part_of_day(m.group())
            if said:
                first = Piece(m.start(), m.end(), _at(_today, said.since, said.until, said.grain))
                other = _first_clock(text, at, m.start()) if pattern is _CLOCK and m.start() > at else None
                return other or first
    return None


def _today(moment: Moment) -> Span:
    day = moment.now.date()
    return Span(_midnight(moment, day), _midnight(moment, day + timedelta(days=1)), "day")


def _at(resolve: Resolve, since: int, until: int, grain: str) -> Resolve:
    def resolved(moment: Moment) -> Span | None:
        days = resolve(moment)
        if days is None or days.since is None or days.grain not in {"day", "week"}:
            return days
        midnight = datetime.combine(days.since.date(), time(), days.since.tzinfo)
        return Span(midnight + timedelta(minutes=since), midnight + timedelta(minutes=until), grain)

    return resolved


def _between(first: Piece, second: Piece) -> Piece:
    def resolve(moment: Moment) -> Span | None:
        one, two = first.resolve(moment), second.resolve(moment)
        if one is None or two is None or one.since is None or two.until is None:
            return one or two
        # The end is said in short: 后天3点到5点 ends the day after tomorrow, 周五到周一 in the week after.
        if one.grain in {"hour", "minute", "part"} and two.grain in {"hour", "minute", "part"}:
            day = datetime.combine(one.since.date(), time(), one.since.tzinfo)
            two = replace(
                two,
                until=day + (two.until - _day_of(two)),
                since=day + ((two.since or two.until) - _day_of(two)),
            )
            if two.until and two.until <= one.since:
                two = replace(two, until=two.until + timedelta(hours=12))
        until = two.since if two.grain in {"hour", "minute"} else two.until
        while until and until <= one.since and one.grain == "day":
            until += timedelta(days=7)
        return Span(one.since, until, one.grain)

    return Piece(first.start, second.end, resolve)


def _day_of(span: Span) -> datetime:
    start = span.since or span.until
    assert start is not None
    return datetime.combine(start.date(), time(), start.tzinfo)


def _with_edge(text: str, piece: Piece) -> Piece:
    m = _EDGE.match(text, piece.end)
    if not m:
        return piece

    def resolve(moment: Moment) -> Span | None:
        span = piece.resolve(moment)
        if span is None or m.group("about"):
            return span
        clocked = span.grain in {"hour", "minute", "part"}
        if m.group("before"):
            # 晚上十二点前: the day that ends then.
            begin = _day_of(span) if span.since != _day_of(span) else _day_of(span) - timedelta(days=1)
            return replace(span, since=begin if clocked else None, until=span.since)
        later = span.since if m.group("since") or clocked else span.until
        return replace(span, since=later, until=_day_of(span) + timedelta(days=1) if clocked else None)

    return Piece(piece.start, m.end(), resolve)
