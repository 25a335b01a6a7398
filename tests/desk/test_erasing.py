"""Who is erased leaves nothing behind: not in the log, at the desk, among the files, or in the brain."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import FormData
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from bot.conversations.erase import GONE
from bot.conversations.models import Conversation, Message
from bot.kit.clock import system_now
from bot.kit.db import Base
from bot.kit.ids import CustomerId, IdentityId
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.identities.service import bind
from bot.store.privacy.erase import erase_customer
from bot.store.privacy.models import Erasure
from bot.store.requests.service import Note
from tests.desk.conftest import Customer, House
from tests.store.builders import days

PHONE = "13800138000"
WORD = "Amber"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


async def known(house: House, browser: Customer, name: str, phone: str | None = None) -> CustomerId:
    """Somebody new who proves in this browser who they are."""
    async with house.parts.database.write() as session:
        customer = await add_customer(session, NewCustomer(name, phone=phone), system_now())
        row = await session.get_one(Conversation, browser.conversation)
        await bind(session, IdentityId(row.identity_id), customer, "code", system_now(), days(1))
    return customer


async def served(house: House) -> tuple[Customer, CustomerId]:
    """A customer who has said, sent, rated and been written about, and whose ticket is still open."""
    agent = await (await house.agent("xiaoli", name="小李")).start()
    browser = await house.customer()
    customer = await known(house, browser, f"王{WORD}", f"+86{PHONE}")
    await browser.say(f"我要人工，我是{WORD}")
    ticket = await agent.given()
    await browser.until("客服小李为您服务")
    await browser.say(f"{WORD}，电话 {PHONE}")
    form = FormData()
    form.add_field("file", PNG, filename=f"{WORD}.png")
    upload = f"{house.base}/api/web/files"
    async with browser.http.post(
        upload, data=form, headers={"Authorization": f"Bearer {browser.token}"}
    ) as response:
        sent = (await response.json())["file"]["id"]
    assert browser.ws
    await browser.ws.send_json({"type": "message", "client_id": "file-0001", "file": sent})
    await agent.ok(f"/tickets/{ticket['id']}/notes", client_id="note-0001", text=f"她叫{WORD}", mentions=[])
    await agent.answer(browser.conversation, f"{WORD}您好")
    await browser.until("您好")
    return browser, customer


async def dump(house: House) -> str:
    """Every value of every table, as text: plain letters, for JSON writes others as numbers."""
    async with house.parts.database.read() as session:
        names = Base.metadata.tables.keys() - {"erasure"}  # which says what is still to be forgotten
        rows = [str(row) for name in names for row in await session.execute(text(f'SELECT * FROM "{name}"'))]
    return "\n".join(rows)


async def erase(house: House, customer: CustomerId) -> None:
    async with house.parts.database.write() as session:
        await erase_customer(session, customer, Note(f"erase:{customer}", system_now(), "bot"))


async def test_nothing_is_left_of_who_is_erased(house: House, tmp_path: Path) -> None:
    """A brain that is down puts the end off, nothing else; then no table, file or brain knows them."""
    browser, customer = await served(house)
    async with house.parts.database.read() as session:
        visitor = (await session.get_one(Conversation, browser.conversation)).channel_user
    before = await dump(house)
    assert before.count(WORD) > 5
    assert visitor in before
    (picture,) = [path for path in (tmp_path / "files").rglob("f-*") if path.is_file()]
    await erase(house, customer)
    house.brain.forgets = False
    assert not await house.parts.erasing.erase(customer)
    after = await dump(house)
    for trace in (WORD, PHONE, visitor, picture.name):
        assert trace not in after.replace(f"'files': ['{picture.name}']", "").replace(
            f'["{picture.name}"]', ""
        )
    assert not picture.exists()
    house.brain.forgets = True
    assert await house.parts.erasing.erase(customer, early=True)
    assert house.brain.forgotten == [browser.conversation]
    async with house.parts.database.read() as session:
        (row,) = await session.scalars(select(Erasure))
    assert (row.state, row.left, row.removed["files"], row.removed["tickets"]) == ("done", {}, 1, 1)
    assert row.removed["messages"] > 5


async def test_whoever_writes_again_begins_anew(house: House) -> None:
    """The open socket is sent away, and the same browser gets an empty conversation of nobody."""
    browser, customer = await served(house)
    await erase(house, customer)
    await house.parts.erasing.erase(customer)
    await browser.say("还在吗")
    assert browser.ws
    while not browser.ws.closed:
        await browser.ws.receive()
    assert browser.ws.close_code == 4401
    before = browser.conversation
    again = await Customer(browser.http, house.base).arrive(token=browser.token)
    assert again.conversation != before
    await again.say("你好")
    assert (await again.until("echo"))["seq"] == 2


async def test_on_a_shared_device_the_other_persons_lines_stay(house: House) -> None:
    """Of two people who used one browser, the first is erased: their lines are empty, the other's are not.

    What the brain keeps of such a conversation cannot be told apart, and goes.
    """
    browser = await house.customer()
    first = await known(house, browser, "先来的")
    await browser.say(f"我的积分，{WORD}")
    await browser.until(WORD)
    await known(house, browser, "后来的")
    await browser.say("我的余额")
    await browser.until("余额")
    await erase(house, first)
    assert await house.parts.erasing.erase(first)
    async with house.parts.database.read() as session:
        lines = await session.scalars(select(Message).order_by(Message.seq))
        said = [line.content["text"] for line in lines]
    assert said == [GONE, GONE, "我的余额", "echo: 我的余额"]
    assert house.brain.forgotten == [browser.conversation]


async def test_an_entry_can_be_emptied_and_nothing_else(house: House) -> None:
    """The thread stays append-only: no other text, no other reason, no deletion."""
    await served(house)
    for statement in (
        "UPDATE ticket_entry SET text = 'something else' WHERE kind = 'note'",
        "UPDATE ticket_entry SET reason = 'spam'",
        """UPDATE ticket_entry SET data = '{"something": "longer than it was before, by far"}'""",
        "DELETE FROM ticket_entry",
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            async with house.parts.database.write() as session:
                await session.execute(text(statement))
