"""What PostgreSQL and SQLite say differently: JSON objects, days and seconds between two times."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    String,
    cast,
    func,
    literal,
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement

from bot.kit.db import Base

Expression = ColumnElement[Any] | InstrumentedAttribute[Any]


class facts_object(FunctionElement[Any]):  # noqa: N801 - it reads like SQL
    """A JSON object of name, value, name, value, …"""

    type = JSON()
    inherit_cache = True


class days_from(FunctionElement[int]):  # noqa: N801
    """Whole days from the first date to the second."""

    type = Integer()
    inherit_cache = True


class seconds_of(FunctionElement[float]):  # noqa: N801
    """A moment as seconds since 1970."""

    type = Float()
    inherit_cache = True


@compiles(facts_object, "sqlite")
def _object_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"json_object({compiler.process(element.clauses, **kw)})"


@compiles(facts_object, "postgresql")
def _object_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"json_build_object({compiler.process(element.clauses, **kw)})"


@compiles(days_from, "sqlite")
def _days_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    first, last = (compiler.process(each, **kw) for each in element.clauses)
    return f"CAST(julianday({last}) - julianday({first}) AS INTEGER)"


@compiles(days_from, "postgresql")
def _days_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    first, last = (compiler.process(each, **kw) for each in element.clauses)
    return f"(CAST({last} AS DATE) - CAST({first} AS DATE))"


@compiles(seconds_of, "sqlite")
def _seconds_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"((julianday({compiler.process(element.clauses, **kw)}) - 2440587.5) * 86400.0)"


@compiles(seconds_of, "postgresql")
def _seconds_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"extract(epoch FROM {compiler.process(element.clauses, **kw)})"


def object_of(facts: dict[str, Any]) -> Any:
    """`facts` as one JSON object. Names are ours, so they stand in the statement itself."""
    parts: list[Any] = []
    for name, value in facts.items():
        parts += [literal_column(f"'{name}'"), value]
    return facts_object(*parts)


def joined(*parts: str | Expression) -> ColumnElement[str]:
    """Texts and numbers as one text."""
    texts = [literal(part, String) if isinstance(part, str) else cast(part, String) for part in parts]
    result: ColumnElement[str] = texts[0]
    for text in texts[1:]:
        result = result.op("||")(text)
    return result


def table(model: type[Base]) -> FromClause:
    """The table of a model, to select from."""
    return model.metadata.tables[model.__tablename__]


def joining(first: type[Base], second: type[Base], on: ColumnElement[bool]) -> FromClause:
    """Two tables joined."""
    return table(first).join(table(second), on)


def last_four(number: Any) -> ColumnElement[str]:
    """The last four characters of a number."""
    return func.substr(number, func.length(number) - 3)


def day_number(moment: Any) -> ColumnElement[int]:
    """A moment as a number of days, to tell one end from another in a key."""
    return cast(seconds_of(moment) / 86_400, Integer)
