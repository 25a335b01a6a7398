"""No text makes the reading of values slow."""

from __future__ import annotations

import time

import pytest

from bot.brain.nlu.entities import find

LENGTH = 2_000
ORDINARY = (
    "我昨天下午三点在你们店里买了一个手机壳，付了五十块钱，今天收到是坏的，想问怎么退，订单号DD20261122123456。"
    * 40
)[:LENGTH]
PIECES = (
    *(
        "1",
        "一",
        "20261122",
        "1 ",
        "1,",
        "1-",
        "1.",
        "十",
        "半",
        "几",
        "两",
        "0571",
        "13",
        "a1",
        "DD1",
        "尾号1",
    ),
    *(
        "今天",
        "明天1点",
        "1点",
        "周一到",
        "1月",
        "1月1",
        "上",
        "下",
        "3点半",
        "最后",
        "第1",
        "过",
        "到1",
        "前1",
    ),
    *(
        "元",
        "1元",
        "1元2角",
        "转",
        "转了过去",
        "积分只有",
        "积分1",
        "百分之",
        "¥1",
        "5折",
        "大概",
        "先都",
        "，",
        " ",
    ),
)


def seconds(text: str) -> float:
    """CPU seconds of the fastest of three readings: another process's work does not count."""
    taken: list[float] = []
    for _ in range(3):
        begun = time.process_time()
        find(text)
        taken.append(time.process_time() - begun)
    return min(taken)


@pytest.mark.parametrize("piece", PIECES)
def test_the_same_again_and_again_is_read_as_fast_as_ordinary_text(piece: str) -> None:
    assert seconds((piece * LENGTH)[:LENGTH]) <= 10 * seconds(ORDINARY)


def test_digits_without_end_are_no_value() -> None:
    assert find("转" + "1" * 200 + "元") == []
