"""Messages in words: split well, numbered, cards as lines, bare numbers understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.tencent.emoji import with_names
from bot.channels.tencent.offers import choice_of, menu_id, number_in
from bot.channels.tencent.sending import part_id
from bot.channels.tencent.words import in_words, shorten, split
from bot.messages import Choice, Content


@given(st.text(max_size=600), st.integers(40, 300))
def test_splitting_loses_nothing_but_blanks(text: str, limit: int) -> None:
    """Every piece fits, none is empty, and together they say what was said."""
    pieces = split(text, limit)
    assert all(0 < len(piece.encode("utf-8", "surrogatepass")) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_splitting_prefers_sentences() -> None:
    """A cut stands after a sentence where one is near, and never inside an emoji."""
    pieces = split("今天天气很好。我们去公园吧！" * 20, 200)
    assert all(piece[-1] in "。！" for piece in pieces)
    family = "👨‍👩‍👧"
    assert all(not piece.startswith("\u200d") for piece in split(family * 30, 50))


def test_cards_in_words() -> None:
    """Balance and complaint show their lines, money as people write it."""
    balance = Content("您的余额共 140 元。", "balance", {"cards": [
        {"number": "**** 8821", "type": "储值卡", "principal": 12000, "bonus": 2050, "held": 0,
         "valid_until": "2027-03-01", "state": "expiring"}]})  # fmt: skip
    assert (
        "【储值卡 **** 8821】\n· 本金 120 元，赠送 20.50 元\n· 有效期至 2027年3月1日，快到期了"
        in in_words(balance)
    )
    complaint = Content("处理中。", "complaint", {"number": "TS1", "state_text": "处理中", "timeline": [
        {"at": "2026-11-22T08:00:00Z", "text": "已受理"}], "next_step": "客服会联系您"})  # fmt: skip
    assert in_words(complaint).endswith("【TS1】处理中\n· 已受理\n下一步：客服会联系您")
    assert in_words(Content("你好")) == "你好"


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("２", 2), ("第三个", 3), ("选2", 2), ("①", 1), ("10.", 10), ("两", 2), ("1点", None),
     ("500积分", None), ("", None), ("482913", None)],
)  # fmt: skip
def test_bare_numbers(text: str, number: int | None) -> None:
    """What is only a number is a choice; anything more is a message."""
    assert number_in(text) == number


@given(st.integers(1, 10**8), st.integers(0, 50))
def test_menu_ids_are_numeric_and_come_back(seq: int, index: int) -> None:
    """The id of a menu's item names the message and the choice."""
    assert menu_id(seq, index).isdigit()
    assert choice_of(menu_id(seq, index)) == Choice(seq, index)


@given(st.text(max_size=40), st.integers(0, 99))
def test_part_ids_are_what_wecom_takes(message: str, part: int) -> None:
    """At most 32 characters of a small alphabet, the same for the same part."""
    id_ = part_id(message, part) if message.isascii() else part_id("m-1", part)
    assert len(id_) <= 32
    assert id_.replace("-", "").replace("_", "").isalnum()


def test_emoticon_codes_get_names_and_addresses_stay() -> None:
    """ "/::)" is a smile, "https://" is none."""
    assert with_names("好的/::)谢谢/:rose") == "好的[微笑]谢谢[玫瑰]"
    assert with_names("https://oo.cn/:8080") == "https://oo.cn/:8080"


def test_shortening() -> None:
    """Too long is cut with an ellipsis, within the bytes."""
    assert shorten("查积分", 128) == "查积分"
    assert len(shorten("很长" * 100, 128).encode()) <= 128
