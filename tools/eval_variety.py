"""`make eval-variety`: how varied the training utterances of each intent are.

The share of distinct character bigrams among all its bigrams: near 0 for one sentence repeated with other
names, higher the more differently things are said. It falls as an intent grows, so the share within the
first 500 characters is shown as well.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict

from tools.evaluation.copies import plain
from tools.evaluation.report import table, write_json
from tools.evaluation.utterances import training

SAMPLE = 500


def main() -> int:
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    for text, intent in training():
        by_intent[intent].append(text)
    lines: list[tuple[str, int, int, float, float | str]] = []
    for intent, texts in sorted(by_intent.items()):
        shuffled = random.Random(1).sample(texts, len(texts))
        distinct = len({plain(text) or text for text in texts})
        lines.append((intent, len(texts), distinct, _share(texts, None), _share(shuffled, SAMPLE)))
    every = [text for texts in by_intent.values() for text in texts]
    lines.append(("all", len(every), len({plain(t) or t for t in every}), _share(every, None), "–"))
    head = ("intent", "utterances", "distinct", "distinct bigrams", f"in {SAMPLE} characters")
    print(table(head, lines))
    write_json("variety", [dict(zip(head, line, strict=True)) for line in lines[:-1]])
    return 0


def _share(texts: list[str], limit: int | None) -> float:
    bigrams: list[str] = []
    for text in map(plain, texts):
        bigrams += [text[at : at + 2] for at in range(len(text) - 1)]
        if limit and len(bigrams) >= limit:
            break
    return len(set(bigrams)) / max(len(bigrams), 1)


if __name__ == "__main__":
    sys.exit(main())
