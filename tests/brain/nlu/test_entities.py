"""Values found in what customers write."""

from __future__ import annotations

import pytest

from bot.brain.nlu.entities import Moment, find
from tools.evaluation.entity_rows import NOW, Row, read_rows

ROWS = read_rows()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.line}: {row.text}")
def test_an_expression_is_read_with_its_value(row: Row) -> None:
    """Exactly the expected entities are found, each with its surface and its value."""
    assert [(found.entity, found.text, found.value(NOW)) for found in find(row.text)] == row.entities


@pytest.mark.parametrize("text", ["", " ", "\n", "。。。", "😀", "\u200b", "a" * 4000, "一" * 400, "3" * 400])
def test_odd_input_is_read_without_failing(text: str) -> None:
    """Whatever is typed, places stay inside the text and do not overlap."""
    end = 0
    for found in find(text):
        assert end <= found.start < found.end <= len(text)
        assert found.text == text[found.start : found.end]
        end = found.end


def test_a_day_is_the_customers_day_not_the_servers() -> None:
    """At 20:00 UTC it is already tomorrow in Shanghai, and still yesterday's evening in New York."""
    [found] = find("明天")
    shanghai = found.value(Moment.of("2026-11-22T20:00:00Z", "Asia/Shanghai"))
    new_york = found.value(Moment.of("2026-11-22T20:00:00Z", "America/New_York"))
    assert isinstance(shanghai, dict)
    assert isinstance(new_york, dict)
    assert shanghai["from"] == "2026-11-24T00:00:00+08:00"
    assert new_york["from"] == "2026-11-23T00:00:00-05:00"


def test_a_now_without_an_offset_is_refused() -> None:
    """A naive time could be anyone's, so it says what is missing."""
    with pytest.raises(ValueError, match="offset"):
        Moment.of("2026-11-22T08:00:00", None)


def test_a_day_that_does_not_exist_has_no_value() -> None:
    """There is no 31 November."""
    [found] = find("这个月31号")
    assert found.value(NOW) is None
