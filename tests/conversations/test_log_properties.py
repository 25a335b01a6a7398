"""Whatever happens in whatever order, the message log has no gap, no double, and loses nothing."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.conversations import log as message_log
from bot.conversations.log import Draft
from bot.conversations.ownership import BOT, Owner, hand_to
from bot.conversations.turns import Turns
from bot.conversations.waiting import Waiting
from bot.kit.clock import system_now
from bot.kit.db import Database
from bot.kit.ids import AgentId, ConversationId
from bot.messages import ChannelUser, Content, InboundMessage, Visitor
from bot.migrations.models import all_tables
from tests.conversations.conftest import House, make_house


class NoTurns(Turns):
    """Nobody answers by themselves: what is in the log is what the rules put there."""

    def notify(self, conversation: ConversationId, turn: Waiting | None = None) -> None:
        return None


class Shared:
    """One loop and one database for all examples; each example has a conversation of its own."""

    loop: ClassVar[asyncio.AbstractEventLoop | None] = None
    house: ClassVar[House | None] = None
    visitors: ClassVar[int] = 0

    @classmethod
    def get(cls) -> tuple[asyncio.AbstractEventLoop, House]:
        if cls.loop is None or cls.house is None:
            cls.loop = asyncio.new_event_loop()
            cls.house = cls.loop.run_until_complete(cls._make())
        return cls.loop, cls.house

    @classmethod
    async def _make(cls) -> House:
        database = Database(f"sqlite+aiosqlite:///{Path(tempfile.mkdtemp()) / 'log.db'}")
        async with database.engine.begin() as connection:
            await connection.run_sync(all_tables().create_all)
        return await make_house(database, turns_class=NoTurns)


class MessageLog(RuleBasedStateMachine):
    """A model of one conversation: the list of what was acknowledged, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.loop, self.house = Shared.get()
        Shared.visitors += 1
        self.user = ChannelUser(f"visitor:{Shared.visitors}")
        opened = self.loop.run_until_complete(self.house.service.open(Visitor("web", "default", self.user)))
        self.conversation: ConversationId = opened.conversation
        self.model: list[str] = []
        self.receipts: dict[str, int] = {}

    async def _receive(self, id_: str, text: str) -> int:
        message = InboundMessage("web", "default", self.user, id_, text=text)
        async with asyncio.timeout(10):
            return (await self.house.service.receive(message, self.conversation)).seq

    @rule(text=st.text(min_size=1).filter(lambda text: any(c.isalnum() for c in text)))
    def customer_writes(self, text: str) -> None:
        id_ = f"client-{len(self.model):04d}"
        seq = self.loop.run_until_complete(self._receive(id_, text))
        self.model.append(id_)
        self.receipts[id_] = seq

    @precondition(lambda self: self.receipts)
    @rule(data=st.data())
    def customer_sends_again(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.receipts)))
        assert self.loop.run_until_complete(self._receive(id_, "anything else")) == self.receipts[id_]

    @rule(count=st.integers(1, 3))
    def customers_tabs_write_at_once(self, count: int) -> None:
        ids = [f"client-{len(self.model) + n:04d}" for n in range(count)]

        async def both() -> list[int]:
            return await asyncio.gather(*(self._receive(id_, "同时") for id_ in ids))

        seqs = self.loop.run_until_complete(both())
        for seq, id_ in sorted(zip(seqs, ids, strict=True)):
            self.model.append(id_)
            self.receipts[id_] = seq

    @rule(count=st.integers(1, 3))
    def somebody_answers(self, count: int) -> None:
        async def answer() -> None:
            async with self.house.database.write() as session:
                row = await message_log.locked(session, self.conversation)
                drafts = [Draft("system", Content(f"answer {n}")) for n in range(count)]
                message_log.append(session, row, drafts, system_now())

        self.loop.run_until_complete(answer())
        self.model.extend("" for _ in range(count))

    @rule()
    def a_failed_transaction_leaves_nothing(self) -> None:
        async def fail() -> None:
            async with self.house.database.write() as session:
                row = await message_log.locked(session, self.conversation)
                message_log.append(session, row, [Draft("system", Content("never"))], system_now())
                await session.flush()
                raise ZeroDivisionError

        try:
            self.loop.run_until_complete(fail())
        except ZeroDivisionError:
            return
        raise AssertionError("The transaction did not fail.")

    @rule(to_agent=st.booleans())
    def owner_changes(self, to_agent: bool) -> None:
        async def change() -> None:
            async with self.house.database.write() as session:
                row = await message_log.locked(session, self.conversation)
                owner = Owner("agent", AgentId(1)) if to_agent else BOT
                hand_to(row, owner, expected_version=row.owner_version)

        self.loop.run_until_complete(change())

    @invariant()
    def the_log_is_exactly_what_was_acknowledged(self) -> None:
        found = self.loop.run_until_complete(self.house.service.since(self.conversation, 0, 10_000))
        assert [logged.seq for logged in found] == list(range(1, len(self.model) + 1))
        assert [logged.channel_message_id or "" for logged in found] == self.model
        assert all(found[seq - 1].channel_message_id == id_ for id_, seq in self.receipts.items())

    @invariant()
    def resuming_gives_exactly_the_rest(self) -> None:
        middle = len(self.model) // 2
        rest = self.loop.run_until_complete(self.house.service.since(self.conversation, middle, 10_000))
        assert [logged.seq for logged in rest] == list(range(middle + 1, len(self.model) + 1))


TestMessageLog = MessageLog.TestCase
TestMessageLog.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
