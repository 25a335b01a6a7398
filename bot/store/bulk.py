"""Very many rows at once, past the ORM: COPY on PostgreSQL, executemany on SQLite.

Rows come as tuples in the order of `columns`, or column by column; values are what the columns hold (aware
datetimes in UTC, dates, whole numbers, text, bytes, None). Everything happens in the session's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import JSON, ColumnElement, Table, Text, any_, cast, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.kit.db import Base, WriteSession, moment_text

BLOCK = 2_000
"""So many lines of COPY are made at a time: the server reads them while the next ones are made."""

_FILLED = "filled_tables"

Attribute = InstrumentedAttribute[Any] | ColumnElement[Any]
Row = tuple[Any, ...]
Columns = Mapping[str, Sequence[Any]]
"""Column name → its values; all of one length."""

_SPECIAL = ("\\", "\t", "\n", "\r")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    return model.metadata.tables[model.__tablename__]


def one_of_many(session: AsyncSession, key: Attribute, values: Collection[Any]) -> ColumnElement[bool]:
    """`key` is one of thousands of values, given as one parameter: a list of them is read far more slowly.

    PostgreSQL does not look into it while it plans, and so plans for few: it looks each up by index.
    """
    given = json.dumps(list(values), ensure_ascii=False)
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(given).table_valued("value")
        return key.in_(select(each.c.value))
    value = func.json_array_elements_text(cast(literal(given, Text()), JSON())).column_valued("value")
    return key == any_(func.array(select(cast(value, key.type)).scalar_subquery()))


async def reserve_ids(session: WriteSession, model: type[Base], count: int) -> Sequence[int]:
    """`count` row numbers that nobody else will get, ascending."""
    if not count:
        return ()
    table = table_of(model)
    if session.get_bind().dialect.name == "sqlite":
        # The transaction holds the only write lock, so the next numbers are ours.
        last = (await session.execute(select(func.max(table.c.id)))).scalar_one() or 0
        return range(last + 1, last + 1 + count)
    # The name of the sequence is looked up once, not for every number.
    statement = text(
        "WITH its AS MATERIALIZED (SELECT pg_get_serial_sequence(:name, 'id')::regclass AS numbers),"
        " taken AS (SELECT nextval(numbers) AS n FROM its, generate_series(1, :count))"
        " SELECT array_agg(n ORDER BY n) FROM taken"
    )
    return (await session.execute(statement, {"name": table.name, "count": count})).scalar_one()


async def insert_rows(
    session: WriteSession, model: type[Base], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert all `rows`. A broken constraint fails the whole transaction."""
    if rows:
        turned = zip(*rows, strict=True)
        await insert_columns(session, model, dict(zip(columns, turned, strict=True)))


async def insert_columns(session: WriteSession, model: type[Base], columns: Columns) -> None:
    """Insert rows that are given column by column, which is converted faster than row by row."""
    if not columns or not len(next(iter(columns.values()))):
        return
    table = table_of(model)
    session.info.setdefault(_FILLED, set()).add(table.name)
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    names = ", ".join(columns)
    if session.get_bind().dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - our names
        await driver.executemany(statement, _for_sqlite(table, columns))
        return
    lines = _copy_lines(table, columns)
    async with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        while block := "".join(islice(lines, BLOCK)):
            await copy.write(block)


async def count_anew(session: WriteSession) -> None:
    """Give PostgreSQL statistics of the tables that this transaction filled: without them it plans look-ups
    for an empty table, and each takes as long as all rows before it."""
    if session.get_bind().dialect.name == "postgresql":
        for name in sorted(session.info.get(_FILLED, ())):
            await session.execute(text(f"ANALYZE {name}"))


def _for_sqlite(table: Table, columns: Columns) -> Iterable[Row]:
    """Rows with times and dates as the text that the columns keep on SQLite."""
    converted = [_sqlite_column(_kind(table, name), values) for name, values in columns.items()]
    return zip(*converted, strict=True)


def _sqlite_column(kind: type, values: Sequence[Any]) -> Iterable[Any]:
    if kind is datetime:
        return [value if value is None else moment_text(value) for value in values]
    if kind is date:
        return [value if value is None else value.isoformat() for value in values]
    return values


def _copy_lines(table: Table, columns: Columns) -> Iterator[str]:
    """Lines in COPY's text format."""
    converted = [_copy_column(_kind(table, name), values) for name, values in columns.items()]
    line = "\t".join(["%s"] * len(converted)) + "\n"
    return map(line.__mod__, zip(*converted, strict=True))


def _copy_column(kind: type, values: Sequence[Any]) -> Sequence[Any]:
    """Values whose `str` is what COPY reads."""
    convert = _COPY_TEXT.get(kind)
    if kind is str:
        # One look at all of them together: hardly any text has something to escape.
        together = "\x00".join(filter(None, values))
        convert = _escaped if any(special in together for special in _SPECIAL) else None
    if convert is not None:
        return ["\\N" if value is None else convert(value) for value in values]
    return ["\\N" if value is None else value for value in values] if None in values else values


def _kind(table: Table, name: str) -> type:
    return table.c[name].type.python_type


def _escaped(value: str) -> str:
    return value.translate(_ESCAPES)


_COPY_TEXT: dict[type, Callable[[Any], str]] = {
    datetime: moment_text,
    bytes: lambda value: "\\\\x" + value.hex(),
}
"""How COPY writes a value; what is not here is written as `str` does."""
