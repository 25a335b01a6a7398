"""Each occurrence is handed over at most once and none is lost, whoever stops, dies or tries again."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Coroutine, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import select

from bot.care.models import DecisionMade, Occurrence
from bot.care.rules import Rules, quiet_until
from bot.care.triggers import all_triggers
from bot.conversations.models import Conversation, Message
from bot.kit.clock import FakeClock, local_date
from bot.kit.db import Database
from bot.kit.ids import ConversationId, CustomerId
from bot.messages import Allowance
from bot.store.dates import end_of_day
from bot.store.points.service import earn
from tests.care.claims import Platform, Worker, may_write, settle
from tests.care.house import House
from tests.store.builders import note
from tests.store.conftest import NOW
from tests.store.postgres import Server

RULES = Rules(per_day=1, per_week=6)
ROLES = ("plan", "send", "send", "notify")
MOST_WORKERS = 5
MOST_LOTS = 3
MOST_HOURS = 60
LAST_DAY = NOW.date() + timedelta(days=27)
"""So far away that nothing but the first notice, 30 days before, is due while the machine runs."""

T = TypeVar("T")


class Claims(RuleBasedStateMachine):
    """A company with customers on the web and on WeChat, and workers that come, stop, go on and die."""

    urls: Iterator[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.house = House(Database(next(self.urls)), FakeClock(NOW))
        self.platform = Platform(self.house.clock)
        self.workers: list[Worker] = []
        self.hours = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(lots=st.tuples(*[st.integers(0, 2)] * 3), planned=st.booleans())
    def found(self, lots: tuple[int, ...], planned: bool) -> None:
        """Some have something due already; perhaps it is planned."""
        self.customers = [
            self.run(self.house.customer(f"顾客{place}", channel=channel))
            for place, channel in enumerate(("web", "web", "wechat"))
        ]
        self.lots: Counter[CustomerId] = Counter()
        self.run(self._close_wechat())
        self.run(self._one_trigger())
        for place, many in enumerate(lots):
            self.points_come(place, many)
        if planned:
            self.run(self.house.care.planner.plan())

    async def _one_trigger(self) -> None:
        """What is claimed is the same for all; one is enough, and quick."""
        async with self.house.database.write() as session:
            for trigger in all_triggers():
                on = trigger.name == "points_expiring"
                await self.house.care.book.switch(session, trigger.name, on=on, by="主管", now=NOW)

    async def _close_wechat(self) -> None:
        async with self.house.database.read() as session:
            found = await session.scalars(select(Conversation.id).where(Conversation.channel == "wechat"))
            self.house.channels.allowances.update({ConversationId(id_): Allowance(left=0) for id_ in found})

    @rule(place=st.integers(0, 2), lots=st.integers(1, 2))
    def points_come(self, place: int, lots: int) -> None:
        """Something new becomes due, whatever the workers are at."""
        if not may_write(self.house.database):
            return
        who = self.customers[place]
        for _ in range(min(lots, MOST_LOTS - self.lots[who])):
            self.lots[who] += 1
            self.run(self._earn(who))

    async def _earn(self, who: CustomerId) -> None:
        async with self.house.database.write() as session:
            ends = end_of_day(LAST_DAY, "Asia/Shanghai")
            await earn(session, who, 100 + self.lots[who], note(at=self.house.clock()), ends)

    @precondition(lambda self: len(self.workers) < MOST_WORKERS)
    @rule(role=st.sampled_from(ROLES), minutes=st.sampled_from((-2, 0, 2)))
    def starts(self, role: str, minutes: int) -> None:
        """One more process; its clock may be a little off."""

        async def start() -> None:
            worker = Worker(self.house, role, RULES, self.platform, timedelta(minutes=minutes))
            self.workers.append(worker)
            await settle(self.house.database, self.workers)

        self.run(start())

    @precondition(lambda self: any(worker.stands for worker in self.workers))
    @rule(data=st.data(), steps=st.integers(1, 12))
    def goes_on(self, data: st.DataObject, steps: int) -> None:
        """One takes a step or a few; whoever waited for it moves too."""
        standing = [place for place, each in enumerate(self.workers) if each.stands]
        worker = self.workers[data.draw(st.sampled_from(standing))]

        async def step() -> None:
            for _ in range(steps):
                if worker.stands:
                    worker.go()
                await settle(self.house.database, self.workers)

        self.run(step())
        self._let_go()

    @precondition(lambda self: bool(self.workers))
    @rule(data=st.data())
    def dies(self, data: st.DataObject) -> None:
        """Killed where it stands, or while it waits."""
        worker = self.workers[data.draw(st.integers(0, len(self.workers) - 1))]

        async def kill() -> None:
            await worker.die()
            await settle(self.house.database, self.workers)

        self.run(kill())
        self._let_go()

    @precondition(lambda self: self.hours < MOST_HOURS)
    @rule(minutes=st.sampled_from((1, 6, 16, 60 * 5, 60 * 13)))
    def time_passes(self, minutes: int) -> None:
        """Also while somebody stands in the middle of something."""
        self.hours += -(-minutes // 60)
        self.house.clock.advance(timedelta(minutes=minutes))

    @rule(trouble=st.sampled_from(("away", "silent")))
    def wechat_fails(self, trouble: str) -> None:
        """The next notice is not taken, or taken without an answer."""
        self.platform.troubles = [trouble]

    def _let_go(self) -> None:
        for worker in [each for each in self.workers if each.task.done()]:
            self.workers.remove(worker)
            if not worker.task.cancelled():
                worker.task.result()

    @invariant()
    def nothing_is_said_twice_or_too_much(self) -> None:
        """Whatever has happened so far."""
        self._caps_hold(self.run(self._handed()))

    async def _handed(self) -> dict[CustomerId, list[Any]]:
        """When something reached a customer, for each; checks that no occurrence did twice."""
        async with self.house.database.read() as session:
            rows = {row.id: row for row in await session.scalars(select(Occurrence))}
            keys = list(
                await session.scalars(
                    select(Message.channel_message_id).where(Message.channel_message_id.like("care:%"))
                )
            )
        notices = [key for key, _ in self.platform.delivered]
        assert max(Counter(keys).values(), default=0) <= 1
        assert max(Counter(notices).values(), default=0) <= 1
        about = Counter((row.customer_id, row.trigger, row.key) for row in rows.values())
        assert max(about.values(), default=0) <= 1
        handed: dict[CustomerId, list[Any]] = {}
        at = dict(self.platform.delivered)
        for key in {*keys, *notices}:
            row = rows[int(str(key).removeprefix("care:"))]
            handed.setdefault(row.customer_id, []).append(at.get(str(key), row.sent_at))
        return handed

    def _caps_hold(self, handed: dict[CustomerId, list[Any]]) -> None:
        for moments in handed.values():
            days = Counter(local_date(at, "Asia/Shanghai") for at in moments)
            assert max(days.values()) <= RULES.per_day
            for at in moments:
                assert sum(at - timedelta(days=7) < other <= at for other in moments) <= RULES.per_week
                assert quiet_until(at, "Asia/Shanghai", RULES) is None or _nearly(at)

    def teardown(self) -> None:
        """Who still stands goes on; then everything there is gets said within a few days, exactly once."""
        try:
            self.run(self._finish())
        finally:
            self.run(self.house.database.close())
            self.runner.close()

    async def _finish(self) -> None:
        for worker in self.workers:
            worker.free = True
            worker.go()
        await asyncio.gather(*(worker.task for worker in self.workers))
        self.platform.troubles.clear()
        last = Worker(self.house, "plan", RULES, self.platform, timedelta(), free=True)
        await last.task
        for _ in range(6 * 6):
            self.house.clock.advance(timedelta(hours=4))
            await last.care.plan()
            await last.care.send()
        await self._check_the_end()

    async def _check_the_end(self) -> None:
        async with self.house.database.read() as session:
            rows = list(await session.scalars(select(Occurrence)))
            said = Counter(await session.scalars(select(Message.channel_message_id)))
            sent = Counter(
                await session.scalars(
                    select(DecisionMade.occurrence_id).where(DecisionMade.outcome.in_(("sent", "unknown")))
                )
            )
        assert Counter(row.customer_id for row in rows) == self.lots
        silent = {key for key, how in self.platform.calls.items() if how == "silent"}
        for row in rows:
            key = f"care:{row.id}"
            assert row.state == ("unknown" if key in silent else "sent"), (row.state, row.reason, row.problem)
            assert said[key] == (0 if key in silent else 1)
            assert sent[row.id] == 1
        self._caps_hold(await self._handed())


def _nearly(at: Any) -> bool:
    """Clocks that are a little off may find that it is not quite ten yet, or already eight."""
    return any(quiet_until(at + timedelta(minutes=off), "Asia/Shanghai", RULES) is None for off in (-2, 2))


def _run(urls: Iterator[str], examples: int) -> None:
    machine = type("Claims", (Claims,), {"urls": urls})
    slow = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
    run_machine(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=40, deadline=None, suppress_health_check=slow
        ),
    )


def test_whoever_stops_dies_or_tries_again_each_is_said_once(sqlite_template: Path, tmp_path: Path) -> None:
    """On SQLite, where one writes at a time."""

    def urls() -> Iterator[str]:
        for number in count():
            path = tmp_path / f"{number}.db"
            shutil.copyfile(sqlite_template, path)
            yield f"sqlite+aiosqlite:///{path}"

    _run(urls(), 15)


def test_nor_twice_where_many_write_at_once(postgres: Server) -> None:
    """On PostgreSQL, with its locks on rows."""

    def urls() -> Iterator[str]:
        for number in count():
            postgres.execute(f"CREATE DATABASE claims_{number} TEMPLATE template_huitouke")
            yield postgres.url(f"claims_{number}")
            postgres.execute(f"DROP DATABASE claims_{number} WITH (FORCE)")

    _run(urls(), 6)


async def test_two_senders_never_share_the_last_place_under_a_cap(postgres: Server) -> None:
    """One has a customer's first notice in hand as the second comes due: the other waits, and is late."""
    postgres.execute("CREATE DATABASE last_place TEMPLATE template_huitouke")
    house = House(Database(postgres.url("last_place")), FakeClock(NOW))
    try:
        who = await house.customer()
        first = await _with_one_more(house, who, 100)
        await settle(house.database, [first])
        second = await _with_one_more(house, who, 200)
        await settle(house.database, [first, second])
        assert (first.step, first.stands) == ("taken", True)
        assert not second.stands
        assert not second.task.done()
        for worker in (first, second):
            worker.free = True
            worker.go()
            await worker.task
        rows = await house.occurrences(who, "points_expiring")
        assert [(row.state, row.reason) for row in rows] == [("sent", "sent"), ("deferred", "cap_day")]
    finally:
        await house.database.close()
        postgres.execute("DROP DATABASE last_place WITH (FORCE)")


async def _with_one_more(house: House, who: CustomerId, amount: int) -> Worker:
    """Something more comes due, and a sender that starts with it."""
    async with house.database.write() as session:
        await earn(session, who, amount, note(), end_of_day(LAST_DAY, "Asia/Shanghai"))
    await house.care.planner.plan(full=True)
    return Worker(house, "send", RULES, Platform(house.clock), timedelta())
