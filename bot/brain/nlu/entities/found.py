"""What a reader returns: a piece of the customer's text and how to work out its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

JsonValue = str | int | float | None | dict[str, "JsonValue"] | list["JsonValue"]


@dataclass(frozen=True)
class Moment:
    """When and where the customer speaks: `now` is aware and in the customer's zone."""

    now: datetime

    @classmethod
    def of(cls, now: str | None, zone: str | None) -> Moment:
        """Read `now` (ISO 8601, with offset) and an IANA zone; missing ones mean the clock and Shanghai."""
        instant = datetime.fromisoformat(now.replace("Z", "+00:00")) if now else datetime.now(timezone.utc)
        if instant.tzinfo is None:
            raise ValueError(f"now needs an offset, for example 2026-11-22T08:00:00Z, not {now!r}")
        return cls(instant.astimezone(ZoneInfo(zone or "Asia/Shanghai")))


Value = Callable[[Moment], JsonValue]


def fixed(value: JsonValue) -> Value:
    """A value that does not depend on when it was said."""
    return lambda _: value


@dataclass(frozen=True)
class Found:
    """`text` is `source[start:end]`; where two overlap, the higher `rank`, then the longer one stays."""

    entity: str
    start: int
    end: int
    text: str
    value: Value
    rank: int = 0

    def overlaps(self, other: Found) -> bool:
        return self.start < other.end and other.start < self.end
