"""The classifier that tells intents and feelings."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import pytest

from bot.brain.nlu.language import create_language
from bot.brain.nlu.linear import train, vocabulary
from bot.brain.nlu.linear.features import BLOCKS, FROM_ELSEWHERE, clean, radical, weight_of_senses
from bot.brain.nlu.linear.model import LinearModel
from bot.brain.nlu.linear.senses import Senses, read_senses
from bot.brain.nlu.linear.train import FEW, fit, suited
from bot.brain.nlu.words import words_of

EXAMPLES = {
    "points": ["我有多少积分", "查一下积分", "积分还剩多少", "帮我看看积分", "我的积分呢", "积分有几分"],
    "person": ["转人工", "我要人工客服", "找个真人", "人工服务", "接客服", "叫人来"],
    "thank": ["谢谢", "多谢了", "谢谢你啊", "太感谢了", "谢啦", "感谢帮忙"],
}


@pytest.fixture(scope="module")
def language():
    return create_language()


@pytest.fixture(scope="module")
def model(language) -> LinearModel:
    pairs = [(text, label) for label, texts in EXAMPLES.items() for text in texts]
    return fit([(text, words_of(language(text))) for text, _ in pairs], [label for _, label in pairs])


def test_a_label_with_one_example_is_refused() -> None:
    """One example cannot be held back and learned from, and the error names the label."""
    with pytest.raises(ValueError, match="lonely"):
        fit([("你好", []), ("您好", []), ("再见", [])], ["greet", "greet", "lonely"])


def test_confidences_are_a_distribution(model, language) -> None:
    """They sum to one, the likeliest first, also for text without a single known feature."""
    for text in ("查积分", "𠮷", "", "xyz"):
        ranking = model.predict(text, words_of(language(text)))
        assert math.isclose(sum(confidence for _, confidence in ranking), 1, rel_tol=1e-5)
        assert [c for _, c in ranking] == sorted((c for _, c in ranking), reverse=True)


def test_a_homophone_is_read_like_the_word(model, language) -> None:
    """人功 for 人工 sounds the same."""
    assert model.predict("转人功", words_of(language("转人功")))[0][0] == "person"


def test_a_saved_model_reads_the_same(model, language, tmp_path: Path) -> None:
    """Half precision on disk changes no decision and hardly a confidence."""
    model.save(tmp_path)
    loaded = LinearModel.load(tmp_path)
    for text in ("我想看积分", "人工", "谢了"):
        words = words_of(language(text))
        before, after = model.predict(text, words), loaded.predict(text, words)
        assert [label for label, _ in before] == [label for label, _ in after]
        assert after[0][1] == pytest.approx(before[0][1], abs=0.01)


def test_digits_are_cleaned_to_their_count() -> None:
    """13800138000 and 13912345678 are one feature, 8821 and 3305 another."""
    assert clean("ＨＭ10000017  你好") == "hm000000 你好"
    assert clean("8821") == clean("3305")


def test_characters_of_one_radical_share_it() -> None:
    """疼 and 痛 are both sick, 打 and 找 both by hand."""
    assert radical("疼") == radical("痛") != radical("打") == radical("找")
    assert radical("a") == "a"


def test_a_word_that_is_not_known_has_no_senses() -> None:
    """Nor has one whose entry says nothing."""
    senses = Senses(topics_of={"积分": ""}, classes_of={}, sorts={})
    assert senses.topics("积分") == senses.topics("鑫") == senses.classes("鑫") == ()
    assert senses.names("我的积分") == []


def test_senses_are_shares_and_a_long_word_weighs_more() -> None:
    """Two characters of a noun are twice one."""
    senses = Senses(topics_of={"积分": "65:40 97:20"}, classes_of={"积分": "n:90 v:10"})
    assert senses.topics("积分") == (("65", 0.4), ("97", 0.2))
    assert senses.classes("积分") == (("n", 1.8), ("v", 0.2))


def test_of_names_that_overlap_the_longest_from_the_left_counts() -> None:
    """鼻息肉 is one name, not 息肉."""
    senses = Senses(sorts={"鼻息肉": "medicine", "息肉": "medicine", "肉": "food", "豆腐": "food"})
    assert senses.names("鼻息肉能吃豆腐吗") == ["medicine", "food"]


def test_the_lexicon_knows_common_words() -> None:
    """上海 is a place, 刘德华 a person, 糖尿病 of medicine; shares are no more than the whole."""
    senses = read_senses()
    assert max(senses.classes("上海"), key=lambda pair: pair[1])[0] == "LOC"
    assert max(senses.classes("刘德华"), key=lambda pair: pair[1])[0] == "PER"
    assert senses.names("糖尿病怎么治")[0] == "medicine"
    assert all(sum(share for _, share in senses.topics(word)) <= 1.1 for word in ("上海", "积分", "电影"))


def test_a_word_never_seen_is_read_by_what_is_known_of_it(language) -> None:
    """Trained on ills and dishes, the machine tells words of medicine that share no character with them."""
    ills = ["糖尿病", "高血压", "肺炎", "鼻炎", "胃溃疡", "肝癌", "贫血", "哮喘", "骨折", "近视"]
    dishes = ["豆腐", "土豆", "面包", "牛奶", "巧克力", "萝卜", "苹果", "蛋糕", "茄子", "黄瓜"]
    examples = {"ill": ills, "dish": dishes, "thank": EXAMPLES["thank"]}
    pairs = [(text, label) for label, texts in examples.items() for text in texts]
    given = [(text, words_of(language(text))) for text, _ in pairs]
    truth = [label for _, label in pairs]
    without = {block: weight for block, weight in BLOCKS.items() if block not in FROM_ELSEWHERE}
    strange = [(text, words_of(language(text))) for text in ("萎缩", "失眠", "中毒", "传染", "窒息")]
    assert {fit(given, truth).predict(*text)[0][0] for text in strange} == {"ill"}
    assert "ill" not in {fit(given, truth, without).predict(*text)[0][0] for text in strange}


def test_two_labels_are_told_apart_as_three_are() -> None:
    """Each has confidences of its own, which sum to 1."""
    pairs = [(text, label) for label in ("points", "thank") for text in EXAMPLES[label] * 4]
    model = fit([(text, []) for text, _ in pairs], [label for _, label in pairs])
    assert [label for label, _ in model.predict("查积分", [])] == ["points", "thank"]
    assert [label for label, _ in model.predict("多谢", [])] == ["thank", "points"]
    assert sum(confidence for _, confidence in model.predict("你好", [])) == pytest.approx(1)


def test_what_is_known_from_elsewhere_stands_in_for_missing_examples() -> None:
    """With thousands of our own it is left out, and not even read; the rest stays as it is."""
    assert suited(FEW - 1) == BLOCKS
    assert suited(FEW) == {block: weight for block, weight in BLOCKS.items() if block not in FROM_ELSEWHERE}


# Enough of each that some can be held back; their words are left to the characters.
GIVEN = [(text + mark, []) for texts in EXAMPLES.values() for text in texts for mark in ("", "呀")]
TRUTH = [label for label, texts in EXAMPLES.items() for _ in texts for _ in range(2)]
OURS = os.getpid()


def _dies_in_another_process(*_: object) -> float:
    if os.getpid() != OURS:
        os._exit(9)
    return 7.5


def test_confidences_are_measured_here_when_the_process_beside_dies(monkeypatch) -> None:
    """A training is not lost for that."""
    monkeypatch.setattr(train, "MANY", 1)
    monkeypatch.setattr(train, "_scale", _dies_in_another_process)
    assert fit(GIVEN, TRUTH).scale == 7.5


def test_features_are_collected_here_when_the_process_beside_dies(monkeypatch) -> None:
    """The other half of them, too."""
    alone, collect = fit(GIVEN, TRUTH), vocabulary._collect

    def dies_in_another_process(*given: Any) -> Any:
        _dies_in_another_process()
        return collect(*given)

    monkeypatch.setattr(vocabulary, "MANY", 1)
    monkeypatch.setattr(vocabulary, "_collect", dies_in_another_process)
    assert fit(GIVEN, TRUTH).vocabulary.rows == alone.vocabulary.rows


def test_what_two_processes_learn_is_the_same(monkeypatch) -> None:
    """Features collected in halves and confidences measured beside, or all in one go."""
    alone = fit(GIVEN, TRUTH)
    monkeypatch.setattr(train, "MANY", 1)
    monkeypatch.setattr(vocabulary, "MANY", 1)
    shared = fit(GIVEN, TRUTH)
    assert shared.scale == alone.scale != 4.0
    assert shared.vocabulary.rows == alone.vocabulary.rows
    assert (shared.vocabulary.importance == alone.vocabulary.importance).all()
    assert (shared.weights == alone.weights).all()


def test_what_is_known_of_words_counts_less_in_a_long_text() -> None:
    """Fully in a bare name, and without a word nothing is divided by nothing."""
    word = ("积分", "n")
    assert weight_of_senses([]) == weight_of_senses([word]) == 1
    assert weight_of_senses([word] * 8) == weight_of_senses([word] * 4) / 2
