"""Very many rows at once, past the ORM: COPY on PostgreSQL, executemany on SQLite.

Rows are tuples in the order of `columns`; values are what the columns hold (aware datetimes in UTC, dates,
whole numbers, text, None). Everything happens in the session's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from types import NoneType
from typing import Any

from sqlalchemy import Table, func, select, text

from bot.kit.db import Base, WriteSession

BLOCK = 2_000

Row = tuple[Any, ...]

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    return model.metadata.tables[model.__tablename__]


async def reserve_ids(session: WriteSession, model: type[Base], count: int) -> Sequence[int]:
    """`count` row numbers that nobody else will get, ascending."""
    if not count:
        return ()
    table = table_of(model)
    if session.get_bind().dialect.name == "sqlite":
        # The transaction holds the only write lock, so the next numbers are ours.
        last = (await session.execute(select(func.max(table.c.id)))).scalar_one() or 0
        return range(last + 1, last + 1 + count)
    numbers = "SELECT nextval(pg_get_serial_sequence(:name, 'id')) AS n FROM generate_series(1, :count)"
    statement = text(f"SELECT array_agg(n ORDER BY n) FROM ({numbers}) AS taken")  # noqa: S608 - our words
    return (await session.execute(statement, {"name": table.name, "count": count})).scalar_one()


async def insert_rows(
    session: WriteSession, model: type[Base], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert all `rows`. A broken constraint fails the whole transaction."""
    if not rows:
        return
    table = table_of(model)
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    if session.get_bind().dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our names
        await driver.executemany(statement, _for_sqlite(table, columns, rows))
        return
    async with driver.cursor() as cursor:
        statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN"
        async with cursor.copy(statement) as copy:
            for start in range(0, len(rows), BLOCK):
                await copy.write("".join(map(_copy_line, rows[start : start + BLOCK])))


def _for_sqlite(table: Table, columns: Sequence[str], rows: Sequence[Row]) -> Iterable[Row]:
    """Times and dates as the text that the columns keep on SQLite."""
    places: list[tuple[int, Callable[[Any], str]]] = []
    for place, name in enumerate(columns):
        python = table.c[name].type.python_type
        if python is datetime:
            places.append((place, _moment))
        elif python is date:
            places.append((place, date.isoformat))
    if not places:
        return rows
    return (_with_text(row, places) for row in rows)


def _with_text(row: Row, places: list[tuple[int, Callable[[Any], str]]]) -> Row:
    changed = list(row)
    for place, convert in places:
        if changed[place] is not None:
            changed[place] = convert(changed[place])
    return tuple(changed)


@lru_cache(4_096)
def _moment(value: datetime) -> str:
    return value.isoformat(timespec="microseconds")


def _copy_line(row: Row) -> str:
    return "\t".join([_COPY_TEXT.get(type(value), str)(value) for value in row]) + "\n"


_COPY_TEXT: dict[type, Callable[[Any], str]] = {
    NoneType: lambda _: "\\N",
    str: lambda value: value if value.isalnum() else value.translate(_ESCAPES),
    bytes: lambda value: "\\\\x" + value.hex(),
}
"""How COPY writes a value; what is not here is written as `str` does."""
