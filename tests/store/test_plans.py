"""No read and no booking looks through a whole table that grows with the company."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import Base, Database
from bot.kit.ids import CardId, CustomerId
from bot.migrations import upgrade
from bot.store.access.service import access_records
from bot.store.assets.reads import care_cards
from bot.store.bills.reads import explain_bill
from bot.store.bookings.service import own_bookings
from bot.store.cards.reads import balance_by_card
from bot.store.cards.service import spend, top_up
from bot.store.complaints.reads import complaint_list, complaint_status, unanswered
from bot.store.consents.service import has_consent
from bot.store.contracts.service import coverage
from bot.store.customers.service import find_customer
from bot.store.dealers.service import check_dealer
from bot.store.facts.service import facts_for
from bot.store.identities.service import access, ensure_identity
from bot.store.ledger.expiry import expire_due
from bot.store.ledger.models import Lot
from bot.store.needs.reads import likely_needs
from bot.store.offers.service import own_coupons
from bot.store.orders.reads import recent_orders, reorder_rhythm
from bot.store.points.reads import points_history, points_summary, redeemable_items
from bot.store.points.service import earn, redeem_points
from bot.store.privacy.reads import held_about_me
from bot.store.promises.service import due_promises
from bot.store.quotes.reads import quote_view
from bot.store.referrals.service import referral_summary
from bot.store.stages.service import stage_of
from bot.store.tiers.service import own_benefits
from tests.store.builders import a_card, a_customer, note
from tests.store.conftest import NOW
from tests.store.postgres import Server

SMALL = {"tier", "tier_benefit", "catalogue_item", "card_type", "dealer_register", "service_offered", "offer"}
"""Lists of the company itself: they do not grow with its customers."""

Work = Callable[[Any, CustomerId], Awaitable[object]]

READS: dict[str, Work] = {
    "find by phone": lambda s, _: find_customer(s, "13800138000"),
    "find by member number": lambda s, _: find_customer(s, "HM12345678"),
    "points summary": lambda s, who: points_summary(s, who, NOW),
    "points history": points_history,
    "redeemable items": lambda s, who: redeemable_items(s, who, NOW),
    "balance": lambda s, who: balance_by_card(s, who, NOW),
    "bill": explain_bill,
    "complaint": lambda s, who: complaint_status(s, who, None, NOW),
    "complaints": complaint_list,
    "unanswered": lambda s, _: unanswered(s, NOW),
    "promises": lambda s, who: due_promises(s, who, NOW),
    "care cards": lambda s, who: care_cards(s, who, NOW),
    "coverage": lambda s, who: coverage(s, who, "纸张", NOW.date()),
    "rhythm": lambda s, who: reorder_rhythm(s, who, NOW),
    "likely needs": lambda s, who: likely_needs(s, who, NOW),
    "orders": recent_orders,
    "dealer": lambda s, _: check_dealer(s, "DL-1", NOW.date()),
    "held about me": lambda s, who: held_about_me(s, who, NOW),
    "quote": quote_view,
    "coupons": lambda s, who: own_coupons(s, who, NOW),
    "bookings": lambda s, who: own_bookings(s, who, NOW),
    "referrals": referral_summary,
    "stage": stage_of,
    "benefits": own_benefits,
    "facts": lambda s, who: facts_for(s, who, "reorder", NOW),
    "consent": lambda s, who: has_consent(s, who, "marketing"),
    "access records": access_records,
}


async def _earn(session: Any, who: CustomerId) -> None:
    await earn(session, who, 10, note(), NOW)


async def _identity(session: Any, _: CustomerId) -> None:
    await access(session, await ensure_identity(session, "web", "shop", "v1", NOW), NOW)


WRITES: dict[str, Work] = {
    "identity": _identity,
    "earn": _earn,
    "redeem": lambda s, who: redeem_points(s, who, 1, note()),
    "expire": lambda s, _: expire_due(s, NOW),
    "top up": lambda s, _: top_up(s, CardId(1), 100, note()),
    "spend": lambda s, _: spend(s, CardId(1), 1, note()),
}


class Recorder:
    """Remembers the statements of a database."""

    def __init__(self, database: Database) -> None:
        self.statements: list[tuple[str, Any]] = []
        event.listen(database.engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
            self.statements.append((statement, parameters))

    async def scans(self, session: AsyncSession) -> list[str]:
        """Tables that grow and are looked through whole, with the statement that does it."""
        found: list[str] = []
        connection = await session.connection()
        tables = set(Base.metadata.tables)
        for statement, parameters in list(self.statements):
            plan = await connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
            for detail in plan.scalars(3):
                verb, name = detail.split()[:2]
                name = re.sub(r"_\d+$", "", name)  # an alias
                if verb == "SCAN" and name in tables - SMALL:
                    found.append(f"{detail}: {statement}")
        return found


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'plans.db'}"
    upgrade(url)
    made = Database(url)
    yield made
    await made.close()


@pytest.fixture
async def customer(sqlite: Database) -> CustomerId:
    async with sqlite.write() as session:
        who = await a_customer(session, phone="13800138000")
        await earn(session, who, 100, note(), None)
        await top_up(session, await a_card(session, who), 1_000, note())
    return who


@pytest.mark.parametrize("name", READS)
async def test_a_read_uses_indexes(sqlite: Database, customer: CustomerId, name: str):
    """The planner finds its rows by key, whatever the size of the company."""
    recorder = Recorder(sqlite)
    async with sqlite.read() as session:
        await READS[name](session, customer)
        assert recorder.statements
        assert await recorder.scans(session) == []


@pytest.mark.parametrize("name", WRITES)
async def test_a_booking_uses_indexes(sqlite: Database, customer: CustomerId, name: str):
    """So does everything that a booking looks up and changes."""
    recorder = Recorder(sqlite)
    async with sqlite.write() as session:
        await WRITES[name](session, customer)
        assert recorder.statements
        assert await recorder.scans(session) == []


async def test_a_scan_would_be_found(sqlite: Database, customer: CustomerId):
    """The check itself can fail: a search by name has no index, and is named."""
    recorder = Recorder(sqlite)
    async with sqlite.read() as session:
        await session.execute(text("SELECT id FROM customer WHERE name = 'x'"))
        assert len(await recorder.scans(session)) == 1


@pytest.fixture
async def kept_plans(postgres: Server) -> AsyncIterator[Database]:
    """PostgreSQL that plans once for all values, as it does for a statement that comes again and again."""
    postgres.execute("CREATE DATABASE kept_plans TEMPLATE template_huitouke")
    postgres.execute("ALTER DATABASE kept_plans SET plan_cache_mode = force_generic_plan")
    postgres.execute("ALTER DATABASE kept_plans SET enable_seqscan = off")  # empty tables would be read whole
    made = Database(postgres.url("kept_plans"))
    yield made
    await made.close()
    postgres.execute("DROP DATABASE kept_plans WITH (FORCE)")


async def kept_scans(database: Database, work: Work) -> list[str]:
    """Tables that grow and that the plans PostgreSQL keeps for `work` look through whole."""
    async with database.write() as session:
        who = await a_customer(session, phone="13800138000")
    recorder = Recorder(database)
    async with database.read() as session:
        await work(session, who)
        assert recorder.statements
        connection = await session.connection()
        found: list[str] = []
        for place, (statement, _) in enumerate(list(recorder.statements)):
            numbered, nothing = prepared(statement)
            await connection.exec_driver_sql(f"PREPARE kept_{place} AS {numbered.replace('%', '%%')}")
            plan = await connection.exec_driver_sql(f"EXPLAIN EXECUTE kept_{place}{nothing}")
            scanned = {
                match[1] for line in plan.scalars() if (match := re.search(r"Seq Scan on (\w+)", line))
            }
            found += [f"{table}: {statement}" for table in scanned & set(Base.metadata.tables) - SMALL]
    return found


def prepared(statement: str) -> tuple[str, str]:
    """The statement with its parameters numbered, and values that mean nothing for them."""
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    for number, name in enumerate(names, start=1):
        statement = statement.replace(f"%({name})s", f"${number}")
    return statement.replace("%%", "%"), f"({', '.join(['NULL'] * len(names))})" if names else ""


@pytest.mark.parametrize("name", READS)
async def test_a_plan_that_is_kept_uses_indexes_too(kept_plans: Database, name: str):
    """Also those that leave rows out, which a plan for all values uses only when it sees why it may."""
    assert await kept_scans(kept_plans, READS[name]) == []


async def test_a_kept_scan_would_be_found(kept_plans: Database):
    """A condition that is a parameter keeps a plan from the index that leaves empty lots out."""

    async def parameter(session: AsyncSession, _: CustomerId) -> None:
        await session.execute(select(Lot.id).where(Lot.account_id == 1, Lot.remaining > 0))

    assert len(await kept_scans(kept_plans, parameter)) == 1
