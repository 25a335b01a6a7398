"""Cells as spreadsheets write them: the value, or a named mistake; never another value."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.exchange.values import Reader, day, identifier, moment, phone, whole, yuan

WRONG: list[tuple[Reader, str]] = [
    (identifier(32), "6.2059E+15"),
    (identifier(32), "6205900012.0"),
    (phone, "1.38E+10"),
    (whole(0), "1_000"),
    (whole(0), "1,20"),
    (whole(0), "1.5"),
    (whole(0), ""),
    (yuan, "1,20"),
    (yuan, "1,2000"),
    (yuan, "1.234"),
    (yuan, "1."),
    (yuan, "--1"),
    (yuan, "1万"),
    (yuan, "$5"),
    (day, "45044"),
    (day, "4/28/2023"),
    (day, "2023/4-28"),
    (day, "2023年4月28"),
    (day, "2023-02-30"),
    (day, "2023/4/28 9:30"),
    (moment, "45044.39"),
    (moment, "2023/4/28 25:00"),
    (moment, "2023/4/28 下午13:00"),
]


@pytest.mark.parametrize(("read", "cell"), WRONG)
def test_what_is_unsure_is_a_mistake(read: Reader, cell: str):
    with pytest.raises(ValueError, match=r"\w"):
        read(cell)


RIGHT: list[tuple[Reader, str, object]] = [
    (identifier(32), "00620500", "00620500"),
    (identifier(32), "1E5", "1E5"),
    (identifier(32), "A1.0", "A1.0"),
    (phone, "13800138000.0", "+8613800138000"),
    (whole(0), "1,200", 1200),
    (whole(0), "300.0", 300),
    (yuan, "¥100", 10_000),
    (yuan, "￥1,200.50", 120_050),
    (yuan, "-¥3.00", -300),
    (yuan, "1，200.5元", 120_050),
    (day, "1980年5月1日", date(1980, 5, 1)),
    (day, "2023.4.28", date(2023, 4, 28)),
    (day, "2023/4/28 0:00:00", date(2023, 4, 28)),
    (moment, "2023/4/28 9:30:00", datetime(2023, 4, 28, 1, 30, tzinfo=UTC)),
    (moment, "2023年4月28日 下午9:30", datetime(2023, 4, 28, 13, 30, tzinfo=UTC)),
    (moment, "2023/4/28 上午12:05", datetime(2023, 4, 27, 16, 5, tzinfo=UTC)),
]


@pytest.mark.parametrize(("read", "cell", "value"), RIGHT)
def test_what_spreadsheets_write_is_taken(read: Reader, cell: str, value: object):
    assert read(cell) == value


@given(
    fen=st.integers(-(10**13), 10**13),
    mark=st.sampled_from(["", "¥", "￥"]),
    unit=st.sampled_from(["", "元"]),
    thousands=st.booleans(),
    wide=st.booleans(),
)
def test_an_amount_in_any_dress_is_itself(fen: int, mark: str, unit: str, thousands: bool, wide: bool):
    units, cents = divmod(abs(fen), 100)
    figure = f"{units:,}" if thousands else str(units)
    cell = f"{'-' if fen < 0 else ''}{mark}{figure}.{cents:02d}{unit}"
    if wide:
        cell = cell.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789,.-"})
    assert yuan(cell) == fen


@given(
    st.dates(min_value=date(1000, 1, 1)),
    st.sampled_from(["{}-{}-{}", "{}/{}/{}", "{}.{}.{}", "{}年{}月{}日"]),
)
def test_a_day_in_any_dress_is_itself(value: date, form: str):
    assert day(form.format(value.year, value.month, value.day)) == value


@given(st.text("0123456789,.-+Ee¥元 年月日/:上下午", max_size=14))
def test_no_reader_takes_a_part_of_a_cell(cell: str):
    """What a reader takes, it takes whole: the digits of the value are the digits of the cell."""
    try:
        fen = yuan(cell)
    except ValueError:
        return
    digits, _, cents = "".join(c for c in cell if c in "0123456789.").partition(".")
    assert abs(fen) == int(digits) * 100 + int(cents.ljust(2, "0") or 0)
