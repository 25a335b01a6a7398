"""The customer's rights: see it, take it along, have it erased; sensitive facts only after a separate yes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select, text

from bot.kit.db import Base, Database
from bot.kit.errors import NotFound
from bot.kit.ids import CustomerId
from bot.migrations.models import all_tables
from bot.store.cards.service import top_up
from bot.store.complaints.service import By, NewComplaint, open_complaint
from bot.store.consents.models import Decision, Form
from bot.store.consents.service import NewConsent, record_consent
from bot.store.contacts.service import add_contact
from bot.store.customers.models import Customer
from bot.store.customers.service import find_customer
from bot.store.demo import seed
from bot.store.facts.service import NewFact, NoSeparateConsent, facts_for, record_fact
from bot.store.identities.service import access, ensure_identity, verify_by_merchant
from bot.store.ledger.audit import audit
from bot.store.ledger.service import reverse
from bot.store.points.service import earn
from bot.store.privacy import queue
from bot.store.privacy.erase import DELETED, ERASED, KEPT, StillOwed, erase_customer
from bot.store.privacy.export import export_customer
from bot.store.privacy.reads import held_about_me
from bot.store.privacy.tables import NEVER_EXPORTED, personal_tables
from bot.store.privacy.withdraw import withdraw_consent
from bot.store.seasons.service import add_care_note, care_file
from tests.store.builders import a_card, a_customer, days, note
from tests.store.conftest import NOW

PHONE = "13800138000"


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        return await a_customer(session, phone=PHONE)


def consent(
    customer: CustomerId, purpose: str, decision: Decision = "given", form: Form = "separate"
) -> NewConsent:
    return NewConsent(customer, purpose, decision, "2026-01", "网页聊天：同意", "customer", form=form)


def fact(name: str, value: str, purpose: str = "reorder", **more: Any) -> NewFact:
    return NewFact(name, value, "customer", "2026-11-22 网页聊天", purpose, **more)


async def test_facts_come_out_for_their_purpose_only(database: Database, customer: CustomerId):
    """Another purpose, an ended or an outdated fact gives nothing; a new value replaces the old."""
    async with database.write() as session:
        await record_fact(session, customer, fact("household", "3"), note())
        await record_fact(session, customer, fact("household", "4"), note())
        await record_fact(session, customer, fact("trip", "下周", expires_at=NOW + days(1)), note())
        now = await facts_for(session, customer, "reorder", NOW)
        later = await facts_for(session, customer, "reorder", NOW + days(1))
        other = await facts_for(session, customer, "marketing", NOW)
    assert [(each.name, each.value) for each in now] == [("household", "4"), ("trip", "下周")]
    assert [each.name for each in later] == ["household"]
    assert other == []


async def test_a_sensitive_fact_needs_a_separate_consent_and_never_comes_out(
    database: Database, customer: CustomerId
):
    """A general yes is not enough; with a separate one it is kept, but for no prompt and no ranking."""
    health = fact("skin", "敏感", purpose="care", sensitivity="sensitive")
    async with database.write() as session:
        await record_consent(session, consent(customer, "care", form="general"), "c1", NOW)
    with pytest.raises(NoSeparateConsent):
        async with database.write() as session:
            await record_fact(session, customer, health, note())
    async with database.write() as session:
        await record_consent(session, consent(customer, "care"), "c2", NOW)
        await record_fact(session, customer, health, note())
        assert await facts_for(session, customer, "care", NOW) == []
        assert "skin" in {each.name for each in await held_about_me(session, customer, NOW)}


async def test_withdrawing_lets_go_of_what_rested_on_it(database: Database, customer: CustomerId):
    """The care file and the sensitive facts are gone at once, the record of both decisions stays."""
    with pytest.raises(NoSeparateConsent):
        async with database.write() as session:
            await add_care_note(session, customer, "夏季防晒", note())
    async with database.write() as session:
        await record_consent(session, consent(customer, "care_file"), "c1", NOW)
        await add_care_note(session, customer, "夏季防晒", note())
        await record_fact(
            session, customer, fact("skin", "敏感", purpose="care_file", sensitivity="sensitive"), note()
        )
        assert [each.text for each in await care_file(session, customer)] == ["夏季防晒"]
        gone = await withdraw_consent(session, consent(customer, "care_file", "withdrawn"), note())
        assert (gone.facts, gone.care_notes) == (1, 1)
        assert await care_file(session, customer) == []
        assert len((await session.execute(text("SELECT id FROM consent"))).all()) == 2
        assert (await session.execute(text("SELECT value FROM customer_fact"))).scalar_one() == ""


async def test_what_is_held_names_source_and_purpose(database: Database, customer: CustomerId):
    """Every line says where it is from and what for; the phone is masked."""
    async with database.write() as session:
        await add_contact(session, customer, "email", "a@example.com", "电子发票", NOW)
        held = {each.name: each for each in await held_about_me(session, customer, NOW)}
    assert held["手机号"].value == "138****8000"
    assert held["邮箱"].purpose == "电子发票"
    assert all(each.source and each.purpose for each in held.values())


def test_every_table_about_customers_is_exported_or_named():
    """A new table with a way to a customer is exported by itself; a secret one is named as such."""
    all_tables()
    exported = {path.table.name for path in personal_tables()}
    assert {"complaint_event", "order_line", "ledger_lot", "care_visit", "message"} <= exported
    assert not exported & NEVER_EXPORTED
    with_customer = {table.name for table in Base.metadata.tables.values() if "customer_id" in table.c}
    assert with_customer - exported == {"code_challenge"}


async def test_an_export_holds_everything_and_nobody_else(database: Database):
    """All rows of one customer as JSON: their words are in it, others' numbers are not."""
    all_tables()
    await seed(database, NOW)
    async with database.read() as session:
        me = await find_customer(session, "13910020111")
        assert me is not None
        data = await export_customer(session, me.customer_id, NOW)
        with pytest.raises(NotFound):
            await export_customer(session, CustomerId(99_999), NOW)
    plain = json.dumps(data, ensure_ascii=False)
    assert data["customer"]["phone"] == "+8613910020111"
    assert {"ledger_entry", "ledger_transaction", "complaint_event", "card"} <= data["tables"].keys()
    owners = {row["customer_id"] for rows in data["tables"].values() for row in rows if "customer_id" in row}
    assert owners == {me.customer_id}
    entries = [row["amount"] for row in data["tables"]["ledger_entry"]]
    assert sum(entries) == sum(row["balance"] for row in data["tables"]["ledger_account"])
    assert "+8613910020074" not in plain


