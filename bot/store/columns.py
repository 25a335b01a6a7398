"""What the tables' definitions share: key columns, and checks that both databases understand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer
from sqlalchemy.orm import MappedColumn, mapped_column

# SQLite gives row ids by itself only to a column that is exactly INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")


def primary_key() -> MappedColumn[Any]:
    """A row's own number, given by the database."""
    return mapped_column(BigId, primary_key=True)


def reference(target: str, **options: Any) -> MappedColumn[Any]:
    """A column that points at `target` ("table.column"); index it with `index=True` where it is searched."""
    return mapped_column(BigId, ForeignKey(target), **options)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """The column holds one of `values` and nothing else."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
