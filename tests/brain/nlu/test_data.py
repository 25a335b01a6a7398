"""The utterances the intents are trained on."""

from __future__ import annotations

from collections import Counter

import pytest

from tools.evaluation.copies import copies, plain
from tools.evaluation.utterances import DEV, label_map, rows, training

TEXTS = training()


def test_there_are_enough_and_none_twice() -> None:
    """At least 3,000, and no utterance under two intents or twice under one."""
    counts = Counter(plain(text) or text for text, _ in TEXTS)
    assert len(counts) >= 3000
    assert [text for text, count in counts.items() if count > 1] == []


def test_every_intent_has_many_voices() -> None:
    """No intent lives on fewer than fifty utterances."""
    counts = Counter(intent for _, intent in TEXTS)
    assert {intent: count for intent, count in counts.items() if count < 50} == {}


def test_the_map_speaks_of_intents_that_exist() -> None:
    """And what they are mapped onto are intents that are labels themselves."""
    known = {intent for _, intent in TEXTS}
    assert set(label_map()) <= known
    assert set(label_map().values()) <= known - set(label_map())


def test_no_row_to_measure_on_is_trained_on() -> None:
    """Neither exactly nor nearly."""
    if not DEV.exists():
        pytest.skip(f"there is no {DEV.name} beside the project")
    assert copies([row.text for row in rows(DEV)], [text for text, _ in TEXTS]) == []


def test_a_near_copy_is_noticed() -> None:
    """One character more, other punctuation: still a copy; another sentence is none."""
    trained = ["我想查询一下我的积分余额", "好的"]
    assert copies(["我想查询一下我的积分余额呢？"], trained) == [("我想查询一下我的积分余额呢？", trained[0])]
    assert copies(["好的！"], trained) == [("好的！", "好的")]
    assert copies(["我想问问我的快递到哪儿了"], trained) == []
