"""`make eval-smp [TRAIN=… TEST=…]`: our intent component on SMP2017-ECDT task 1, a public benchmark.

Trained on one file and scored on the other, then cross-validated on both together.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold

from tools.evaluation.readers import Read, character_svm, ours
from tools.evaluation.report import table, write_json
from tools.evaluation.utterances import DEV, missing, rows

TRAIN = DEV.parent / "smp2017" / "train.jsonl"
TEST = DEV.parent / "smp2017" / "dev.jsonl"
FOLDS = 5
AIM = 0.94


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, default=TRAIN)
    parser.add_argument("--test", type=Path, default=TEST)
    arguments = parser.parse_args()
    for path, usual in ((arguments.train, TRAIN), (arguments.test, TEST)):
        if not path.is_file():
            return missing(path, usual, "TRAIN=… and TEST=…")
    train = [(row.text, row.label) for row in rows(arguments.train)]
    test = [(row.text, row.label) for row in rows(arguments.test)]
    lines: list[list[object]] = []
    result: dict[str, object] = {"train": len(train), "test": len(test), "aim": AIM}
    for name, reader in (("ours", ours), ("character SVM", character_svm)):
        read = reader(train, [text for text, _ in test])
        truth = [label for _, label in test]
        accuracy = float(accuracy_score(truth, read.intents))
        macro = float(f1_score(truth, read.intents, average="macro"))
        crossed = _crossed(reader, [*train, *test])
        lines.append([name, accuracy, macro, crossed, read.train_seconds, f"{read.text_ms:.2f}"])
        result[name] = {
            "accuracy": accuracy,
            "macro_f1": macro,
            "cross_validated": crossed,
            "ms": read.text_ms,
        }
        if name == "ours":
            errors = [(a, b, text) for (text, a), b in zip(test, read.intents, strict=True) if a != b]
            result["confused"] = Counter(f"{a} as {b}" for a, b, _ in errors).most_common(15)
            result["errors"] = errors
    print(table(("", "accuracy", "macro-F1", f"{FOLDS}-fold accuracy", "train s", "ms a text"), lines))
    write_json("smp", result)
    return 0


def _crossed(reader: Callable[..., Read], examples: list[tuple[str, str]]) -> float:
    labels = [label for _, label in examples]
    right: list[bool] = []
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=3).split(examples, labels):
        read = reader([examples[i] for i in train], [examples[i][0] for i in test])
        right += [labels[i] == intent for i, intent in zip(test, read.intents, strict=True)]
    return float(np.mean(right))


if __name__ == "__main__":
    sys.exit(main())
