"""Promises, contracts, care cards and bills: what the company owes and covers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.kit.db import Database
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.assets.reads import care_cards
from bot.store.assets.service import NewAsset, add_asset, plan_maintenance, read_meter, record_visit
from bot.store.bills.reads import explain_bill
from bot.store.bills.service import NewBill, NewBillLine, issue_bill
from bot.store.contracts.service import (
    NO_CONTRACT,
    NewContract,
    NewItem,
    coverage,
    end_contract,
    sign_contract,
)
from bot.store.promises.models import Commitment
from bot.store.promises.service import (
    due_promises,
    keep_promise,
    promise,
    promise_commitment,
    promises_due_before,
    release_promise,
)
from tests.store.builders import a_customer, days, note
from tests.store.conftest import NOW

HOUR = timedelta(hours=1)
TODAY = date(2026, 11, 22)


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        session.add(
            Commitment(code="first_reply", text="24 小时内首次答复", hours=24, published_on=date(2026, 1, 1))
        )
        session.add(Commitment(code="polite", text="礼貌服务", hours=None, published_on=date(2026, 1, 1)))
        session.add(
            Commitment(
                code="gone", text="x", hours=1, published_on=date(2026, 1, 1), withdrawn_on=date(2026, 6, 1)
            )
        )
        return await a_customer(session)


async def test_a_promise_needs_words_and_a_time_to_come(database: Database, customer: CustomerId):
    """No text, or due already, is refused; so is an unknown, withdrawn or timeless commitment."""
    for text, due in (("  ", NOW + HOUR), ("补发", NOW)):
        with pytest.raises(BadInput):
            async with database.write() as session:
                await promise(session, customer, "TS1", text, due, note())
    for code, refusal in (("nothing", NotFound), ("gone", NotFound), ("polite", BadInput)):
        with pytest.raises(refusal):
            async with database.write() as session:
                await promise_commitment(session, customer, "TS1", code, note())


async def test_what_is_owed_is_listed_until_it_is_kept(database: Database, customer: CustomerId):
    """Soonest first, overdue marked; kept and released ones are gone, and a repeated promise is one."""
    async with database.write() as session:
        same = note()
        ids = {await promise(session, customer, "D1", "三天内补发", NOW + days(3), same) for _ in range(2)}
        (later,) = ids
        sooner = await promise_commitment(session, customer, "TS1", "first_reply", note())
        owed = await due_promises(session, customer, NOW + 24 * HOUR)
        assert [(each.promise_id, each.overdue) for each in owed] == [(sooner, True), (later, False)]
        assert [each.about for each in await promises_due_before(session, NOW + days(2), NOW)] == ["TS1"]
        await keep_promise(session, sooner, NOW + 25 * HOUR)
        await release_promise(session, later, NOW)
        assert await due_promises(session, customer, NOW) == []
    for operation, which in ((release_promise, sooner), (keep_promise, later)):
        with pytest.raises(Conflict):
            async with database.write() as session:
                await operation(session, which, NOW)


async def printer_contract(database: Database, customer: CustomerId) -> int:
    items = (
        NewItem("included", "上门维修", ("修理", "坏了"), "每月不限次"),
        NewItem("included", "墨粉", ("黑色墨粉",)),
        NewItem("excluded", "彩色墨粉", ("彩粉",), "按盒另计"),
        NewItem("excluded", "纸张", ("纸", "A4纸")),
    )
    new = NewContract("HT1", customer, "全包印刷", date(2026, 1, 1), date(2026, 12, 31), items, 20_000)
    async with database.write() as session:
        assert await sign_contract(session, new) == await sign_contract(session, new)
        return await sign_contract(session, new)


@pytest.mark.parametrize(
    ("about", "answer", "item"),
    [
        ("打印机坏了能修吗", "included", "上门维修"),
        ("彩色墨粉", "excluded", "彩色墨粉"),
        ("黑色墨粉没了", "included", "墨粉"),
        ("送A4纸吗", "excluded", "纸张"),
        ("能不能搬机器", "unknown", None),
    ],
)
async def test_a_contract_answers_what_it_covers(
    database: Database, customer: CustomerId, about: str, answer: str, item: str | None
):
    """The longest name decides; what the contract does not name is unknown, never promised."""
    await printer_contract(database, customer)
    async with database.read() as session:
        found = await coverage(session, customer, about, TODAY)
    assert (found.answer, found.item, found.contract_number) == (answer, item, "HT1")


async def test_outside_its_time_a_contract_covers_nothing(database: Database, customer: CustomerId):
    """Before the start, after the end, and for somebody else there is no contract."""
    contract = await printer_contract(database, customer)
    async with database.write() as session:
        stranger = await a_customer(session, "李四")
        assert await coverage(session, stranger, "纸张", TODAY) == NO_CONTRACT
        assert await coverage(session, customer, "纸张", date(2025, 12, 31)) == NO_CONTRACT
        for _ in range(2):
            await end_contract(session, contract, TODAY)
        assert await coverage(session, customer, "纸张", TODAY + days(1)) == NO_CONTRACT
        with pytest.raises(BadInput):
            await end_contract(session, contract, date(2020, 1, 1))
        with pytest.raises(Conflict):
            await sign_contract(
                session, NewContract("HT1", stranger, "x", TODAY, None, (NewItem("included", "y"),))
            )


async def test_a_care_card_says_what_is_due_next(database: Database, customer: CustomerId):
    """By days or by the meter, whichever is first; the meter's day is expected from its pace."""
    async with database.write() as session:
        asset = await add_asset(
            session,
            NewAsset("P-1", customer, "打印机", "MX-200", installed_on=date(2026, 8, 1), meter_unit="页"),
        )
        await plan_maintenance(session, asset, "清洁", every_days=90)
        await plan_maintenance(session, asset, "换定影器", every_days=400, every_units=10_000, last_meter=0)
        for ago, value in ((20, 6_000), (10, 7_000), (0, 8_000)):
            await read_meter(session, asset, value, "顾客", note(at=NOW - days(ago)))
        await record_visit(session, asset, "maintain", "更换滚轮", note(), meter=8_000)
        (card,) = await care_cards(session, customer, NOW)
        assert [(each.name, each.due_on, each.overdue, each.expected) for each in card.next] == [
            ("清洁", date(2026, 10, 30), True, False),
            ("换定影器", date(2026, 12, 12), False, True),
        ]
        same = note()
        for _ in range(2):
            await record_visit(session, asset, "maintain", "季度清洁", same, plan="清洁")
        await read_meter(session, asset, 10_000, "顾客", note(at=NOW + HOUR))
        (card,) = await care_cards(session, customer, NOW, "P-1")
        assert await care_cards(session, customer, NOW, "P-2") == []
    assert [visit.text for visit in card.visits] == ["季度清洁", "更换滚轮"]
    assert {each.name: each.overdue for each in card.next} == {"清洁": False, "换定影器": True}
    assert (card.meter, card.meter_unit) == (10_000, "页")


