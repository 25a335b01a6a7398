"""Every trigger finds exactly whom it concerns, on both databases: who is due, and not who nearly is."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.care.models import Occurrence
from bot.care.triggers import all_triggers
from bot.kit.clock import FakeClock
from bot.kit.db import Database, WriteSession
from bot.kit.ids import CustomerId
from bot.store.assets.models import Asset, MaintenancePlan
from bot.store.bills.models import Bill
from bot.store.cards.service import top_up
from bot.store.complaints.service import By, NewComplaint, open_complaint, reply, resolve, take_step
from bot.store.contracts.models import Contract
from bot.store.customers.models import Customer
from bot.store.dates import end_of_day
from bot.store.facts.models import CustomerFact
from bot.store.orders.models import Order, OrderLine
from bot.store.points.service import earn
from bot.store.quotes.models import Quote, QuoteLine, QuoteVersion
from bot.store.seasons.models import SeasonProject
from bot.store.surveys.models import Survey
from tests.care.house import House
from tests.store.builders import a_card, note
from tests.store.conftest import NOW
from tests.store.postgres import Server

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = NOW.date()

Make = Callable[[WriteSession, CustomerId, bool], Awaitable[None]]
_keys = iter(range(1, 10_000))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of either kind."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "care.db")
        yield f"sqlite+aiosqlite:///{tmp_path / 'care.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    server.execute("CREATE DATABASE triggers TEMPLATE template_huitouke")
    yield server.url("triggers")
    server.execute("DROP DATABASE triggers WITH (FORCE)")


def by(at: datetime) -> By:
    return By("agent", "小李", at, f"triggers:{next(_keys)}")


async def complain(session: WriteSession, who: CustomerId, at: datetime, *steps: str) -> None:
    """A complaint that came in at `at`, with a step every hour after it."""
    case = await open_complaint(session, NewComplaint(who, "快递没到", "等了一周", "web"), by(at))
    for place, step in enumerate(steps, 1):
        when = by(at + place * HOUR)
        if step == "reply":
            await reply(session, case.id, "在查", when)
        elif step == "resolve":
            await resolve(session, case.id, "已补发", when)
        else:
            await take_step(session, case.id, step, when)  # pyright: ignore[reportArgumentType]


async def complaint_ack(session: WriteSession, who: CustomerId, due: bool) -> None:
    await complain(session, who, NOW - HOUR, *(() if due else ("acknowledge",)))


async def sla_breach(session: WriteSession, who: CustomerId, due: bool) -> None:
    await complain(session, who, NOW - (25 if due else 23) * HOUR, "acknowledge")


async def complaint_progress(session: WriteSession, who: CustomerId, due: bool) -> None:
    at = NOW - (8 if due else 60) * HOUR
    await complain(session, who, at, "acknowledge", "assess", "investigate", "reply")


async def appeal_right(session: WriteSession, who: CustomerId, due: bool) -> None:
    at = NOW - (15 if due else 14) * DAY - HOUR
    await complain(session, who, at, "acknowledge", "assess", "investigate", "reply")


async def survey(session: WriteSession, who: CustomerId, due: bool) -> None:
    at = NOW - 4 * DAY
    steps = ("acknowledge", "assess", "investigate", "reply", "resolve", *(("close",) if due else ()))
    await complain(session, who, at, *steps)


async def points_expiring(session: WriteSession, who: CustomerId, due: bool) -> None:
    ends = end_of_day(TODAY + (30 if due else 31) * DAY, "Asia/Shanghai")
    await earn(session, who, 300, note(), ends)


async def card_expiring(session: WriteSession, who: CustomerId, due: bool) -> None:
    card = await a_card(session, who, valid_until=end_of_day(TODAY + 30 * DAY, "Asia/Shanghai"))
    if due:
        await top_up(session, card, 5_000, note())


async def card_hall_window(session: WriteSession, who: CustomerId, due: bool) -> None:
    last = TODAY - (60 if due else 59) * DAY
    early = note(at=NOW - 200 * DAY)
    card = await a_card(session, who, valid_until=end_of_day(last, "Asia/Shanghai"))
    await top_up(session, card, 5_000, early)


async def balance_low(session: WriteSession, who: CustomerId, due: bool) -> None:
    card = await a_card(session, who)
    await top_up(session, card, 4_900 if due else 5_000, note())
    session.add(
        CustomerFact(
            customer_id=who, name="balance_alert", value="5000", source="customer", evidence="对话",
            purpose="service_notice", sensitivity="normal", recorded_at=NOW,
        )
    )  # fmt: skip


async def abnormal_charge(session: WriteSession, who: CustomerId, due: bool) -> None:
    totals = (5_000, 5_000, 5_000, 10_100 if due else 9_900)
    for place, total in enumerate(totals):
        first = date(2026, 7 + place, 1)
        session.add(
            Bill(
                number=f"B{who}-{place}", customer_id=who, period_from=first, period_to=first + 27 * DAY,
                total=total, state="open" if place == 3 else "paid", issued_at=NOW - (3 - place) * 30 * DAY,
            )
        )  # fmt: skip


async def maintenance_due(session: WriteSession, who: CustomerId, due: bool) -> None:
    contract = Contract(
        number=f"H{who}", customer_id=who, name="保养", fee=0, starts_on=TODAY, state="active"
    )
    session.add(contract)
    await session.flush()
    asset = Asset(number=f"A{who}", customer_id=who, contract_id=contract.id, kind="打印机", model="MX")
    session.add(asset)
    await session.flush()
    last = TODAY - (90 if due else 89) * DAY
    session.add(MaintenancePlan(asset_id=asset.id, name="清洁", every_days=90, last_on=last))


async def _quote(session: WriteSession, who: CustomerId, *versions: tuple[int, int]) -> None:
    row = Quote(
        number=f"Q{who}", customer_id=who, subject="维修", version=len(versions), state="open", created_at=NOW
    )
    session.add(row)
    await session.flush()
    for number, (amount, hours) in enumerate(versions, 1):
        version = QuoteVersion(
            quote_id=row.id, version=number, ready_at=NOW + hours * HOUR, reason="缺件", actor="小李", at=NOW
        )
        session.add(version)
        await session.flush()
        session.add(QuoteLine(version_id=version.id, line=1, name="工时", amount=amount))


async def quote_change(session: WriteSession, who: CustomerId, due: bool) -> None:
    await _quote(session, who, (3_000, 5), *(((7_000, 9),) if due else ()))


async def eta_change(session: WriteSession, who: CustomerId, due: bool) -> None:
    await _quote(session, who, (3_000, 5), (3_000, 9 if due else 5))


async def _orders(session: WriteSession, who: CustomerId, *days_ago: int) -> None:
    for place, days in enumerate(days_ago):
        order = Order(
            number=f"O{who}-{place}",
            customer_id=who,
            state="completed",
            total=100,
            placed_at=NOW - days * DAY,
        )
        session.add(order)
        await session.flush()
        session.add(
            OrderLine(order_id=order.id, line=1, sku="P", name="大米", quantity=2, unit_price=50, amount=100)
        )


async def reorder_due(session: WriteSession, who: CustomerId, due: bool) -> None:
    shift = 0 if due else -1
    await _orders(session, who, 120 + shift, 90 + shift, 58 + shift, 30 + shift)


async def win_back(session: WriteSession, who: CustomerId, due: bool) -> None:
    await _orders(session, who, *((400, 390, 380, 370, 360) if due else (400, 20)))


async def birthday_7d(session: WriteSession, who: CustomerId, due: bool) -> None:
    born = (TODAY + (7 if due else 8) * DAY).replace(year=1990)
    await session.execute(update(Customer).where(Customer.id == who).values(birthday=born))


async def referral_ask(session: WriteSession, who: CustomerId, due: bool) -> None:
    score = 9 if due else 8
    session.add(
        Survey(
            customer_id=who, method="nps", about="x", asked_at=NOW - 3 * DAY, score=score,
            answered_at=NOW - 2 * DAY,
        )
    )  # fmt: skip


MAKE: tuple[Make, ...] = (
    complaint_ack, sla_breach, complaint_progress, appeal_right, survey, points_expiring, card_expiring,
    card_hall_window, balance_low, abnormal_charge, maintenance_due, quote_change, eta_change, reorder_due,
    win_back, birthday_7d, referral_ask,
)  # fmt: skip
AGREES = {"reorder_due", "win_back", "birthday_7d", "referral_ask"}


async def test_each_trigger_finds_exactly_whom_it_concerns(database: Database) -> None:
    """The one who is due is found, the one who nearly is is not, and nobody else."""
    house = House(database, FakeClock(NOW))
    due: dict[str, CustomerId] = {}
    nearly: dict[str, CustomerId] = {}
    for make in MAKE:
        for those, is_due in ((due, True), (nearly, False)):
            who = await house.customer(marketing="given" if make.__name__ in AGREES else None)
            async with database.write() as session:
                await make(session, who, is_due)
            those[make.__name__] = who
    await house.care.plan()
    async with database.read() as session:
        found = await session.execute(select(Occurrence.trigger, Occurrence.customer_id))
        rows = {(row.trigger, row.customer_id) for row in found}
    for name, who in due.items():
        assert (name, who) in rows, name
    for name, who in nearly.items():
        assert (name, who) not in rows, name
    assert {each.name for each in all_triggers()} == {*due, "season_care"}


async def test_a_season_that_crosses_the_new_year_is_one_season(database: Database) -> None:
    """Who was told in December is not told again in January."""
    house = House(database, FakeClock(NOW))
    who = await house.customer(marketing="given")
    async with database.write() as session:
        session.add(SeasonProject(code="winter", name="冬季", text="检查", starts=1101, ends=228))
    await house.care.plan()
    house.clock.set(NOW + 60 * DAY)
    await house.care.plan()
    assert [row.key for row in await house.occurrences(who, "season_care")] == ["season:winter:2026"]
