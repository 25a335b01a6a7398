"""A quarter of 200 customers, hour by hour, in two zones; in one the clocks are set back meanwhile."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from bot.care.models import Occurrence
from bot.kit.clock import FakeClock
from bot.kit.db import Database
from tests.care.checker import Checker, Sent
from tests.care.house import House
from tests.care.quarter import HOUR, HOURS, Quarter, names

EVERYDAY = {
    "points_expiring", "card_expiring", "card_hall_window", "complaint_ack", "sla_breach",
    "complaint_progress", "appeal_right", "survey", "birthday_7d", "season_care",
}  # fmt: skip
START = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)


async def test_a_quarter_obeys_every_rule_and_forgets_nothing(sqlite_template: Path, tmp_path: Path) -> None:
    """Every message that went out obeys every rule; every one that should have gone out did."""
    path = tmp_path / "quarter.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite+aiosqlite:///{path}")
    try:
        house = House(database, FakeClock(START))
        world = Quarter(house, seed=20_261_122)
        await world.found()
        for _ in range(HOURS):
            await world.happen()
            await house.hour()
            house.clock.advance(HOUR)
        sent = await _sent(house, world)
        held = await _held_out(house)
    finally:
        await database.close()
    checker = Checker(world, sent, held, house.desk.told)
    (tmp_path / "transcript.txt").write_text(await _transcript(house, sent), encoding="utf-8")
    counts = Counter(each.trigger for each in sent)
    assert list(checker.violations())[:10] == []
    assert list(checker.missed())[:10] == []
    assert set(counts) >= EVERYDAY
    assert sum(counts.values()) > 600, counts
    assert held
    assert house.desk.told


async def _sent(house: House, world: Quarter) -> list[Sent]:
    people = {someone.id: someone for someone in world.people}
    return [
        Sent(
            people[message.content["entities"]["customer"]],
            message.created_at,
            message.content["entities"]["trigger"],
            message.content["entities"],
            message.content["text"],
        )
        for message in await house.sent()
    ]


async def _held_out(house: House) -> set[tuple[int, str]]:
    statement = select(Occurrence.customer_id, Occurrence.trigger).where(Occurrence.state == "held_out")
    async with house.database.read() as session:
        return {(row.customer_id, row.trigger) for row in await session.execute(statement)}


async def _transcript(house: House, sent: list[Sent]) -> str:
    """Readable: when it was where the customer lives, who, what for, and the words."""
    known = await names(house)
    return "".join(
        f"{each.at.astimezone(each.who.zone):%m-%d %H:%M} {known[each.who.id]} [{each.trigger}] {each.text}\n"
        for each in sent
    )
