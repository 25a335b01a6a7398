"""Figures: percentiles of durations, memory of processes, and what the machine is."""

from __future__ import annotations

import os
import platform
import statistics
from pathlib import Path
from typing import Any

Figures = dict[str, float]
TICKS = os.sysconf("SC_CLK_TCK")


def percentile(ordered: list[float], share: float) -> float:
    """The smallest value that at least `share` of the sorted values do not exceed."""
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def summary(durations: list[float], seconds: float) -> Figures:
    """Figures of turns that took `durations` (seconds each) within `seconds`."""
    ordered = sorted(durations)
    return {
        "turns": len(ordered),
        "turns_per_second": len(ordered) / seconds,
        "p50_ms": percentile(ordered, 0.50) * 1000,
        "p95_ms": percentile(ordered, 0.95) * 1000,
        "p99_ms": percentile(ordered, 0.99) * 1000,
    }


def median(rounds: list[Figures]) -> Figures:
    """Figure by figure, the median of several rounds."""
    return {name: round(statistics.median(one[name] for one in rounds), 2) for name in rounds[0]}


def memory_mb(pid: int) -> Figures:
    """Megabytes of a process and of all it started: PSS (shared pages counted once) and RSS."""
    total = {"pss": 0, "rss": 0}
    for one in [pid, *_descendants(pid)]:
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name.lower() in total:
                total[name.lower()] += int(rest.split()[0])
    return {name: round(kilobytes / 1024, 1) for name, kilobytes in total.items()}


def cpu_seconds(pid: int) -> float:
    """Seconds of processors that a process and all it started have used so far; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return 0.0
    own = sum(int(fields[place]) for place in (11, 12, 13, 14)) / TICKS
    return own + sum(cpu_seconds(int(child)) for child in children)


def _descendants(pid: int) -> list[int]:
    children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [below for child in children for below in _descendants(child)]


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "cpu": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "system": platform.platform(),
    }
