"""The spaCy pipeline: words, entities that are words, feelings."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy

from bot.brain.nlu.emotion import LABELS, EmotionReader, read_examples, train_emotion
from bot.brain.nlu.language import create_language
from bot.brain.nlu.words import words_of


@pytest.fixture(scope="module")
def nlp():
    return create_language()


@pytest.mark.parametrize("text", ["我有多少积分", " 两端 空格 ", "转二十块到尾号6612", "a\nb", "😀好的", ""])
def test_no_character_is_lost(nlp, text: str) -> None:
    """The words put together are the text, spaces and all."""
    assert nlp(text).text == text


def test_an_entity_is_one_word(nlp) -> None:
    """So its borders are those of a token."""
    doc = nlp("转二十块到尾号6612")
    assert [(span.text, span.label_) for span in doc.ents] == [
        ("二十块", "amount"),
        ("尾号6612", "card_number"),
    ]
    assert ("<amount>", "ent") in words_of(doc)


def test_words_of_the_trade_stay_whole(nlp) -> None:
    """不定积分 is not about points, and the dictionary knows."""
    assert "不定积分" in [token.text for token in nlp("不定积分怎么算")]


def test_a_saved_pipeline_reads_the_same(nlp, tmp_path: Path) -> None:
    """Dictionary, entities and emotion come back from disk."""
    examples = [(t, label) for label in LABELS for t in [x for x, y in read_examples() if y == label][:40]]
    texts = [(text, words_of(nlp(text))) for text, _ in examples]
    EmotionReader(train_emotion(texts, [label for _, label in examples])).to_disk(
        tmp_path / "huitouke_emotion"
    )
    nlp.to_disk(tmp_path, exclude=["huitouke_emotion"])
    loaded = spacy.load(tmp_path)
    doc = loaded("气死我了，还我五十块")
    assert [span.label_ for span in doc.ents] == ["amount"]
    assert doc._.emotion[0] == "angry"
    assert loaded("")._.emotion is None
