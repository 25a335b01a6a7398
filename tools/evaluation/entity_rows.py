"""Reads tests/brain/nlu/entities.txt: texts and the entities, with values, that must be found in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.brain.nlu.entities import Moment
from bot.brain.nlu.entities.found import JsonValue

ROWS = Path(__file__).parents[2] / "tests" / "brain" / "nlu" / "entities.txt"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = Moment(datetime(2026, 11, 22, 10, tzinfo=ZONE))

Entity = tuple[str, str, JsonValue]
"""The kind, the surface and the value."""


@dataclass(frozen=True)
class Row:
    line: int
    text: str
    entities: list[Entity]


def read_rows(path: Path = ROWS) -> list[Row]:
    """Every row; a malformed one is an error that says which line."""
    rows: list[Row] = []
    for line, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not raw or raw.startswith("#"):
            continue
        text, bar, expected = raw.partition(" |")
        if not bar:
            raise ValueError(f"{path}:{line}: write `text | entity:surface=value`, or nothing after the bar")
        try:
            rows.append(Row(line, text, [_entity(part) for part in expected.split(" ; ") if part.strip()]))
        except ValueError as error:
            raise ValueError(f"{path}:{line}: {error}") from error
    return rows


def _entity(part: str) -> Entity:
    kind, _, rest = part.strip().partition(":")
    surface, equals, value = rest.rpartition("=")
    if not equals:
        raise ValueError(f"`{part.strip()}` is not entity:surface=value")
    return kind, surface, _value(kind, value)


def _value(kind: str, text: str) -> JsonValue:
    if kind == "amount":
        low, high = _ends(text)
        least, most = round(low * 100), None if high is None else round(high * 100)
        return {"fen": least if least == most else None, "min_fen": least, "max_fen": most}
    if kind == "points":
        low, high = _ends(text)
        most = None if high is None else int(high)
        return {"points": int(low) if low == high else None, "min": int(low), "max": most}
    if kind == "duration":
        count, unit = text.split()
        low, high = _ends(count)
        return {"min": _number(low), "max": None if high is None else _number(high), "unit": unit}
    if kind == "percent":
        return {"ratio": float(text)}
    if kind == "discount":
        return {"pay": float(text)}
    if kind in {"ordinal", "number"}:
        return _number(float(text))
    return _time(text) if kind == "time" else text


def _ends(text: str) -> tuple[float, float | None]:
    low, tilde, high = text.partition("~")
    return float(low), (float(high) if high else None) if tilde else float(low)


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _time(text: str) -> JsonValue:
    if ".." in text:
        interval, grain = text.rsplit(" ", 1)
        since, until = interval.split("..")
        return _span(_instant(since), _instant(until), grain)
    since = _instant(text.removesuffix("h"))
    assert since is not None
    if text.endswith("h"):
        return _span(since, since + timedelta(hours=1), "hour")
    if ":" in text:
        return _span(since, since + timedelta(minutes=1), "minute")
    return _span(since, since + timedelta(days=1), "day")


def _instant(text: str) -> datetime | None:
    if not text.strip():
        return None
    m = re.fullmatch(r"(?:(\d{4})-)?(\d\d)-(\d\d)(?: (\d\d)(?::(\d\d))?)?", text.strip())
    if not m:
        raise ValueError(f"`{text}` is not a time")
    year, month, day, hour, minute = (int(part) if part else 0 for part in m.groups())
    return datetime(year or 2026, month, day, hour, minute, tzinfo=ZONE)


def _span(since: datetime | None, until: datetime | None, grain: str) -> JsonValue:
    return {
        "from": since.isoformat() if since else None,
        "to": until.isoformat() if until else None,
        "grain": grain,
    }
