"""Complaints: a number, a clock that never pauses, and only the steps that make sense."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.kit.db import Database
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import ComplaintId, CustomerId
from bot.store.complaints.models import ActorKind, Complaint
from bot.store.complaints.reads import complaint_list, complaint_status, unanswered
from bot.store.complaints.service import (
    By,
    NewComplaint,
    WrongStep,
    acknowledge,
    assign,
    open_complaint,
    reply,
    resolve,
    take_step,
)
from bot.store.complaints.steps import STEPS
from bot.store.customers.models import Tier
from tests.store.builders import a_customer
from tests.store.conftest import NOW

HOUR = timedelta(hours=1)
_numbers = count(1)


def by(after: timedelta = timedelta(), kind: ActorKind = "agent", key: str | None = None) -> By:
    return By(kind, "陈晨", NOW + after, key or f"key-{next(_numbers)}")


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        return await a_customer(session)


async def opened(database: Database, customer: CustomerId, key: str | None = None) -> Complaint:
    async with database.write() as session:
        new = NewComplaint(customer, "快递没到", "一周了还没有收到", "web", "物流")
        return await open_complaint(session, new, by(kind="customer", key=key))


async def step(database: Database, complaint: Complaint, *names: str) -> None:
    for name in names:
        async with database.write() as session:
            await take_step(session, complaint.id, name, by(HOUR))  # pyright: ignore[reportArgumentType]


async def test_a_complaint_without_words_is_refused(database: Database, customer: CustomerId):
    """It has to say what it is about."""
    with pytest.raises(BadInput):
        async with database.write() as session:
            await open_complaint(session, NewComplaint(customer, "  ", "x", "web"), by())


async def test_a_complaint_gets_the_next_number_of_the_day(database: Database, customer: CustomerId):
    """TS, the date in China, five digits, counted up."""
    first, second = await opened(database, customer), await opened(database, customer)
    assert (first.number, second.number) == ("TS2026112200001", "TS2026112200002")
    assert first.first_reply_due == NOW + 24 * HOUR


async def test_sending_a_complaint_again_opens_no_second_one(database: Database, customer: CustomerId):
    """The same key is the same complaint; for another customer it is refused."""
    first, again = await opened(database, customer, "same"), await opened(database, customer, "same")
    assert first.id == again.id
    async with database.write() as session:
        other = await a_customer(session, "李四")
    with pytest.raises(Conflict):
        await opened(database, other, "same")


async def test_an_acknowledgement_is_not_a_reply(database: Database, customer: CustomerId):
    """The clock runs on after it and is stopped by a person's answer, once."""
    complaint = await opened(database, customer)
    async with database.write() as session:
        await acknowledge(session, complaint.id, by(kind="system"))
        seen = await complaint_status(session, customer, None, NOW + 25 * HOUR)
    assert seen is not None
    assert seen.first_reply_at is None
    assert seen.overdue
    async with database.write() as session:
        await reply(session, complaint.id, "我来处理", by(26 * HOUR))
        await reply(session, complaint.id, "有进展了", by(30 * HOUR))
        seen = await complaint_status(session, customer, complaint.number, NOW + 31 * HOUR)
    assert seen is not None
    assert seen.first_reply_at == NOW + 26 * HOUR
    assert seen.overdue


async def test_a_reply_comes_from_a_person_or_a_bot_with_an_answer(database: Database, customer: CustomerId):
    """The system and the customer cannot stop the clock, and an empty text is no reply."""
    complaint = await opened(database, customer)
    for who, words in (("system", "收到"), ("customer", "在吗"), ("agent", " ")):
        with pytest.raises(BadInput):
            async with database.write() as session:
                await reply(session, complaint.id, words, by(kind=who))  # pyright: ignore[reportArgumentType]


async def test_a_complaint_goes_its_whole_way(database: Database, customer: CustomerId):
    """From receipt to the end and back again, with everything the customer may see on the timeline."""
    complaint = await opened(database, customer)
    await step(database, complaint, "acknowledge", "assess", "investigate")
    await step(database, complaint, "wait_for_customer", "customer_answered", "escalate", "note")
    async with database.write() as session:
        await assign(session, complaint.id, "吴桐", by(HOUR))
        await resolve(session, complaint.id, "已补发", by(2 * HOUR))
    await step(database, complaint, "close", "reopen")
    async with database.read() as session:
        seen = await complaint_status(session, customer, None, NOW + 3 * HOUR)
        lines = await complaint_list(session, customer)
    assert seen is not None
    assert (seen.state, seen.owner, seen.state_text) == ("investigating", "吴桐", "处理中")
    assert seen.first_reply_at == NOW + 2 * HOUR
    texts = [entry.text for entry in seen.timeline]
    assert texts[0] == f"投诉已登记，编号 {complaint.number}"
    assert "已补发" in texts
    assert not any("内部" in text or "吴桐" in text for text in texts)
    assert [line.number for line in lines] == [complaint.number]


