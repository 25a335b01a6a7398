"""Which lines of a quote are meant: understood, or left to be asked."""

from __future__ import annotations

import pytest

from actions.quote_words import Said, read_lines
from bot.store.quotes.reads import QuoteItem

NAMES = ("更换压缩机", "控制板维修", "冷凝风机", "加制冷剂")
ITEMS = [QuoteItem(line, name, 10_000 * line, None) for line, name in enumerate(NAMES, 1)]
YES, NO = "approved", "refused"


@pytest.mark.parametrize(
    ("said", "how", "lines"),
    [
        ("可以", "all", {}),
        ("全部同意", "all", {}),
        ("都做吧", "all", {}),
        ("没问题，都修", "all", {}),
        ("都不做", "none", {}),
        ("都不要了", "none", {}),
        ("不做", "none", {}),
        ("控制板那项我不做，风机做吧", "each", {2: NO, 3: YES}),
        ("我没说全做啊", "each", {}),
        ("不是全部同意", "each", {}),
        ("不要全做", "each", {}),
        ("只换压缩机，别的不要", "each", {1: YES, 2: NO, 3: NO, 4: NO}),
        ("就换压缩机", "each", {1: YES, 2: NO, 3: NO, 4: NO}),
        ("除了控制板都做", "each", {1: YES, 2: NO, 3: YES, 4: YES}),
        ("除了压缩机以外都不做", "each", {2: NO, 3: NO, 4: NO}),
        ("前两项", "each", {1: YES, 2: YES}),
        ("第一项和第三项做", "each", {1: YES, 3: YES}),
        ("第二个不做", "each", {2: NO}),
        ("最后一项先不做", "each", {4: NO}),
        ("1", "each", {1: YES}),
        ("压缩机换，其他的都不要", "each", {1: YES, 2: NO, 3: NO, 4: NO}),
        ("风机做，风机不做", "each", {}),
        ("逐项选", "each", {}),
        ("能便宜点吗", None, {}),
        ("控制板不做能开机吗", None, {}),
        ("好贵", None, {}),
        ("嗯？", None, {}),
        ("师傅几点来", None, {}),
    ],
)
def test_what_is_said_of_the_lines(said: str, how: str | None, lines: dict[int, str]) -> None:
    read = read_lines(said, ITEMS)
    if lines == {} and how == "each":
        assert read.how in ("each", None)
        assert read.lines == {}
    else:
        assert read == Said(how, lines)  # type: ignore[arg-type]
