"""A moment has one form in the database, whoever writes it: hours of one day compare as they passed."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Table, event, func, insert, select, text
from sqlalchemy.dialects import sqlite

from bot.kit.db import Base, Database, UtcTime
from bot.migrations import downgrade, upgrade
from bot.migrations.models import all_tables
from bot.store.bulk import insert_columns
from bot.store.points.reads import points_summary
from tests.store.builders import a_customer
from tests.store.test_import import GOOD, load

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SAME_DAY = (
    datetime(2026, 11, 22, 0, 0, tzinfo=UTC),
    datetime(2026, 11, 22, 19, 59, 59, tzinfo=CHINA),  # a second before noon
    datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 11, 22, 23, 59, 59, 999_999, tzinfo=UTC),
)

MODELS = {
    mapper.class_.__tablename__: mapper.class_
    for mapper in (all_tables(), Base.registry.mappers)[1]
    if any(isinstance(column.type, UtcTime) for column in mapper.class_.__table__.columns)
}


def filled(column: Column[Any], place: int, moment: datetime) -> Any:
    """Something that the column can hold, another for every row."""
    if isinstance(column.type, UtcTime):
        return moment
    kind = column.type.python_type
    return {
        int: place,
        str: f"x{place}",
        bytes: bytes([place]) * 16,
        bool: True,
        float: float(place),
        date: date(2026, 1, place),
    }.get(kind, "{}")


def columns_of(table: Table, places: range) -> dict[str, list[Any]]:
    return {
        column.name: [filled(column, place, moment) for place, moment in zip(places, SAME_DAY, strict=True)]
        for column in table.columns
    }


@pytest.fixture
async def unguarded(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Database]:
    """SQLite with every table, where a row needs no others and may say anything."""
    path = tmp_path / "moments.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite+aiosqlite:///{path}")

    @event.listens_for(database.engine.sync_engine, "connect")
    def _let_everything_in(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("PRAGMA ignore_check_constraints=ON")
        cursor.close()

    yield database
    await database.close()


@pytest.mark.parametrize("name", sorted(MODELS))
async def test_hours_of_one_day_compare_in_every_table(unguarded: Database, name: str):
    """Written many at once, by a statement on the table, or as text with parameters: noon parts the day."""
    table: Table = MODELS[name].__table__
    moments = [column for column in table.columns if isinstance(column.type, UtcTime)]
    count = len(SAME_DAY)
    async with unguarded.write() as session:
        await session.execute(text(f"DELETE FROM {name}"))
        await insert_columns(session, MODELS[name], columns_of(table, range(1, count + 1)))
        by_column = columns_of(table, range(count + 1, 2 * count + 1))
        rows = [dict(zip(by_column, values, strict=True)) for values in zip(*by_column.values(), strict=True)]
        await session.execute(insert(table), rows)
    async with unguarded.read() as session:
        for column in moments:
            morning = select(func.count()).select_from(table).where(column <= NOON)
            assert (await session.execute(morning)).scalar_one() == count, column
            latest = (await session.execute(select(func.max(column)))).scalar_one()
            assert latest == SAME_DAY[-1], column
            plain = text(f"SELECT count(*) FROM {name} WHERE {column.name} <= :noon")
            assert (await session.execute(plain, {"noon": NOON.astimezone(CHINA)})).scalar_one() == count


def test_a_moment_without_a_zone_is_written_nowhere():
    """It could be any of twenty-four."""
    with pytest.raises(ValueError, match="zone"):
        UtcTime().process_bind_param(datetime(2026, 11, 22), sqlite.dialect())  # noqa: DTZ001


async def test_points_last_through_their_last_day_however_they_came(database: Database, tmp_path: Path):
    """Imported to end on 31 December, they can be spent in its last minute where the customer lives."""
    files = {name: GOOD[name] for name in ("tiers.csv", "customers.csv", "points.csv")}
    assert (await load(database, tmp_path, files)).good
    async with database.read() as session:
        who = (await session.execute(text("SELECT id FROM customer WHERE external_id = 'C1'"))).scalar_one()
        last_minute = datetime(2026, 12, 31, 23, 59, tzinfo=CHINA)
        assert (await points_summary(session, who, last_minute)).total == 350
        assert (await points_summary(session, who, last_minute + timedelta(minutes=1))).total == 50


OLD_FORMS = {
    "2026-11-22 04:05:06+00:00": "2026-11-22T04:05:06.000000+00:00",
    "2026-11-22 04:05:06.000007+00:00": "2026-11-22T04:05:06.000007+00:00",
    "2026-11-22T12:05:06+08:00": "2026-11-22T04:05:06.000000+00:00",
    "2026-11-22T04:05:06.000000+00:00": "2026-11-22T04:05:06.000000+00:00",
}


async def test_what_was_written_in_another_form_is_mended(tmp_path: Path):
    """Also in the append-only tables, which refuse changes again afterwards."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
    upgrade(url)
    downgrade(url, "0012_erasure")
    database = Database(url)
    try:
        async with database.write() as session:
            await a_customer(session)
            for place, old in enumerate(OLD_FORMS):
                await session.execute(
                    text(
                        "INSERT INTO ledger_transaction (key, fingerprint, kind, at, reason, actor)"
                        " VALUES (:key, x'00', 'earn', :at, '', 'import')"
                    ),
                    {"key": f"k{place}", "at": old},
                )
            await session.execute(text("UPDATE customer SET created_at = :at"), {"at": next(iter(OLD_FORMS))})
        upgrade(url)
        async with database.read() as session:
            found = (await session.execute(text("SELECT at FROM ledger_transaction ORDER BY id"))).scalars()
            assert list(found) == list(OLD_FORMS.values())
            created = (await session.execute(text("SELECT created_at FROM customer"))).scalar_one()
            assert created == next(iter(OLD_FORMS.values()))
        with pytest.raises(Exception, match="append-only"):
            async with database.write() as session:
                await session.execute(text("UPDATE ledger_transaction SET reason = 'x'"))
    finally:
        await database.close()