async def test_steps_out_of_order_are_refused(database: Database, customer: CustomerId):
    """From receipt only the steps that make sense are possible, and a refused step leaves no trace."""
    complaint = await opened(database, customer)
    for name, (starts, _) in STEPS.items():
        if "received" in starts:
            continue
        with pytest.raises(WrongStep):
            await step(database, complaint, name)
    async with database.read() as session:
        seen = await complaint_status(session, customer, None, NOW)
    assert seen is not None
    assert (seen.state, len(seen.timeline)) == ("received", 1)


async def test_a_closed_complaint_is_only_reopened(database: Database, customer: CustomerId):
    """After the end nothing else happens to it, except an internal note."""
    complaint = await opened(database, customer)
    await step(database, complaint, "acknowledge", "assess", "investigate")
    async with database.write() as session:
        await resolve(session, complaint.id, "已补发", by(HOUR))
    await step(database, complaint, "close")
    for name in STEPS.keys() - {"reopen", "note"}:
        with pytest.raises(WrongStep):
            await step(database, complaint, name)


async def test_a_step_sent_again_happens_once(database: Database, customer: CustomerId):
    """The same key changes nothing; for another step it is refused."""
    complaint = await opened(database, customer)
    for _ in range(2):
        async with database.write() as session:
            await acknowledge(session, complaint.id, by(key="ack"))
    with pytest.raises(Conflict):
        async with database.write() as session:
            await take_step(session, complaint.id, "assess", by(key="ack"))
    with pytest.raises(NotFound):
        async with database.write() as session:
            await acknowledge(session, ComplaintId(404), by())


async def test_another_customers_number_looks_like_none(database: Database, customer: CustomerId):
    """A number that is somebody else's is answered like one that does not exist."""
    complaint = await opened(database, customer)
    async with database.write() as session:
        stranger = await a_customer(session, "李四")
        assert await complaint_status(session, stranger, complaint.number, NOW) is None
        assert await complaint_status(session, stranger, None, NOW) is None
        assert await complaint_status(session, customer, "TS2026112299999", NOW) is None


async def test_the_newest_open_complaint_is_meant_when_no_number_is_given(
    database: Database, customer: CustomerId
):
    """An older open one comes before a newer closed one, and the others are counted."""
    open_one, done = await opened(database, customer), await opened(database, customer)
    await step(database, done, "acknowledge", "assess", "investigate")
    async with database.write() as session:
        await resolve(session, done.id, "已补发", by(HOUR))
        seen = await complaint_status(session, customer, None, NOW)
    assert seen is not None
    assert (seen.number, seen.others_open) == (open_one.number, 0)


async def test_after_fifteen_days_without_a_result_there_is_a_right_of_appeal(
    database: Database, customer: CustomerId
):
    """The right begins on day 15, and the customer is told; a result ends it."""
    complaint = await opened(database, customer)
    day = timedelta(days=15)
    async with database.read() as session:
        before = await complaint_status(session, customer, None, NOW + day - HOUR)
        after = await complaint_status(session, customer, None, NOW + day)
    assert before is not None
    assert after is not None
    assert (before.may_appeal, after.may_appeal) == (False, True)
    assert "申诉" in after.next_step
    await step(database, complaint, "acknowledge", "assess", "investigate")
    async with database.write() as session:
        await resolve(session, complaint.id, "已补发", by(HOUR))
        solved = await complaint_status(session, customer, None, NOW + day)
    assert solved is not None
    assert not solved.may_appeal


async def test_the_alarm_lists_what_is_unanswered_for_twenty_hours(database: Database, customer: CustomerId):
    """At 20 hours a complaint appears, answered ones never do."""
    waiting, answered = await opened(database, customer), await opened(database, customer)
    async with database.write() as session:
        await reply(session, answered.id, "我来处理", by(HOUR))
        early = await unanswered(session, NOW + 20 * HOUR - timedelta(seconds=1))
        late = await unanswered(session, NOW + 20 * HOUR)
    assert early == []
    assert [each.number for each in late] == [waiting.number]


async def test_key_accounts_take_the_green_channel(database: Database):
    """A complaint of a key account is marked on receipt."""
    async with database.write() as session:
        session.add(Tier(code="diamond", name="钻石卡", rank=9, threshold=0, key_account=True))
        await session.flush()
        customer = await a_customer(session)
        await session.execute(text("UPDATE customer SET tier_code = 'diamond'"))
    assert (await opened(database, customer)).green_channel


async def test_the_database_refuses_an_end_without_a_reply(database: Database, customer: CustomerId):
    """No complaint is closed that nobody answered, not even with SQL."""
    await opened(database, customer)
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            await session.execute(text("UPDATE complaint SET state = 'closed'"))
