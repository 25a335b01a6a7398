"""How long somebody still waits: a range from measured handling times, or an honest "not known".

With b talks under way of mean length m, one ends every m/b on average. The p-th end from now is Erlang
distributed; its 10th and 90th percentile are the range (Wilson and Hilferty's approximation of 1931).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

FEWEST: Final = 5
"""With fewer measured talks than this nothing is said."""
_Z90: Final = 1.2816
SOON: Final = 30
"""Seconds until somebody who is free is there."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds, from the 10th to the 90th percentile."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Service:
    """Who serves: slots that are free now, talks under way, and how long talks took lately (seconds)."""

    free: int
    busy: int
    handling: Sequence[float]


def estimate(position: int, service: Service) -> Wait | None:
    """The wait at `position` (1 is next); None when it is not known."""
    if position <= service.free:
        return Wait(0, SOON)
    if service.busy == 0 or len(service.handling) < FEWEST:
        return None
    between = fmean(service.handling) / service.busy
    ends = position - service.free
    return Wait(round(_erlang(ends, -_Z90) * between), max(SOON, round(_erlang(ends, _Z90) * between)))


def _erlang(k: int, z: float) -> float:
    """The quantile at normal deviate `z` of the sum of k exponential times of mean 1."""
    return k * max(0.0, 1 - 1 / (9 * k) + z * math.sqrt(1 / (9 * k))) ** 3


def wait_text(wait: Wait | None) -> str:
    """A wait as people say it: 马上就到, 大约 1 分钟内, 大约 3-8 分钟; empty when it is not known."""
    if wait is None:
        return ""
    if wait.high <= SOON:
        return "马上就到"
    low, high = max(1, math.floor(wait.low / 60)), max(1, math.ceil(wait.high / 60))
    return f"大约 {high} 分钟内" if low >= high or wait.low < 60 else f"大约 {low}-{high} 分钟"
