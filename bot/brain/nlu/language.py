"""The spaCy pipeline for Chinese: jieba words with our own dictionary, and entities that are words.

A phone number or an amount is found first and kept as one token; the text between is cut by jieba. So
entities always fall on token borders. Each entity span has `span._.found` (see `entities.Found`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import jieba
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from bot.brain.nlu.entities import Found, find

LEXICON = Path(__file__).parent / "lexicon"
# Rarer dictionary words cost memory and help nothing in customer service.
MIN_FREQUENCY = 20

if not Span.has_extension("found"):
    Span.set_extension("found", default=None)


class JiebaTokenizer:
    """Cuts text into words; `words` maps each known word to its frequency."""

    def __init__(self, vocab: Vocab, words: dict[str, int] | None = None) -> None:
        self.vocab = vocab
        self._words: dict[str, int] = {}
        self._jieba = jieba.Tokenizer()
        self._use(words or {})

    def _use(self, words: dict[str, int]) -> None:
        """Fill jieba's prefix dictionary ourselves: its own loader reads 350,000 words and a cache in /tmp."""
        freq: dict[str, int] = {}
        for word, count in words.items():
            freq[word] = count
            for end in range(1, len(word)):
                freq.setdefault(word[:end], 0)
        self._words = words
        self._jieba.FREQ, self._jieba.total = freq, sum(words.values()) or 1
        self._jieba.initialized = True

    def __call__(self, text: str) -> Doc:
        found = find(text)
        pieces = list(self._pieces(text, found))
        words: list[str] = []
        spaces: list[bool] = []
        for piece in pieces:
            if piece == " " and words and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(piece)
                spaces.append(False)
        doc = Doc(self.vocab, words=words, spaces=spaces)
        doc.user_data["found"] = found
        return doc

    def _pieces(self, text: str, found: list[Found]) -> Iterator[str]:
        at = 0
        for one in found:
            yield from self._jieba.cut(text[at : one.start], HMM=False)
            yield text[one.start : one.end]
            at = one.end
        yield from self._jieba.cut(text[at:], HMM=False)

    def to_bytes(self, **_: object) -> bytes:
        return json.dumps(self._words, ensure_ascii=False).encode()

    def from_bytes(self, data: bytes, **_: object) -> JiebaTokenizer:
        self._use(json.loads(data))
        return self

    def to_disk(self, path: Path | str, **_: object) -> None:
        lines = (f"{word} {count}\n" for word, count in self._words.items())
        Path(path).write_text("".join(lines), "utf-8")

    def from_disk(self, path: Path | str, **_: object) -> JiebaTokenizer:
        self._use(read_words(Path(path), 0))
        return self


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


def read_words(path: Path, least: int) -> dict[str, int]:
    """`word frequency [tag]` lines, words under `least` left out; a line without a number counts 5,000."""
    words: dict[str, int] = {}
    for line in path.read_text("utf-8").splitlines():
        parts = line.split()
        if parts and not line.startswith("#"):
            count = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 5000
            if count >= least:
                words[parts[0]] = count
    return words


def create_language() -> Language:
    """A fresh pipeline from jieba's dictionary and the words under lexicon/."""
    words = read_words(Path(jieba.__file__).parent / "dict.txt", MIN_FREQUENCY)
    words |= read_words(LEXICON / "words.txt", 0)
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "huitouke.jieba.v1"}}})
    nlp.tokenizer = JiebaTokenizer(nlp.vocab, words)
    nlp.add_pipe("huitouke_entities")
    nlp.meta.update(name="huitouke", version="1.0.0", spacy_version=">=3.4,<3.5")
    return nlp
