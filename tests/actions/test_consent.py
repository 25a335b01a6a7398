"""A yes is a yes and nothing else is: what people write, and what holds for any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.tasks.consent import LONGEST, Reply, asks, is_yes, reads, shown, waits

BUTTON = "确认转"
LINES = (Path(__file__).parent / "replies.txt").read_text("utf-8").splitlines()
TABLE = [
    (said.replace("_", " "), Reply(kind))
    for kind, _, replies in (line.partition(":") for line in LINES if not line.startswith("#"))
    for said in replies.split()
]
YESES = [said for said, kind in TABLE if kind is Reply.YES]
BUTTONS = ("确认", "确认转", "确认兑换", "确认预约", "确认改约", "确定取消", "确认提交", "确认下单")
BUTTONS_OF_ENDS = ("确认停发", "确定注销", "确定撤销", "催一催")


@pytest.mark.parametrize(("said", "kind"), TABLE)
def test_every_reply_of_the_table_is_read_as_what_it_is(said: str, kind: Reply) -> None:
    assert reads(said, BUTTON) is kind


def test_the_table_is_large_and_says_nothing_twice() -> None:
    assert len(TABLE) >= 300
    assert len({said for said, _ in TABLE}) == len(TABLE)
    assert {kind for _, kind in TABLE} == set(Reply)


@pytest.mark.parametrize("button", [*BUTTONS, *BUTTONS_OF_ENDS])
def test_what_the_button_says_is_a_yes(button: str) -> None:
    assert is_yes(button, button)
    assert is_yes(f" {button}！", button)


@pytest.mark.parametrize(
    ("said", "button"),
    [
        ("换吧", "确认兑换"),
        ("对，帮我换", "确认兑换"),
        ("兑换", "确认兑换"),
        ("约吧", "确认预约"),
        ("好，改吧", "确认改约"),
        ("好，取消吧", "确定取消"),
        ("可以，撤销吧", "确定撤销"),
        ("提交吧", "确认提交"),
        ("下单吧", "确认下单"),
        ("买吧", "确认下单"),
        ("是的，注销", "确定注销"),
        ("好，停掉吧", "确认停发"),
        ("催吧", "催一催"),
    ],
)
def test_the_tasks_own_verb_agrees(said: str, button: str) -> None:
    assert is_yes(said, button)


@pytest.mark.parametrize(
    ("said", "button"),
    [
        ("换吧", BUTTON),
        ("换一下", "确认兑换"),
        ("改吧", "确认改约"),
        ("取消吧", "确定取消"),
        ("取消", "确定取消"),
        ("撤销", "确定撤销"),
        ("停", "确认停发"),
        ("转吧", "确认兑换"),
        ("买吧", "确定注销"),
        ("确认转", "确认兑换"),
        ("好，取消吧", "确认预约"),
    ],
)
def test_a_verb_that_may_mean_another_thing_does_not(said: str, button: str) -> None:
    """取消吧, under 确定取消, may be about the question or about the visit: it is asked again."""
    assert not is_yes(said, button)


@pytest.mark.parametrize("said", ["取消吧", "取消", "撤销", "停掉吧"])
def test_nor_is_it_a_no(said: str) -> None:
    button = {"取": "确定取消", "撤": "确定撤销", "停": "确认停发"}[said[0]]
    assert reads(said, button) is Reply.OTHER


VERBS = "换兑它约定订改交登记买来单执行理整搞处操作弄安排"
CHANGES = "? ？ 吗 么 不 没 20 1 👍 ，但是 ，如果 先 别 换 张 贵 多少 … 等下 到 一半 改"
MORE = st.sampled_from(CHANGES.split(" "))


@given(st.sampled_from(YESES), MORE)
def test_a_yes_with_anything_more_is_none(yes: str, more: str) -> None:
    """好的吗, 好的20, 好的，但是."""
    assert not is_yes(f"{yes}{more}", BUTTON)
    assert reads(f"{yes}{more}", BUTTON) is not Reply.YES


@given(st.text(max_size=30), st.sampled_from(BUTTONS))
def test_no_other_text_commits(text: str, button: str) -> None:
    """Of whatever can be written, only what is made of words of agreement is a yes."""
    if is_yes(text, button):
        assert set(text) <= set("".join([*YESES, *BUTTONS, VERBS])) | set(" \n\t，,。.!！~、;；:："), text


CHARACTERS = st.text(alphabet=sorted(set("".join(said for said, _ in TABLE))), min_size=1, max_size=8)
TELLING = set(
    "?？吗么嘛怎啥什哪谁几多少不没别非但如若除只仅光半改另错贵等再0123456789一二三四五六七八九十百千万"
)
"""Characters of questions, refusals, conditions, parts and numbers."""
SPOKEN = ("没问题", "没错", "没毛病", "没有问题", "別", "一下", "没問題", "就这么", "多谢", "信息无误")


@given(CHARACTERS)
def test_nothing_that_asks_refuses_limits_or_counts_commits(text: str) -> None:
    """However the characters of the table are mixed: a yes has none of those that change it."""
    rest = text
    for word in SPOKEN:
        rest = rest.replace(word, "")
    if TELLING & set(rest):
        assert not is_yes(text, BUTTON)


@given(st.sampled_from(YESES), st.integers(3, 40))
def test_nobody_agrees_at_length(yes: str, times: int) -> None:
    long = "，".join([yes] * times)
    assert is_yes(long, BUTTON) == (len(long) <= LONGEST) or len(long) <= LONGEST


@given(st.sampled_from([s for s, k in TABLE if k is Reply.QUESTION]))
def test_a_question_asks(said: str) -> None:
    assert asks(said)


@pytest.mark.parametrize(
    ("said", "is_waiting"), [("等一下", True), ("我再想想", True), ("如果免费就转", False), ("好", False)]
)
def test_who_wants_a_moment_is_told_apart_from_who_sets_a_condition(said: str, *, is_waiting: bool) -> None:
    assert waits(said) is is_waiting


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_button_is_marked_with_exactly_what_it_stands_under(one: str, other: str) -> None:
    assert (shown("k", one) == shown("k", other)) == (one == other)
    assert shown("k", one) != shown("l", one)
