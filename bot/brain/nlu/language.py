"""The spaCy pipeline for Chinese: jieba words with our own dictionary, and entities that are words.

A phone number or an amount is found first and kept as one token; the text between is cut by jieba. So
entities always fall on token borders. Each entity span has `span._.found` (see `entities.Found`), each
word the class of jieba's dictionary as `token.tag_` (n, v, nr, …; `x` where it has none, `ent` an entity).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from sys import intern
from typing import NamedTuple

import jieba
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

import bot.brain.nlu.emotion  # noqa: F401  (registers its part of the pipeline)
from bot.brain.nlu.entities import Found, find

LEXICON = Path(__file__).parent / "lexicon"
# Rarer dictionary words cost memory and help nothing in customer service.
MIN_FREQUENCY = 20

if not Span.has_extension("found"):
    Span.set_extension("found", default=None)


class Entry(NamedTuple):
    """A word of the dictionary: how frequent, and its class."""

    frequency: int
    tag: str


class JiebaTokenizer:
    """Cuts text into words with a dictionary of its own."""

    def __init__(self, vocab: Vocab, words: dict[str, Entry] | None = None) -> None:
        self.vocab = vocab
        self._words: dict[str, Entry] = {}
        self._jieba = jieba.Tokenizer()
        self._use(words or {})

    def _use(self, words: dict[str, Entry]) -> None:
        """Fill jieba's prefix dictionary ourselves: its loader reads 350,000 words and a cache in /tmp."""
        freq: dict[str, int] = {}
        for word, entry in words.items():
            freq[word] = entry.frequency
            for end in range(1, len(word)):
                freq.setdefault(word[:end], 0)
        self._words = words
        self._jieba.FREQ, self._jieba.total = freq, sum(freq.values()) or 1
        self._jieba.initialized = True

    def __call__(self, text: str) -> Doc:
        found = find(text)
        words: list[str] = []
        tags: list[str] = []
        for word, tag in self._pieces(text, found):
            words.append(word)
            tags.append(tag)
        doc = Doc(self.vocab, words=words, spaces=[False] * len(words), tags=tags)
        doc.user_data["found"] = found
        return doc

    def _pieces(self, text: str, found: list[Found]) -> Iterator[tuple[str, str]]:
        at = 0
        for one in found:
            yield from self._cut(text[at : one.start])
            yield text[one.start : one.end], "ent"
            at = one.end
        yield from self._cut(text[at:])

    def _cut(self, text: str) -> Iterator[tuple[str, str]]:
        for word in self._jieba.cut(text, HMM=False):
            entry = self._words.get(word)
            yield word, entry.tag if entry else "x"

    def to_bytes(self, **_: object) -> bytes:
        return self._lines().encode()

    def from_bytes(self, data: bytes, **_: object) -> JiebaTokenizer:
        self._use(read_words(data.decode().splitlines(), 0))
        return self

    def to_disk(self, path: Path | str, **_: object) -> None:
        Path(path).write_text(self._lines(), "utf-8")

    def from_disk(self, path: Path | str, **_: object) -> JiebaTokenizer:
        self._use(read_words(Path(path).read_text("utf-8").splitlines(), 0))
        return self

    def _lines(self) -> str:
        return "".join(f"{word} {entry.frequency} {entry.tag}\n" for word, entry in self._words.items())


@spacy.registry.tokenizers("huitouke.jieba.v1")
def create_jieba_tokenizer() -> Callable[[Language], JiebaTokenizer]:
    return lambda nlp: JiebaTokenizer(nlp.vocab)


@Language.component("huitouke_entities")
def mark_entities(doc: Doc) -> Doc:
    """Turn what the tokenizer found into entity spans."""
    spans: list[Span] = []
    for found in doc.user_data.pop("found", ()):
        span = doc.char_span(found.start, found.end, label=found.entity)
        if span is not None:
            span._.found = found
            spans.append(span)
    doc.ents = tuple(spans)
    return doc


def read_words(lines: Iterable[str], least: int) -> dict[str, Entry]:
    """`word [count [class]]` a line, words rarer than `least` left out; a bare word counts 5,000, class n."""
    words: dict[str, Entry] = {}
    for line in lines:
        word, _, rest = line.partition(" ")
        count, _, tag = rest.partition(" ")
        if word and not word.startswith("#") and int(count or 5000) >= least:
            words[word] = Entry(int(count or 5000), intern(tag or "n"))
    return words


def create_language() -> Language:
    """A fresh pipeline from jieba's dictionary and the words under lexicon/."""
    general = (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines()
    ours = (LEXICON / "words.txt").read_text("utf-8").splitlines()
    nlp = spacy.blank("zh")
    nlp.tokenizer = JiebaTokenizer(nlp.vocab, read_words(general, MIN_FREQUENCY) | read_words(ours, 0))
    nlp.config["nlp"]["tokenizer"] = {"@tokenizers": "huitouke.jieba.v1"}
    nlp.add_pipe("huitouke_entities")
    nlp.add_pipe("huitouke_emotion")
    nlp.meta.update(name="huitouke", version="1.0.0", spacy_version=">=3.4,<3.5")
    return nlp
