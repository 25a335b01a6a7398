"""`make eval-nlu [FILE=rows.jsonl]`: how well intents are read on real utterances, beside four peers.

Fails when a row of the file stands in the training data, exactly or nearly.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tools.evaluation.copies import copies
from tools.evaluation.picture import draw_confusion
from tools.evaluation.readers import FAST, SLOW, PeerFailedError, Read, diet_epochs
from tools.evaluation.report import BUILD, table, write_json
from tools.evaluation.scores import HEAD, f1_of_each, score
from tools.evaluation.utterances import DEV, Row, label_map, missing, rows, training

WORST = 30


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=DEV, help="rows of text, label and alt")
    parser.add_argument("--fast", action="store_true", help="leave out the peers that take minutes")
    arguments = parser.parse_args()
    if not arguments.file.is_file():
        return missing(arguments.file, DEV, "FILE=…")
    measured, train, labels = rows(arguments.file), training(), label_map()
    found = copies([row.text for row in measured], [text for text, _ in train])
    result: dict[str, object] = {"file": arguments.file.name, "rows": len(measured), "training": len(train)}
    result["copies"] = found
    result["diet_epochs"] = diet_epochs()
    readers: list[dict[str, object]] = []
    lines: list[list[object]] = []
    for name, reader in (FAST if arguments.fast else {**FAST, **SLOW}).items():
        try:
            read = reader(train, [row.text for row in measured])
        except PeerFailedError as error:
            lines.append([name, *"–" * (len(HEAD) + 2)])
            print(f"· {name}: not measured: {error}", file=sys.stderr, flush=True)
            readers.append({"name": name, "failed": str(error)})
            continue
        told = [labels.get(intent, intent) for intent in read.intents]
        scores = score(measured, told)
        lines.append([name, *scores.cells(), round(read.train_seconds, 1), f"{read.text_ms:.2f}"])
        readers.append(
            {"name": name, **asdict(scores), "train_seconds": read.train_seconds, "ms": read.text_ms}
        )
        if name == "ours":
            result["f1"] = f1_of_each(measured, told)
            result["errors"] = _errors(measured, told, read)
            draw_confusion([row.label for row in measured], told, BUILD / "nlu-confusion.png")
        print(f"· {name}: lenient {scores.lenient:.3f}", file=sys.stderr, flush=True)
    result["readers"] = readers
    print(table(("", *HEAD, "train s", "ms a text"), lines))
    if not arguments.fast:
        print(
            f"DIET was trained for {diet_epochs()} epochs (EPOCHS=… for another number; Rasa proposes 100)."
        )
    _print_ours(measured, result)
    write_json("nlu", result)
    for row, trained in found:
        print(f"COPY: {row}  =  {trained}")
    if found:
        print(f"{len(found)} rows of {arguments.file.name} stand in data/nlu: take them out first.")
    return 1 if found else 0


def _errors(measured: Sequence[Row], told: Sequence[str], read: Read) -> list[dict[str, object]]:
    """What was read wrong, the surest mistakes first."""
    wrong: list[dict[str, object]] = [
        {
            "text": row.text,
            "label": row.label,
            "read": label,
            "intent": ranking[0][0],
            "confidence": ranking[0][1],
        }
        for row, label, ranking in zip(measured, told, read.rankings, strict=True)
        if not row.accepts(label)
    ]
    return sorted(wrong, key=lambda each: -float(str(each["confidence"])))


def _print_ours(measured: Sequence[Row], result: dict[str, object]) -> None:
    f1, errors = result["f1"], result["errors"]
    assert isinstance(f1, dict)
    assert isinstance(errors, list)
    counts = Counter(row.label for row in measured)
    print(
        "\n" + table(("label", "rows", "F1"), [(label, counts[label], value) for label, value in f1.items()])
    )
    shown = [(e["label"], e["intent"], e["confidence"], e["text"]) for e in errors[:WORST]]
    print(f"\nthe surest of {len(errors)} mistakes\n" + table(("label", "read", "sure", "text"), shown))


if __name__ == "__main__":
    sys.exit(main())
