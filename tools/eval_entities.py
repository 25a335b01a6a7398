"""`make eval-entities`: how many of the expressions in tests/brain/nlu/entities.txt are read right.

A row is right when exactly the expected entities are found, each with its surface and its value.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from bot.brain.nlu.entities import find
from tools.evaluation.entity_rows import NOW, Entity, read_rows
from tools.evaluation.report import table, write_json

AIM = 0.97


def main() -> int:
    rows = read_rows()
    started = time.perf_counter()
    read = [[(found.entity, found.text, found.value(NOW)) for found in find(row.text)] for row in rows]
    each = (time.perf_counter() - started) / len(rows) * 1000
    wrong = [(row, got) for row, got in zip(rows, read, strict=False) if row.entities != got]
    expected: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for row, got in zip(rows, read, strict=False):
        expected.update(entity[0] for entity in row.entities)
        found.update(entity[0] for entity in got)
        right.update(entity[0] for entity in got if entity in row.entities)
    kinds = sorted(expected | found)
    per_kind = [
        (kind, expected[kind], right[kind] / max(found[kind], 1), right[kind] / max(expected[kind], 1))
        for kind in kinds
    ]
    print(table(("entity", "expected", "precision", "recall"), per_kind))
    for row, got in wrong:
        print(f"\nline {row.line}: {row.text}\n  expected {_told(row.entities)}\n  read     {_told(got)}")
    accuracy = 1 - len(wrong) / len(rows)
    right_rows = len(rows) - len(wrong)
    print(f"\n{right_rows} of {len(rows)} rows right: {accuracy:.3f} (aim {AIM}); {each:.3f} ms a text")
    write_json(
        "entities",
        {
            "rows": len(rows),
            "accuracy": accuracy,
            "ms": each,
            "entities": [
                dict(zip(("entity", "expected", "precision", "recall"), row, strict=False))
                for row in per_kind
            ],
            "wrong": [
                {"line": row.line, "text": row.text, "expected": row.entities, "read": got}
                for row, got in wrong
            ],
        },
    )
    return 0 if accuracy >= AIM else 1


def _told(entities: list[Entity]) -> str:
    return "; ".join(f"{kind}:{surface}={value}" for kind, surface, value in entities) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
