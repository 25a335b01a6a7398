"""`make eval-emotion [FILE=rows.jsonl]`: how well feelings are read.

Without a file: five-fold cross-validation on data/emotion, each example read by a model that did not see it.
With a file of rows {"text", "label": "positive" or "negative"}: the five feelings are mapped onto the two by
their confidences, pleased against worried, annoyed and angry; calm takes no part.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from bot.brain.nlu.emotion import LABELS, read_examples, train_emotion
from bot.brain.nlu.language import create_language
from bot.brain.nlu.linear.features import Words
from bot.brain.nlu.linear.model import LinearModel
from bot.brain.nlu.words import words_of
from tools.evaluation.report import table, write_json
from tools.evaluation.utterances import rows

NEGATIVE = ("worried", "annoyed", "angry")
FOLDS = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, help="rows of text and label (positive or negative)")
    arguments = parser.parse_args()
    if arguments.file and not arguments.file.is_file():
        print(f"There is no file {arguments.file}.", file=sys.stderr)
        return 1
    measured = rows(arguments.file) if arguments.file else []
    if unknown := sorted({row.label for row in measured} - {"positive", "negative"}):
        print(f"Labels must be positive or negative, not {', '.join(unknown)}.", file=sys.stderr)
        return 1
    nlp = create_language()
    examples = read_examples()
    texts = [(text, words_of(nlp(text))) for text, _ in examples]
    truth = [label for _, label in examples]
    result: dict[str, object] = {"examples": len(texts), "held_back": _held_back(texts, truth)}
    if measured:
        model = train_emotion(texts, truth)
        result["file"] = _on_file(
            model,
            [(row.text, words_of(nlp(row.text))) for row in measured],
            [row.label for row in measured],
        )
    write_json("emotion", result)
    return 0


def _held_back(texts: Sequence[tuple[str, Words]], truth: Sequence[str]) -> dict[str, object]:
    read = [""] * len(texts)
    seconds = 0.0
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=5).split(texts, truth):
        model = train_emotion([texts[i] for i in train], [truth[i] for i in train])
        started = time.process_time()
        for i in test:
            read[i] = model.predict(*texts[i])[0][0]
        seconds += time.process_time() - started
    pairs = Counter(zip(truth, read, strict=False))
    print(table(("said \\ read", *LABELS), [(a, *(pairs[a, b] for b in LABELS)) for a in LABELS]))
    accuracy = float(np.mean(np.array(truth) == np.array(read)))
    macro = float(f1_score(truth, read, average="macro"))
    sided = [(_side(a), _side(b)) for a, b in zip(truth, read, strict=False) if a != "calm" and b != "calm"]
    sides = sum(a == b for a, b in sided) / len(sided)
    each = seconds / len(texts) * 1000
    print(f"\n{FOLDS}-fold on {len(texts)} utterances: accuracy {accuracy:.3f}, macro-F1 {macro:.3f}; "
          f"positive or negative right {sides:.3f}; {each:.2f} ms a text")  # fmt: skip
    return {"accuracy": accuracy, "macro_f1": macro, "sides": sides, "ms": each}


def _on_file(
    model: LinearModel, texts: Sequence[tuple[str, Words]], truth: Sequence[str]
) -> dict[str, object]:
    read: list[str] = []
    for text in texts:
        confidence = dict(model.predict(*text))
        positive = confidence["pleased"] >= sum(confidence[label] for label in NEGATIVE)
        read.append("positive" if positive else "negative")
    accuracy = float(np.mean(np.array(truth) == np.array(read)))
    macro = float(f1_score(truth, read, average="macro"))
    print(f"\nfile of {len(truth)} rows: accuracy {accuracy:.3f}, macro-F1 {macro:.3f}")
    return {"rows": len(truth), "accuracy": accuracy, "macro_f1": macro}


def _side(label: str) -> str:
    return "negative" if label in NEGATIVE else "positive"


if __name__ == "__main__":
    sys.exit(main())
