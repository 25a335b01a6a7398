"""The rules themselves, checked: what an admin sets in the desk, with defaults that work."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated, Final, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.desk.topics import Topic

Strategy = Literal["least_busy", "longest_idle", "manual"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Span = tuple[Clock, Clock]
"""Opening hours of one day, from and to; "24:00" is the end of the day."""
Minutes = Annotated[int, Field(ge=0, le=240)]


class HeadStart(BaseModel):
    """How many minutes earlier somebody counts as having come; bounded, so that nobody waits for ever."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key_account: Minutes = 15
    anger: Minutes = 3
    complaints: Minutes = 3
    tiers: dict[str, Minutes] = {"金卡": 5, "钻石卡": 8}


class Rules(BaseModel):
    """How the desk works. Seconds and minutes as named; hours are those of `time_zone`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = 0
    hours: dict[Weekday, list[Span]] = {day: [("09:00", "21:00")] for day in WEEKDAYS}
    holidays: dict[date, list[Span]] = {}
    time_zone: str = "Asia/Shanghai"

    strategy: Strategy = "least_busy"
    prefer_last_agent: bool = True
    any_skill_after_minutes: Minutes = 5
    queue_limit: Annotated[int, Field(ge=1, le=100_000)] = 500
    head_start_minutes: HeadStart = HeadStart()

    first_reply_seconds: Annotated[int, Field(ge=10, le=3600)] = 60
    vanish_seconds: Annotated[int, Field(ge=20, le=600)] = 45
    reopen_minutes: Annotated[int, Field(ge=0, le=10_080)] = 60

    anger_handoff: bool = True
    anger_score: Annotated[float, Field(ge=0.3, le=1)] = 0.8
    misses: Annotated[int, Field(ge=1, le=10)] = 2
    person_only: list[Topic] = []

    ask_rating: bool = True
    rating_tags: list[Annotated[str, Field(min_length=1, max_length=12)]] = [
        "解决了问题",
        "态度好",
        "回复快",
        "没解决",
        "等太久",
        "说不清楚",
    ]

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"There is no time zone {name}.")
        return name

    @field_validator("hours", "holidays")
    @classmethod
    def _spans_in_order(cls, days: dict[object, list[Span]]) -> dict[object, list[Span]]:
        for day, spans in days.items():
            ends = [moment for span in spans for moment in span]
            if ends != sorted(ends) or len(set(ends)) != len(ends):
                raise ValueError(f"The hours of {day} must follow each other without overlapping.")
        return days


_EVERY_DAY = re.compile(r"每天\s*(\d{1,2}):(\d{2})\s*[-–—~至到]\s*(\d{1,2}):(\d{2})")


def first_rules(service_hours: str) -> Rules:
    """The rules before anybody changed them. `service_hours` as in 每天 9:00-21:00 sets the hours."""
    found = _EVERY_DAY.search(service_hours)
    if found is None:
        return Rules()
    start, end = f"{int(found[1]):02d}:{found[2]}", f"{int(found[3]):02d}:{found[4]}"
    return Rules.model_validate({"hours": {day: [(start, end)] for day in WEEKDAYS}})


def as_time(clock: str) -> time | None:
    """The time of day; None for 24:00, the end of the day."""
    return None if clock == "24:00" else time.fromisoformat(clock)
