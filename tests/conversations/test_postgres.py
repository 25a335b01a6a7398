"""The two transactions of a turn on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.conversations import log as message_log
from bot.conversations.models import Conversation, Message
from bot.conversations.ownership import Owner, hand_to
from bot.kit.db import Database
from bot.kit.ids import AgentId
from tests.conversations.conftest import House, make_house
from tests.store.postgres import with_template


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    with with_template("turns") as server:
        made = Database(server.url("turns"))
        yield made
        await made.close()


async def test_a_turn_is_stored_once_and_its_lease_ends(database: Database) -> None:
    """A message delivered twice is answered once; one that an agent took meanwhile is not answered at all."""
    house: House = await make_house(database)
    conversation = await house.open()
    seq = await house.say(conversation, "你好", "first---1")
    assert await house.say(conversation, "你好", "first---1") == seq
    assert await house.until(conversation, 2) == ["你好", "echo: 你好"]
    async with database.read() as session:
        asked = await session.scalar(select(Message).where(Message.seq == seq))
        assert asked is not None
        assert (asked.state, (asked.parse or {})["intent"]["name"]) == ("done", "x")
        row = await session.get_one(Conversation, conversation)
        assert (row.last_seq, row.worker, row.worker_until) == (2, None, None)

    house.brain.gate.clear()
    await house.say(conversation, "在吗", "second--2")
    async with database.write() as session:
        held = await message_log.locked(session, conversation)
        hand_to(held, Owner("agent", AgentId(7)), expected_version=held.owner_version)
    house.brain.gate.set()
    await house.turns.close()
    await house.close()
    assert await house.texts(conversation) == ["你好", "echo: 你好", "在吗"]
