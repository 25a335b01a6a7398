"""Which rows of which tables are about a customer: followed along foreign keys, so that none is forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Select, Table, or_, select

from bot.kit.db import Base
from bot.kit.ids import CustomerId

NEVER_EXPORTED = {"code_challenge", "code_guard", "done_request", "demo_sms"}
"""Secrets and locks: they protect the customer, and tell nothing about them."""


@dataclass(frozen=True, slots=True)
class Path:
    """A table about customers, and the columns through which its rows belong to one."""

    table: Table
    links: tuple[Column[int], ...]


def personal_tables() -> list[Path]:
    """Every table with rows about customers, parents before children."""
    found: dict[str, Path] = {}
    about = {"customer"}
    for table in Base.metadata.sorted_tables:
        links = [key.parent for key in table.foreign_keys if key.column.table.name in about]
        if not links or table.name in NEVER_EXPORTED:
            continue
        own = [column for column in links if _parent(column).name == "customer"]
        # A row's own customer decides; only rows without one belong to whom their parent belongs.
        found[table.name] = Path(table, tuple(own or links))
        about.add(table.name)
    return list(found.values())


def rows_of(path: Path, customer_id: CustomerId) -> Select[*tuple[object, ...]]:
    """The rows of a table that are about this customer."""
    return select(path.table).where(or_(*(column.in_(_owned(column, customer_id)) for column in path.links)))


def _parent(column: Column[int]) -> Table:
    return next(iter(column.foreign_keys)).column.table


def _owned(column: Column[int], customer_id: CustomerId):
    """The parents' keys that belong to the customer."""
    parent = _parent(column)
    if parent.name == "customer":
        return [customer_id]
    path = next(each for each in personal_tables() if each.table.name == parent.name)
    key = next(iter(column.foreign_keys)).column
    return select(key).where(or_(*(each.in_(_owned(each, customer_id)) for each in path.links)))
