"""Complaints that nobody answered, and the numbers that come of it: notices, reports, the live wall."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from bot.desk.complaints.alarms import alarm_complaints
from bot.desk.satisfaction.models import Rating
from bot.kit.clock import system_now
from bot.store.complaints.models import Complaint
from bot.store.complaints.service import By, NewComplaint, open_complaint, reply
from bot.store.customers.service import NewCustomer, add_customer
from tests.desk.conftest import House


async def complaint(house: House, hours: float, key: str = "k1") -> str:
    """A complaint that came in so many hours ago."""
    now = system_now()
    came = now - timedelta(hours=hours)
    async with house.parts.database.write() as session:
        customer = await add_customer(session, NewCustomer("王小明"), now)
        new = NewComplaint(customer, "漏水", "又漏了", "web")
        return (await open_complaint(session, new, By("customer", "c", came, key))).number


async def test_agents_hear_at_20_hours_and_supervisors_at_24(house: House) -> None:
    """Nobody hears early or twice; agents without the skill do not; whoever comes on duty later does."""
    office = house.parts.desk.office
    await house.parts.desk.keeper.close()  # it would do the same by itself, at a time of its own
    agent = await (await house.agent("xiaoli", skills=["complaints"])).start()
    await (await house.agent("repairs", skills=["repair"])).start()
    lead = await (await house.agent("zhuguan", "supervisor", skills=["repair"])).start()
    number = await complaint(house, 19.5)
    assert await alarm_complaints(office) == 0
    async with house.parts.database.write() as session:
        due = system_now() + timedelta(hours=3.5)
        await session.execute(update(Complaint).values(first_reply_due=due))
    assert await alarm_complaints(office) == 1
    assert await alarm_complaints(office) == 0
    notice = (await agent.frame("notice", kind="complaint_due"))["notice"]
    assert (notice["complaint"], notice["ticket"]) == (number, None)
    late = await (await house.agent("xiaowang")).start()
    assert await alarm_complaints(office) == 1
    await late.frame("notice", kind="complaint_due")
    async with house.parts.database.write() as session:
        await session.execute(update(Complaint).values(first_reply_due=system_now() - timedelta(minutes=1)))
    assert await alarm_complaints(office) == 1
    assert "超时" in (await lead.frame("notice", kind="complaint_overdue"))["notice"]["text"]
    await lead.ok(f"/complaints/{number}/steps", step="reply", text="马上来", client_id="reply-0001")
    await (await house.agent("fourth")).start()
    assert await alarm_complaints(office) == 0


async def test_promises_are_counted_for_who_kept_or_broke_them(house: House) -> None:
    """One answered in time by an agent of a team, one late by nobody: per kind, agent, team, day, hour."""
    lead = await (await house.agent("zhuguan", "supervisor", name="主管")).start()
    boss = await (await house.agent("theboss", "admin")).start()
    await boss.ok("/teams", name="投诉组", topics=["complaints"], members=[lead.id])
    await complaint(house, 30, "late")
    kept = await complaint(house, 40, "kept")
    async with house.parts.database.write() as session:
        row = (
            await session.execute(
                update(Complaint)
                .where(Complaint.number == kept)
                .returning(Complaint.id)
                .values(category="质量")
            )
        ).scalar_one()
        await reply(session, row, "换新的", By("agent", "主管", system_now() - timedelta(hours=20), "r1"))
    days = f"from={(system_now() - timedelta(days=3)).date()}&to={(system_now() + timedelta(days=1)).date()}"
    for by, name in (("kind", "24 小时首次答复"), ("agent", "主管"), ("team", "投诉组")):
        report = await lead.get(f"/reports/promises?by={by}&{days}")
        assert report["total"][2:] == [2, 1, 1], by
        assert name in [row[1] for row in report["rows"]], by
    for by in ("day", "hour"):
        assert (await lead.get(f"/reports/promises?by={by}&{days}"))["total"][2:] == [2, 1, 1]
    status, body = await lead.request("GET", "/reports/promises?by=channel")
    assert (status, body["error"]["code"]) == (400, "bad_input")


async def test_tags_and_containment_are_counted_and_the_wall_is_live(house: House) -> None:
    """A rating's tags by tag and agent; talks that needed a person by day, hour, channel; the wall moves."""
    lead = await (await house.agent("zhuguan", "supervisor", name="主管")).start()
    assert lead.ws
    await lead.ws.send_json({"type": "view", "view": "wall"})
    assert (await lead.frame("wall"))["wall"]["assigned"] == 0
    first, second = await house.customer(), await house.customer()
    for customer in (first, second):
        await customer.say("你好")
        await customer.until("echo")
    ticket = (await lead.ok(f"/conversations/{first.conversation}/takeover"))["ticket"]
    assert (await lead.frame("wall", assigned=1))["wall"]["closed_today"] == 0
    await lead.ok(f"/tickets/{ticket['id']}/close", reason="solved")
    async with house.parts.database.write() as session:
        rated = {"score": 4, "answered_at": system_now(), "tags": ["态度好", "回复快"]}
        await session.execute(update(Rating).values(**rated))
    tags = await lead.get("/reports/tags")
    assert tags["rows"] == [["回复快", "回复快", 1, 1.0, 4.0], ["态度好", "态度好", 1, 1.0, 4.0]]
    assert (await lead.get("/reports/tags?by=agent"))["rows"][0][1:3] == ["主管", 2]
    for by in ("day", "hour", "channel"):
        assert (await lead.get(f"/reports/containment?by={by}"))["total"][2:] == [2, 1, 0.5], by
    agent = await (await house.agent("xiaoli")).start()
    assert agent.ws
    await agent.ws.send_json({"type": "view", "view": "wall"})
    assert (await agent.frame("error"))["code"] == "forbidden"