async def test_a_customer_who_is_owed_money_is_not_erased(database: Database, customer: CustomerId):
    """Money first, and points only with a yes."""
    async with database.write() as session:
        card = await a_card(session, customer)
        paid_in = await top_up(session, card, 100, note())
        await earn(session, customer, 50, note(), None)
    with pytest.raises(StillOwed, match=r"1\.00 元"):
        async with database.write() as session:
            await erase_customer(session, customer, note(), give_up_points=True)
    async with database.write() as session:
        await reverse(session, paid_in.transaction_id, note())
    with pytest.raises(StillOwed, match="50 积分"):
        async with database.write() as session:
            await erase_customer(session, customer, note())
    async with database.write() as session:
        done = await erase_customer(session, customer, note(), give_up_points=True)
        assert "ledger_entry" in done.kept
        assert await audit(session) == []


async def test_erasing_leaves_no_name_and_says_what_stays(database: Database, customer: CustomerId):
    """Name, phone, words and access are gone, the complaint's dates stay, and once more changes nothing."""
    async with database.write() as session:
        identity = await ensure_identity(session, "web", "shop", "visitor-7", NOW)
        await verify_by_merchant(session, identity, PHONE, NOW)
        await add_contact(session, customer, "email", "wang@example.com", "电子发票", NOW)
        await record_fact(session, customer, fact("household", "王家三口"), note())
        by = By("customer", "王小明", NOW, "c1")
        await open_complaint(session, NewComplaint(customer, "王小明的投诉", "我是王小明", "web"), by)
        done = await erase_customer(session, customer, note(), rest_after=timedelta(minutes=2))
        again = await erase_customer(session, customer, note())
    assert done.deleted == {"contact_point": 1, "customer_fact": 1}
    assert again.deleted == {}
    assert set(done.kept) == {"complaint", "erasure"}
    async with database.read() as session:
        assert await queue.due(session, NOW) == []
        assert await queue.due(session, NOW + timedelta(minutes=2)) == [customer]
    async with database.read() as session:
        assert await find_customer(session, PHONE) is None
        assert (await access(session, identity, NOW)).customer_id is None
        assert (await session.execute(select(Customer.name))).scalar_one() == ERASED
        data = json.dumps(await export_customer(session, customer, NOW), ensure_ascii=False)
    for trace in ("王", PHONE, "visitor-7", "example.com"):
        assert trace not in data


def test_every_table_about_customers_is_kept_or_deleted_on_purpose():
    """Tables that an erasure neither deletes nor names have been thought about."""
    all_tables()
    nameless = {  # no words about a person: amounts, states, dates and numbers of the company
        "ledger_lot", "ledger_consumption", "redemption", "card_transfer", "card_validity", "adjustment",
        "concession", "order_line", "bill_line", "quote_version", "quote_line", "contract_item", "coupon",
        "referral", "booking", "promise", "asset", "care_visit", "meter_reading", "maintenance_plan",
    }  # fmt: skip
    identity = {"channel_identity", "identity_binding"}  # taken away from the customer
    cleared = {"complaint_event"}
    named = {table.__tablename__ for table in (*DELETED, *KEPT)}
    known = nameless | identity | cleared | named
    ours = {
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("bot.store.") and isinstance(mapper.local_table, Table)
    }
    unknown = {path.table.name for path in personal_tables()} & ours - known
    assert not unknown, f"Say in privacy/erase.py what becomes of {unknown}."
