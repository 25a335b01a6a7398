"""How each report is measured. Pure: rows in, numbers out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

TICKETS: Final = (
    "opened",
    "closed",
    "abandoned",
    "abandonment",
    "wait_p50",
    "wait_p90",
    "first_reply_p50",
    "first_reply_p90",
    "handling_p50",
    "handling_p90",
    "within_first_reply",
)
SATISFACTION: Final = ("asked", "answered", "mean", "csat", "method")
CONTAINMENT: Final = ("conversations", "handed_over", "contained")
PROMISES: Final = ("due", "kept", "broken")
TAGS: Final = ("count", "share", "mean")

NOTES: Final = {
    "tickets": "按工单打开的时间统计；等待＝打开到接手，首次回复＝接手到客服第一句话，处理＝接手到关闭，"
    "单位秒；"
    "放弃＝客户在接手前离开队列。",
    "satisfaction": "CSAT＝4 分和 5 分占已评价的比例；只在事情办完后问一次。",
    "containment": "一天内客户说过话的会话中，当天没有转人工的比例。",
    "promises": "到期的首次答复（24 小时）和回电中，按时完成的算守约；算在完成的人或负责人名下。",
    "tags": "客户评分时选的标签；share＝每条已评价里平均几次，mean＝选了它的评分平均。",
}


@dataclass(slots=True)
class TicketFacts:
    """A ticket as reports count it."""

    key: str
    opened: datetime
    assigned: datetime | None
    replied: datetime | None
    closed: datetime | None
    reason: str | None


def grouped(rows: Iterable[Any], key: Callable[[Any], str]) -> dict[str, list[Any]]:
    """Rows by key, keys in order."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(sorted(groups.items()))


def ticket_numbers(rows: Sequence[TicketFacts], first_reply_seconds: int) -> list[Any]:
    """The columns of `TICKETS`."""
    waits = [_seconds(row.opened, row.assigned) for row in rows if row.assigned]
    replies = [_seconds(row.assigned, row.replied) for row in rows if row.assigned and row.replied]
    handling = [_seconds(row.assigned, row.closed) for row in rows if row.assigned and row.closed]
    abandoned = sum(1 for row in rows if row.reason == "left")
    return [
        len(rows),
        sum(1 for row in rows if row.closed),
        abandoned,
        share(abandoned, len(rows)),
        quantile(waits, 0.5),
        quantile(waits, 0.9),
        quantile(replies, 0.5),
        quantile(replies, 0.9),
        quantile(handling, 0.5),
        quantile(handling, 0.9),
        share(sum(1 for each in replies if each <= first_reply_seconds), len(replies)),
    ]


def rating_numbers(scores: Sequence[int | None], method: str) -> list[Any]:
    """The columns of `SATISFACTION`."""
    given = [score for score in scores if score is not None]
    mean = round(sum(given) / len(given), 2) if given else None
    return [len(scores), len(given), mean, share(sum(1 for each in given if each >= 4), len(given)), method]


def share(part: int, whole: int) -> float | None:
    """A share from 0 to 1; None of nothing."""
    return round(part / whole, 4) if whole else None


def quantile(values: Sequence[float], q: float) -> float | None:
    """The nearest-rank quantile; None of nothing."""
    if not values:
        return None
    return round(sorted(values)[max(0, math.ceil(q * len(values)) - 1)], 1)


def _seconds(start: datetime | None, end: datetime | None) -> float:
    assert start is not None
    assert end is not None
    return max(0.0, (end - start).total_seconds())
