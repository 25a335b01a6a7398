"""The figures of both, row by row, and how many times better ours is."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from bench.brain.measuring import MARKS

AT_ONCE = (1, 8, 32)
MORE = {"turns_per_second", "turns_per_core_second", "strict", "macro_f1", "share"}
"""Figures of which more is better; of the others less is."""

Found = dict[str, dict[str, Any]]


def ratios(found: Found) -> list[dict[str, Any]]:
    """For each figure: its name, vanilla's, ours, and the ratio; None where one is missing."""
    return [_row(found, name, path) for name, path in _figures()]


def _figures() -> list[tuple[str, tuple[str, ...]]]:
    rows: list[tuple[str, tuple[str, ...]]] = []
    for at_once in AT_ONCE:
        at = f"at_{at_once}"
        rows += [
            (f"turns/s at {at_once}", (at, "turns_per_second")),
            (f"turns/s per core at {at_once}", (at, "turns_per_core_second")),
            (f"CPU ms per turn at {at_once}", (at, "cpu_ms_per_turn")),
        ]
        rows += [(f"{share} ms at {at_once}", (at, f"{share}_ms")) for share in ("p50", "p95", "p99")]
    rows += [(f"memory of the {name}, RSS MB", ("memory_mb", name, "rss")) for name in ("brain", "actions")]
    rows += [
        ("ready, s", ("ready_s",)),
        ("training, s", ("training", "seconds")),
        ("training, CPU s", ("training", "cpu_seconds")),
        ("the spaCy pipeline before it, s", ("training", "pipeline_seconds")),
        ("model, MB", ("model_mb",)),
    ]
    rows += [(f"ms at turn {mark} of one conversation", ("curve_ms", str(mark))) for mark in MARKS]
    rows += [
        ("accuracy on real utterances", ("quality", "reading", "strict")),
        ("macro-F1 on real utterances", ("quality", "reading", "macro_f1")),
        ("conversations as written", ("quality", "conversations", "share")),
    ]
    return rows


def _row(found: Found, name: str, path: tuple[str, ...]) -> dict[str, Any]:
    one, other = (_at(found[system], path) for system in ("vanilla", "ours"))
    ratio = None
    if one and other:
        ratio = other / one if path[-1] in MORE else one / other
    return {"figure": name, "vanilla": one, "ours": other, "ratio": ratio}


def _at(figures: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        figures = figures.get(key) if isinstance(figures, dict) else None
    return figures


def show(console: Console, rows: list[dict[str, Any]], found: Found, epochs: int) -> None:
    table = Table("figure", "vanilla", "ours", "ratio")
    for each in rows:
        shown = ["-" if each[key] is None else f"{each[key]:.2f}" for key in ("vanilla", "ours")]
        table.add_row(each["figure"], *shown, "-" if each["ratio"] is None else f"{each['ratio']:.1f}×")
    console.print(table)
    console.print(f"vanilla's intent model was trained for {epochs} epochs (as it comes: 100)")
    for name, figures in (found["ours"].get("brains_at_32") or {}).items():
        console.print(f"{name} of our brains, 32 customers: {figures['turns_per_second']:.0f} turns/s")
