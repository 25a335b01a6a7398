"""Where results go: tables on the terminal, JSON in build/eval."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

BUILD = Path(__file__).parents[2] / "build" / "eval"


def write_json(name: str, result: object) -> Path:
    """Write build/eval/<name>.json and say so."""
    BUILD.mkdir(parents=True, exist_ok=True)
    path = BUILD / f"{name}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"\nwritten: {path.relative_to(BUILD.parents[1])}")
    return path


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns aligned, Chinese characters counted as two wide."""
    cells = [list(head), *([_cell(value) for value in row] for row in rows)]
    widths = [max(_width(row[at]) for row in cells) for at in range(len(head))]
    lines = [
        "  ".join(text + " " * (widths[at] - _width(text)) for at, text in enumerate(row)) for row in cells
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
