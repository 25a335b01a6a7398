"""The figures of build/bench/brain.json as a picture. Runs in the brain's environment, for matplotlib."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib  # pyright: ignore[reportMissingImports]

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # pyright: ignore[reportMissingImports]

OUT = Path("build/bench")
SHOWN = (
    "turns/s per core at 8",
    "turns/s at 32",
    "CPU ms per turn at 1",
    "p95 ms at 1",
    "ready, s",
    "training, s",
)


def main() -> None:
    written = json.loads((OUT / "brain.json").read_text())
    rows = {row["figure"]: row for row in written["rows"]}
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.5))

    names = [name for name in (*SHOWN, "memory of the brain, RSS MB") if rows[name]["ratio"]]
    left.barh(names[::-1], [rows[name]["ratio"] for name in names[::-1]], color="#2a6f97")
    left.axvline(1, color="#999", linewidth=1)
    left.set_xlabel("times better than Rasa as it comes")

    for system, color in (("vanilla", "#c1666b"), ("ours", "#2a6f97")):
        marks = written["found"][system]["curve_ms"]
        reached = [(int(mark), cost) for mark, cost in marks.items() if cost]
        turns, costs = [mark for mark, _ in reached], [cost for _, cost in reached]
        right.plot(turns, costs, "o-", color=color, label=system)
    right.set_yscale("log")
    right.set_xlabel("turn of one conversation")
    right.set_ylabel("ms per turn")
    right.legend()
    figure.tight_layout()
    figure.savefig(OUT / "brain.png", dpi=120)


if __name__ == "__main__":
    main()