async def test_a_meter_runs_forwards(database: Database, customer: CustomerId):
    """Lower than before, higher than after, or on a thing without a meter is refused."""
    async with database.write() as session:
        asset = await add_asset(session, NewAsset("P-1", customer, "打印机", "MX-200", meter_unit="页"))
        plain = await add_asset(session, NewAsset("P-2", customer, "椅子", "C1"))
        await read_meter(session, asset, 100, "顾客", note())
        same = note(at=NOW + days(2))
        for _ in range(2):
            await read_meter(session, asset, 200, "顾客", same)
    for which, value, later, refusal in (
        (asset, 199, 3, Conflict),
        (asset, 201, 1, Conflict),
        (asset, -1, 3, BadInput),
        (plain, 5, 1, BadInput),
        (404, 5, 1, NotFound),
    ):
        with pytest.raises(refusal):
            async with database.write() as session:
                await read_meter(session, which, value, "顾客", note(at=NOW + days(later)))
    for wrong in (
        lambda session: plan_maintenance(session, asset, "x"),
        lambda session: record_visit(session, asset, "maintain", "x", note(), plan="没有"),
    ):
        with pytest.raises((BadInput, NotFound)):
            async with database.write() as session:
                await wrong(session)


async def test_a_bill_is_explained_line_by_line(database: Database, customer: CustomerId):
    """The newest one by itself, an older one by its number, nobody else's at all."""

    def new(month: int, *lines: NewBillLine) -> NewBill:
        return NewBill(f"B{month}", customer, date(2026, month, 1), date(2026, month, 28), None, lines)

    october = new(10, NewBillLine("月租", 9_900))
    november = new(
        11,
        NewBillLine("月租", 9_900),
        NewBillLine("彩铃", 300, explanation="10 月 3 日开通"),
        NewBillLine("优惠", -500),
    )
    async with database.write() as session:
        stranger = await a_customer(session, "李四")
        for bill in (october, november, november):
            await issue_bill(session, bill, NOW)
        assert await explain_bill(session, stranger, "B11") is None
        assert await explain_bill(session, customer, "B99") is None
        newest = await explain_bill(session, customer)
        older = await explain_bill(session, customer, "B10")
    assert newest is not None
    assert older is not None
    assert (newest.number, newest.total, newest.previous_total) == ("B11", 9_700, 9_900)
    assert newest.items[1].explanation == "10 月 3 日开通"
    assert (older.number, older.previous_total) == ("B10", None)
    for wrong, refusal in (
        (new(12), BadInput),
        (NewBill("B10", stranger, TODAY, TODAY, None, october.lines), Conflict),
    ):
        with pytest.raises(refusal):
            async with database.write() as session:
                await issue_bill(session, wrong, NOW)
