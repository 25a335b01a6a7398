"""Beside the conversation: the customer's panel, the complaint board, canned replies, reports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.conversations.models import Conversation
from bot.kit.clock import system_now
from bot.store.access.models import AccessLog
from bot.store.complaints.service import By, NewComplaint, open_complaint
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.identities.service import verify_by_merchant
from tests.desk.conftest import House
from tests.desk.test_operations import served


async def test_personal_data_is_masked_and_every_look_is_logged(house: House) -> None:
    """The panel shows masks; unmasking one value is a logged deed of its own; so is a board reply."""
    now = system_now()
    customer = await house.customer()
    async with house.parts.database.write() as session:
        id_ = await add_customer(session, NewCustomer("王小明", "13800138000", None, "HM10000017"), now)
        row = (await session.scalars(select(Conversation))).one()
        await verify_by_merchant(session, row.identity_id, "HM10000017", now)  # pyright: ignore[reportArgumentType]
        new = NewComplaint(id_, "少了积分", "少了五百", "web")
        number = (await open_complaint(session, new, By("customer", "c", now, "k1"))).number
    lead = await (await house.agent("zhuguan", "supervisor", name="主管")).start()
    path = f"/conversations/{customer.conversation}/customer"
    panel = await lead.get(path)
    assert (panel["name"], panel["phone"], panel["verified"]) == ("王*明", "138****8000", True)
    assert (await lead.ok(f"{path}/unmask", field="phone"))["value"] == "13800138000"
    board = await lead.get("/complaints?view=due")
    assert [each["number"] for each in board["complaints"]] == [number]
    step = {"step": "reply", "text": "正在补", "client_id": "reply-0001"}
    answered = await lead.ok(f"/complaints/{number}/steps", **step)
    assert answered["complaint"]["first_reply_at"] is not None
    await customer.until("正在补")
    async with house.parts.database.read() as session:
        looks = list(await session.scalars(select(AccessLog.what).where(AccessLog.name == "主管")))
    assert looks == ["panel", "unmask:phone", "complaint"]


async def test_canned_replies_are_filled_and_reports_add_up(house: House) -> None:
    """A placeholder nobody knows is named as missing; a finished ticket is in the reports, and in CSV."""
    lead = await (await house.agent("zhuguan", "supervisor", name="主管")).start()
    wish = {"shortcut": "hi", "title": "问候", "text": "{customer}您好，我是{agent}", "shared": True}
    made = (await lead.ok("/canned", **wish))["canned"]
    filled = await lead.get(f"/canned/{made['id']}/filled")
    assert filled == {"text": "{customer}您好，我是主管", "missing": ["customer"]}
    status, body = await lead.post("/canned", **{**wish, "text": "{secret}"})
    assert (status, body["error"]["code"]) == (400, "bad_placeholder")
    customer = await house.customer()
    await customer.say("你好")
    await customer.until("echo")
    ticket = (await lead.ok(f"/conversations/{customer.conversation}/takeover"))["ticket"]
    await lead.ok(f"/tickets/{ticket['id']}/close", reason="solved")
    for by in ("day", "hour", "agent", "team", "topic", "reason", "channel"):
        report = await lead.get(f"/reports/tickets?by={by}")
        assert report["total"][2:4] == [1, 1], by
    for name in ("satisfaction", "containment", "promises"):
        assert (await lead.get(f"/reports/{name}"))["name"] == name
    assert (await lead.get("/wall"))["closed_today"] == 1
    async with lead.http.get(f"{lead.base}/api/desk/reports/tickets?format=csv") as response:
        assert (await response.text()).lstrip("\ufeff").startswith("key,name,opened")


async def test_replies_are_suggested_from_what_the_bot_understood(house: House) -> None:
    """A fact out of the store comes first, then the fitting canned reply; nothing once it is answered."""
    agent, customer, _, _ = await served(house)
    for title, text, intents in (
        ("积分规则", "{customer}您好，消费一元得一分", ["ask_points"]),
        ("退货", "七天内可以退货", ["reorder"]),
        ("投诉", "您的投诉 {complaint} 在处理", ["ask_points"]),
    ):
        wish = {"shortcut": "x", "title": title, "text": text, "intents": intents, "topic": None}
        await agent.ok("/canned", **wish)
    path = f"/conversations/{customer.conversation}/suggestions"
    await customer.say("积分还有多少")
    found: list[dict[str, Any]] = []
    while not found:
        found = (await agent.get(path))["suggestions"]
    assert [(each["from"], each["intent"]) for each in found] == [
        ("facts", "ask_points"),
        ("canned", "ask_points"),
    ]
    assert "1,000 积分" in found[0]["text"]
    assert found[1]["text"] == "王小明您好，消费一元得一分"
    await agent.answer(customer.conversation, found[0]["text"])
    assert (await agent.get(path))["suggestions"] == []
