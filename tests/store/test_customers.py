"""Customers are found by the numbers they know themselves by."""

from __future__ import annotations

import pytest

from bot.kit.db import Database
from bot.kit.errors import BadInput, Conflict
from bot.store.customers.numbers import Number, masked, member_number, read_number, read_phone
from bot.store.customers.service import NewCustomer, add_customer, change_phone, find_customer
from tests.store.builders import a_customer
from tests.store.conftest import NOW


@pytest.mark.parametrize("text", ["", "   ", "abc", "12345", "138001380001", "HM1234567", "你好", "1" * 500])
def test_text_that_is_no_number_is_none(text: str):
    """What cannot be a phone or a member number is neither."""
    assert read_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "8613800138000",
        "１３８００１３８０００",
    ],
)
def test_one_phone_has_many_spellings(text: str):
    """Spaces, dashes, the country code and full-width digits make no difference."""
    assert read_number(text) == Number("phone", "+8613800138000")


@pytest.mark.parametrize("text", ["HM12345678", "hm 1234 5678", "12345678", "ＨＭ１２３４５６７８"])
def test_one_member_number_has_many_spellings(text: str):
    """The letters may be small, full-width or missing."""
    assert read_number(text) == Number("member_number", "HM12345678")


def test_phones_of_other_countries_need_a_plus():
    """A Hong Kong number is read with its country code."""
    assert read_phone("+852 9123 4567") == "+85291234567"


def test_member_numbers_never_repeat():
    """Ten thousand numbers in a row are ten thousand different ones."""
    assert len({member_number(place) for place in range(1, 10_001)}) == 10_000


def test_masked_numbers_show_only_the_ends():
    """The owner recognises the number, nobody else learns it."""
    assert masked(Number("phone", "+8613800138000")) == "138****8000"
    assert masked(Number("member_number", "HM12345678")) == "HM12****78"


async def test_a_customer_is_found_by_phone_and_by_member_number(database: Database):
    """Both numbers lead to the same customer, and an unknown one to nobody."""
    async with database.write() as session:
        customer = await add_customer(session, NewCustomer("王小明", "138 0013 8000"), NOW)
    async with database.read() as session:
        by_phone = await find_customer(session, "13800138000")
        assert by_phone is not None
        by_number = await find_customer(session, by_phone.member_number)
        nobody = await find_customer(session, "13800138001")
    assert by_phone == by_number
    assert by_phone.customer_id == customer
    assert nobody is None


async def test_a_phone_belongs_to_one_customer(database: Database):
    """The second customer with the same phone is refused, and nothing of them remains."""
    async with database.write() as session:
        await a_customer(session, phone="13800138000")
    with pytest.raises(Conflict):
        async with database.write() as session:
            await a_customer(session, "李四", phone="+8613800138000")
    async with database.read() as session:
        found = await find_customer(session, "13800138000")
    assert found is not None
    assert found.name == "王小明"


async def test_a_customer_needs_a_name_and_a_real_phone(database: Database):
    """Bad input is refused with a sentence that says what to do."""
    for new in (NewCustomer("  "), NewCustomer("王小明", "12")):
        with pytest.raises(BadInput):
            async with database.write() as session:
                await add_customer(session, new, NOW)


async def test_a_changed_phone_finds_the_customer_and_the_old_one_does_not(database: Database):
    """After a correction only the new phone counts."""
    async with database.write() as session:
        customer = await a_customer(session, phone="13800138000")
        await change_phone(session, customer, "13900139000")
    async with database.read() as session:
        assert await find_customer(session, "13800138000") is None
        found = await find_customer(session, "13900139000")
    assert found is not None
    assert found.customer_id == customer
